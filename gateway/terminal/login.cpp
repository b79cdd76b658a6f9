#include "gateway/terminal/login.h"

#include <algorithm>
#include <memory>

namespace tallyline::gateway {
namespace {

// One role after the other: each check may have to wait for the disk.
struct checking : std::enable_shared_from_this<checking> {
  pin_guard& pins;
  std::vector<std::uint32_t> people;
  std::string digits;
  std::int64_t now_ms;
  std::function<void(storage::result<login_result>)> done;
  std::size_t at = 0;
  login_result result;

  checking(pin_guard& p, std::vector<std::uint32_t> who, std::string d, std::int64_t now,
           std::function<void(storage::result<login_result>)> told)
      : pins(p), people(std::move(who)), digits(std::move(d)), now_ms(now), done(std::move(told)) {}

  void next() {
    if (at == people.size()) return done(std::move(result));
    const auto person = people[at++];
    pins.check(person, digits, now_ms, [self = shared_from_this(), person](storage::result<menus::pin_verdict> v) {
      if (!v) return self->done(v.error());
      self->add(person, *v);
      self->next();
    });
  }
  void add(std::uint32_t person, menus::pin_verdict v) {
    using menus::pin_verdict;
    if (v == pin_verdict::right) result.people.push_back(person);
    // One role that is open opens the call; a lock is told when nothing is.
    if (v == pin_verdict::right || (v == pin_verdict::locked && result.verdict == pin_verdict::wrong))
      result.verdict = v;
  }
};

} // namespace

void log_in(const election_world& world, pin_guard& pins, std::uint64_t msisdn, std::string digits, std::int64_t now_ms,
            std::function<void(storage::result<login_result>)> done) {
  auto people = world.election().people_with(msisdn);
  std::erase_if(people, [&](std::uint32_t p) { return !world.acts(p); });
  std::vector<std::uint32_t> theirs;
  std::copy_if(people.begin(), people.end(), std::back_inserter(theirs),
               [&](std::uint32_t p) { return pins.fits(p, digits); });
  if (!theirs.empty()) people = std::move(theirs);
  std::make_shared<checking>(pins, std::move(people), std::move(digits), now_ms, std::move(done))->next();
}

} // namespace tallyline::gateway
