#include "gateway/site/site_answers.h"

#include "modem/link/octets.h"
#include "storage/canonical.h"
#include "storage/receipt.h"

namespace tallyline::gateway {
namespace {

namespace link = modem::link;

link::verdict verdict_of(storage::verdict v) {
  switch (v) {
  case storage::verdict::recorded:
    return link::verdict::recorded;
  case storage::verdict::duplicate:
    return link::verdict::duplicate;
  case storage::verdict::corrected:
    return link::verdict::corrected;
  case storage::verdict::review:
    return link::verdict::review;
  case storage::verdict::first_entry:
    return link::verdict::first_entry;
  case storage::verdict::agreed:
    return link::verdict::agreed;
  case storage::verdict::differs:
    return link::verdict::differs;
  }
  return link::verdict::unread;
}

link::decision decision_of(const storage::site_decision& d) {
  link::decision out;
  if (d.refused != storage::errc{}) {
    out.what = link::verdict::refused;
    out.text = storage::make_error_code(d.refused).message();
    return out;
  }
  out.what = verdict_of(d.what.what);
  out.derived = d.what.derivable;
  if (!out.derived) out.receipt = storage::receipt::parse(d.what.receipt).receipt;
  return out;
}

} // namespace

std::vector<link::answer> to_link_answers(std::uint64_t first, std::size_t count,
                                          const std::vector<storage::site_decision>& decided,
                                          const std::map<std::uint64_t, link::decision>& refused, std::int64_t time_ms,
                                          const storage::drawn_octets& drawn) {
  std::vector<link::answer> out;
  auto next = decided.begin();
  for (auto number = first; number < first + count; ++number) {
    const bool taken = next != decided.end() && next->number == number;
    const auto when = taken && next->refused == storage::errc{} ? next->time_ms : time_ms;
    const auto& salt = taken && next->refused == storage::errc{} ? next->drawn : drawn;
    if (out.empty() || out.back().time_ms != when || out.back().drawn != salt)
      out.push_back({number, when, salt, {}, {}});
    if (taken)
      out.back().decisions.push_back(decision_of(*next++));
    else if (const auto why = refused.find(number); why != refused.end())
      out.back().decisions.push_back(why->second);
    else
      out.back().decisions.push_back({link::verdict::unread, false, 0, {}, {}});
  }
  return out;
}

std::string receipt_of(const link::answer& a, const link::decision& d, std::uint64_t number, storage::report as_filled,
                       const link::secret& key) {
  if (d.what == link::verdict::refused || d.what == link::verdict::unread) return {};
  if (!d.derived) return storage::receipt::to_text(d.receipt);
  as_filled.time_ms = a.time_ms;
  storage::canonical::salts salts(storage::canonical::salts_needed(as_filled));
  storage::canonical::salts_from(link::salt_seed(key, link::as_text(a.drawn), number), salts);
  const auto leaf = storage::ledger::leaf_hash(storage::canonical::record_bytes(as_filled, salts, 0, 0));
  return storage::receipt::to_text(storage::receipt::derive(leaf, 0));
}

} // namespace tallyline::gateway
