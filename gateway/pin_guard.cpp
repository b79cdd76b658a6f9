#include "gateway/pin_guard.h"

namespace tallyline::gateway {

pin_guard::pin_guard(const storage::election& election, const storage::pin_key& key, storage::store& store,
                     pin_settings settings)
    : election_(election), key_(key), store_(store), settings_(settings) {
  tries_.reserve(election.people.size());
  for (const auto& p : election.people)
    tries_.push_back({p.wrong_pins, p.locked_until_ms});
}

void pin_guard::check(std::uint32_t person, std::string_view digits, std::int64_t now_ms, told done) {
  const auto& p = election_.people[person];
  const bool right = key_.fits(p.pin_hash, p.msisdn, p.role, digits);
  if (tries_[person].locked_until_ms <= now_ms) return decide(person, right, now_ms, std::move(done));

  // A supervisor may have unlocked the person meanwhile, in another process: the disk knows.
  store_.load_pin_state(p.msisdn, p.role,
                        [this, person, right, now_ms, done](storage::result<storage::store::pin_state> got) {
                          if (!got) return done(got.error());
                          tries_[person] = {got->wrong, got->locked_until_ms};
                          if (got->locked_until_ms > now_ms) return done(menus::pin_verdict::locked);
                          decide(person, right, now_ms, done);
                        });
}

void pin_guard::roster_changed(std::uint32_t person) {
  for (std::size_t p = tries_.size(); p < election_.people.size(); ++p)
    tries_.push_back({});
  tries_[person] = {election_.people[person].wrong_pins, election_.people[person].locked_until_ms};
}

bool pin_guard::fits(std::uint32_t person, std::string_view digits) const {
  const auto& p = election_.people[person];
  return key_.fits(p.pin_hash, p.msisdn, p.role, digits);
}

void pin_guard::decide(std::uint32_t person, bool right, std::int64_t now_ms, told done) {
  tries& t = tries_[person];
  if (right && t.wrong == 0 && t.locked_until_ms == 0) return done(menus::pin_verdict::right);
  tries next{0, 0};
  auto verdict = menus::pin_verdict::right;
  if (!right) {
    const bool last = t.wrong + 1 >= settings_.tries;
    next = last ? tries{0, now_ms + settings_.lock_ms} : tries{t.wrong + 1, 0};
    verdict = last ? menus::pin_verdict::locked : menus::pin_verdict::wrong;
  }
  t = next; // counts at once, so that two sessions at the same time do not share a try
  const auto& p = election_.people[person];
  store_.save_pin_state(p.msisdn, p.role, next.wrong, next.locked_until_ms,
                        [verdict, done](boost::system::error_code failed) {
                          if (failed) return done(failed);
                          done(verdict);
                        });
}

} // namespace tallyline::gateway
