// Readers of the entries that are no records. Each is read, written anew, and must be the very same bytes: that is all
// that strictness needs where reading need not be fast.
#include "storage/canonical.h"
#include "storage/cbor_keys.h"
#include "storage/roster.h"
#include "storage/text.h"

namespace tallyline::storage::canonical {
namespace {

// The pieces of an entry, in the order of its map; a missing or wrong one makes all that follow fail.
class entry_reader {
public:
  entry_reader(std::string_view bytes, kind what) : in_(bytes), keys_(in_) {
    std::int64_t k = 0;
    good_ = keys_.open() && keys_.is(0) && in_.number(k) && k == static_cast<int>(what) && keys_.advance();
  }
  std::string_view text(std::int64_t key) {
    std::string_view value;
    take(key, [&] { return in_.text(value) && valid_utf8(value); });
    return value;
  }
  std::string_view text_or_none(std::int64_t key) { return keys_.is(key) ? text(key) : std::string_view(); }
  std::int64_t number(std::int64_t key) {
    std::int64_t value = 0;
    take(key, [&] { return in_.number(value); });
    return value;
  }
  std::string_view digest(std::int64_t key) {
    std::string_view value;
    take(key, [&] { return in_.bytes(value) && value.size() == std::tuple_size_v<commitment>; });
    return value;
  }
  std::string_view digest_or_none(std::int64_t key) { return keys_.is(key) ? digest(key) : std::string_view(); }
  std::int64_t number_or_none(std::int64_t key) { return keys_.is(key) ? number(key) : 0; }
  std::vector<std::int64_t> seqs(std::int64_t key) {
    std::vector<std::int64_t> all;
    list(key, [&] { return in_.number(all.emplace_back()) && all.back() > 0; });
    return all;
  }
  template <class Pairs> Pairs pairs(std::int64_t key) {
    Pairs all;
    list(key, [&] {
      std::uint64_t two = 0;
      auto& [name, value] = all.emplace_back();
      return in_.array(two) && two == 2 && in_.text(name) && valid_utf8(name) && one(value);
    });
    return all;
  }
  void numbers(std::int64_t key, std::vector<numbering_view::number>& all) {
    list(key, [&] {
      std::uint64_t four = 0;
      auto& g = all.emplace_back();
      return in_.array(four) && four == 4 && one(g.contest) && in_.number(g.value) && one(g.part) &&
             in_.number(g.decision) && g.decision > 0;
    });
  }
  bool done() const { return good_ && keys_.done() && in_.at_end(); }

private:
  bool one(std::int64_t& value) { return in_.number(value); }
  bool one(std::string_view& value) { return in_.text(value) && valid_utf8(value); }
  template <class Read> void take(std::int64_t key, Read read) {
    good_ = good_ && keys_.is(key) && read() && keys_.advance();
  }
  template <class Each> void list(std::int64_t key, Each each) {
    take(key, [&] {
      std::uint64_t size = 0;
      if (!in_.array(size)) return false;
      for (; size > 0; --size)
        if (!each()) return false;
      return true;
    });
  }
  cbor_reader in_;
  keys keys_;
  bool good_ = false;
};

bool ascending(const std::vector<std::int64_t>& all) {
  for (std::size_t i = 1; i < all.size(); ++i)
    if (all[i] <= all[i - 1]) return false;
  return true;
}

} // namespace

bool is_import(std::string_view bytes) {
  entry_reader in(bytes, kind::import);
  in.digest(1), in.digest(2), in.number(3);
  return in.done();
}

std::optional<menu_change> read_menu(std::string_view bytes) {
  entry_reader in(bytes, kind::menu);
  menu_change c;
  c.menu = in.text(1), c.number = in.number(2), c.digest = in.text(3), c.by = in.text(4), c.time_ms = in.number(5);
  c.approved_by = in.text_or_none(6), c.in_freeze = in.text_or_none(7);
  if (!in.done() || menu_bytes(c) != bytes) return std::nullopt;
  return c;
}

std::optional<policy_view> read_policy(std::string_view bytes) {
  entry_reader in(bytes, kind::policy);
  policy_view p;
  p.values = in.pairs<named_numbers>(1);
  p.by = in.text(4), p.time_ms = in.number(5);
  if (!in.done() || policy_bytes(p.values, p.by, p.time_ms) != bytes) return std::nullopt;
  return p;
}

std::optional<decision_view> read_decision(std::string_view bytes) {
  entry_reader in(bytes, kind::decision);
  decision_view d;
  d.accepted = in.seqs(1), d.rejected = in.seqs(2);
  d.reason = in.text_or_none(3), d.by = in.text(4), d.time_ms = in.number(5);
  const bool good = in.done() && d.accepted.size() <= 1 && d.accepted.size() + d.rejected.size() > 0 &&
                    ascending(d.rejected) && decision_bytes(d) == bytes;
  return good ? std::optional(d) : std::nullopt;
}

std::optional<settings_view> read_settings(std::string_view bytes) {
  entry_reader in(bytes, kind::settings);
  settings_view s;
  s.values = in.pairs<named_texts>(1);
  s.by = in.text(4), s.time_ms = in.number(5);
  if (!in.done() || settings_bytes(s.values, s.by, s.time_ms) != bytes) return std::nullopt;
  return s;
}

std::optional<forgetting_view> read_forgetting(std::string_view bytes) {
  entry_reader in(bytes, kind::forgetting);
  forgetting_view f;
  f.records = in.seqs(1);
  f.reason = in.text_or_none(3), f.by = in.text(4), f.time_ms = in.number(5);
  if (!in.done() || !ascending(f.records) || forgetting_bytes(f) != bytes) return std::nullopt;
  return f;
}

std::optional<numbering_view> read_numbering(std::string_view bytes) {
  entry_reader in(bytes, kind::numbering);
  numbering_view n;
  in.numbers(1, n.given);
  n.order = in.text(3), n.by = in.text(4), n.time_ms = in.number(5);
  if (!in.done() || n.order.empty() || numbering_bytes(n) != bytes) return std::nullopt;
  return n;
}

std::optional<roster_view> read_roster(std::string_view bytes) {
  entry_reader in(bytes, kind::roster);
  roster_view r;
  r.what = in.text(1), r.record = in.number_or_none(2), r.role = in.text(3), r.scope = in.text(4);
  r.who = in.digest(5), r.to = in.digest_or_none(6), r.until_ms = in.number_or_none(7);
  r.by = in.text_or_none(8), r.time_ms = in.number(9);
  const bool good = in.done() && roster_act_named(r.what) && r.record >= 0 && (r.record == 0) != r.by.empty() &&
                    roster_bytes(r) == bytes;
  return good ? std::optional(r) : std::nullopt;
}

std::optional<account_view> read_account(std::string_view bytes) {
  entry_reader in(bytes, kind::account);
  account_view a;
  a.login = in.text(1), a.role = in.text(2), a.area = in.text_or_none(3), a.by = in.text(4), a.time_ms = in.number(5);
  if (!in.done() || a.login.empty() || account_bytes(a) != bytes) return std::nullopt;
  return a;
}

std::optional<site_key_view> read_site_key(std::string_view bytes) {
  entry_reader in(bytes, kind::site_key);
  site_key_view k;
  k.site = in.text(1), k.invited = in.number(2) == 1;
  k.by = in.text(4), k.time_ms = in.number(5);
  if (!in.done() || k.site.empty() || site_key_bytes(k) != bytes) return std::nullopt;
  return k;
}

std::optional<enrolment_view> read_enrolment(std::string_view bytes) {
  entry_reader in(bytes, kind::enrolment);
  enrolment_view e;
  e.site = in.text(1), e.invitation = in.number(2), e.time_ms = in.number(5);
  if (!in.done() || e.site.empty() || e.invitation <= 0 || enrolment_bytes(e) != bytes) return std::nullopt;
  return e;
}

} // namespace tallyline::storage::canonical
