#include "storage/receipt.h"
#include "storage/verify_parts.h"

#include <fmt/format.h>

namespace tallyline::storage::verifying {
namespace {

constexpr auto current = static_cast<std::int64_t>(record_state::current);
constexpr auto superseded = static_cast<std::int64_t>(record_state::superseded);
constexpr auto review = static_cast<std::int64_t>(record_state::review);
constexpr auto pending = static_cast<std::int64_t>(record_state::pending);
constexpr auto rejected = static_cast<std::int64_t>(record_state::rejected);

bool stands(std::int64_t state) { return state != superseded && state != rejected; }
bool waits(std::int64_t state) { return state == review || state == pending; }

} // namespace

in_order::in_order(std::int64_t expected_entries) {
  tree_.reserve(static_cast<std::uint64_t>(expected_entries));
  lives_.reserve(static_cast<std::size_t>(expected_entries));
  keys_.reserve(static_cast<std::size_t>(expected_entries));
  receipts_.reserve(static_cast<std::size_t>(expected_entries));
}

bool in_order::is_record(std::int64_t seq) const {
  return seq > 0 && seq <= static_cast<std::int64_t>(lives_.size()) &&
         lives_[static_cast<std::size_t>(seq - 1)].is_record;
}

std::optional<wrong_row> in_order::take(const entry_facts& f) {
  if (f.seq != what_.entries + 1)
    return wrong_row{"entry", what_.entries + 1, "it is missing: the entries are numbered without gaps"};
  ++what_.entries;
  tree_.append(f.leaf);
  lives_.emplace_back();
  switch (f.kind) {
  case canonical::kind::record:
    return take_record(f);
  case canonical::kind::decision:
    return take_decision(f);
  case canonical::kind::forgetting:
    return take_forgetting(f);
  case canonical::kind::roster:
    return take_roster(f);
  case canonical::kind::site_key:
    invited_[f.key] = f.entry ? f.seq : 0;
    return std::nullopt;
  case canonical::kind::enrolment:
    return take_enrolment(f);
  default:
    return std::nullopt;
  }
}

std::optional<wrong_row> in_order::take_record(const entry_facts& f) {
  ++what_.records;
  std::uint64_t expected = f.receipt_drawn;
  for (std::uint32_t counter = 1; !receipts_.insert(expected).second; ++counter)
    expected = receipt::derive(f.leaf, counter);
  if (f.whole && static_cast<std::uint64_t>(f.row.receipt) != expected)
    return wrong_row{"record", f.seq, "its receipt is not the one drawn from its leaf"};
  const auto key = keys_.try_emplace(f.key, static_cast<std::uint32_t>(current_.size())).first->second;
  if (key == current_.size()) current_.push_back(0), standing_.push_back(0);
  if (auto wrong = supersede(f, key)) return wrong;
  auto& own = at(f.seq);
  own.key = key;
  own.is_record = true;
  own.whole = f.whole;
  own.personal_missing = f.personal_missing;
  own.shown_state = f.row.state, own.shown_superseded_by = f.row.superseded_by, own.shown_decided = f.row.decided;
  own.state = f.against != 0 ? review : f.entry == 1 ? pending : current;
  // The other one of two entries that differ has waited for its second until now.
  if (f.entry == 1 && f.against != 0 && is_record(f.against) && at(f.against).state == pending)
    at(f.against).state = review;
  ++standing_[key];
  if (own.state == current) {
    if (current_[key] != 0)
      return wrong_row{"record", f.seq, fmt::format("its key has a current record already, {}", current_[key])};
    current_[key] = f.seq;
  }
  return steps_.take_record(f, key, [this](std::uint32_t k) { return standing_[k] > 0; });
}

// What the body names, and of two entries that agree what stood before.
std::optional<wrong_row> in_order::supersede(const entry_facts& f, std::uint32_t key) {
  if (f.against != 0 && (!is_record(f.against) || at(f.against).key != key))
    return wrong_row{"entry", f.seq, fmt::format("it disagrees with {}, which is no record of its key", f.against)};
  const auto replace = [&](std::int64_t seq) {
    auto& old = at(seq);
    if (current_[key] == seq) current_[key] = 0;
    standing_[key] -= stands(old.state);
    old.state = superseded, old.superseded_by = f.seq;
  };
  if (f.supersedes != 0) {
    if (!is_record(f.supersedes) || at(f.supersedes).key != key)
      return wrong_row{"entry", f.seq, fmt::format("it supersedes {}, which is no record of its key", f.supersedes)};
    if (at(f.supersedes).state == superseded)
      return wrong_row{"entry", f.seq, fmt::format("it supersedes {}, which was superseded before", f.supersedes)};
    replace(f.supersedes);
  }
  if (f.entry == 2 && current_[key] != 0) replace(current_[key]);
  return std::nullopt;
}

std::optional<wrong_row> in_order::take_decision(const entry_facts& f) {
  ++what_.decisions;
  std::optional<std::uint32_t> key;
  const auto change = [&](std::int64_t seq, std::int64_t state) -> std::optional<wrong_row> {
    if (!is_record(seq)) return wrong_row{"entry", f.seq, fmt::format("it decides on {}, which is no record", seq)};
    auto& r = at(seq);
    if (key && *key != r.key) return wrong_row{"entry", f.seq, "it decides on records of several keys"};
    if (r.state == superseded)
      return wrong_row{"entry", f.seq, fmt::format("it decides on {}, which is superseded", seq)};
    key = r.key;
    if (current_[r.key] == seq) current_[r.key] = 0;
    standing_[r.key] += stands(state) - stands(r.state);
    r.state = state, r.decided = f.seq;
    decided_.push_back({f.seq, seq, state});
    return std::nullopt;
  };
  for (const auto seq : f.rejected)
    if (auto wrong = change(seq, rejected)) return wrong;
  for (const auto seq : f.accepted) {
    if (auto wrong = change(seq, current)) return wrong;
    if (current_[*key] != 0) return wrong_row{"entry", f.seq, "its decision leaves two current records of one key"};
    current_[*key] = seq;
  }
  if (key)
    steps_.take_decision((f.accepted.empty() ? f.rejected : f.accepted).back(), *key, standing_[*key] > 0, f.time_ms);
  return std::nullopt;
}

std::optional<wrong_row> in_order::take_forgetting(const entry_facts& f) {
  for (const auto seq : f.rejected) {
    const bool of_roster = seq > 0 && seq < f.seq && at(seq).of_roster;
    if (!is_record(seq) && !of_roster)
      return wrong_row{"entry", f.seq, fmt::format("it forgets the sender of {}, which is no record", seq)};
    at(seq).forgotten = true;
  }
  ++what_.forgotten;
  return std::nullopt;
}

std::optional<wrong_row> in_order::take_roster(const entry_facts& f) {
  at(f.seq).of_roster = true;
  at(f.seq).personal_missing = f.personal_missing;
  at(f.seq).whole = f.whole;
  if (f.asked_in != 0 && (f.asked_in >= f.seq || !is_record(f.asked_in)))
    return wrong_row{"entry", f.seq, fmt::format("it was asked for in {}, which is no record", f.asked_in)};
  return std::nullopt;
}

std::optional<wrong_row> in_order::take_enrolment(const entry_facts& f) {
  auto& open = invited_[f.key];
  if (open == 0 || open != f.supersedes)
    return wrong_row{
        "entry", f.seq,
        fmt::format("site {} enrolled by {}, which is no invitation that was open for it", f.key, f.supersedes)};
  open = 0;
  return std::nullopt;
}

std::optional<wrong_row> in_order::finish() const {
  std::int64_t seq = 0;
  for (const auto& r : lives_) {
    ++seq;
    if (r.of_roster && r.whole && r.personal_missing && !r.forgotten)
      return wrong_row{"personal", seq, "a value is missing, and the ledger does not say that it was forgotten"};
    if (!r.is_record) continue;
    // A second entry that agrees also replaces what its sender had said before; who that was only the salts know.
    const auto& by = r.shown_superseded_by;
    const bool replaced_by_own = waits(r.state) && r.shown_state == superseded && by > seq && is_record(by) &&
                                 lives_[static_cast<std::size_t>(by - 1)].key == r.key;
    if (r.shown_state != r.state && !replaced_by_own)
      return wrong_row{"record", seq, fmt::format("state is {}, the ledger says {}", r.shown_state, r.state)};
    if (!r.whole) continue;
    if (r.shown_superseded_by != r.superseded_by && !replaced_by_own)
      return wrong_row{"record", seq,
                       fmt::format("superseded_by is {}, the ledger says {}", r.shown_superseded_by, r.superseded_by)};
    if (r.shown_decided != r.decided)
      return wrong_row{"record", seq, fmt::format("decided is {}, the ledger says {}", r.shown_decided, r.decided)};
    if (r.personal_missing && !r.forgotten)
      return wrong_row{"personal", seq, "a value is missing, and the ledger does not say that it was forgotten"};
  }
  return std::nullopt;
}

std::optional<wrong_row> in_order::check_head(const signed_head& h, const std::optional<public_key>& expected) {
  const auto seq = static_cast<std::int64_t>(h.size);
  if (!key_) key_ = expected.value_or(h.key);
  if (h.key != *key_)
    return wrong_row{"head", seq,
                     expected ? "it is signed by another key than the one given"
                              : "it is signed by another key than the heads before it"};
  if (!good_signature(h)) return wrong_row{"head", seq, "its signature is not by the key it names"};
  if (h.size > tree_.size())
    return wrong_row{"head", seq, fmt::format("it was signed for {} entries, there are {}", h.size, tree_.size())};
  if (h.root != tree_.root(h.size)) return wrong_row{"head", seq, "its root is not that of the entries before it"};
  if (what_.newest && h.size <= what_.newest->size)
    return wrong_row{"head", seq, "it does not follow the head before it"};
  what_.newest = h;
  ++what_.heads;
  return std::nullopt;
}

} // namespace tallyline::storage::verifying
