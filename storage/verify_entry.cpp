#include "storage/receipt.h"
#include "storage/verify_parts.h"

#include <cstring>

namespace tallyline::storage::verifying {
namespace {

using canonical::kind;

struct entry_check {
  const entry_row& e;
  canonical::record_view& view;
  entry_facts& out;

  wrong_row wrong(const char* table, std::string what) const { return {table, e.seq, std::move(what)}; }

  std::optional<wrong_row> all() {
    out.seq = e.seq;
    if (e.leaf.size() != out.leaf.size()) return wrong("entry", "its leaf is not 32 bytes");
    std::memcpy(out.leaf.data(), e.leaf.data(), e.leaf.size());
    if (ledger::leaf_hash(e.body) != out.leaf) return wrong("entry", "its leaf is not the hash of its body");
    const auto what = canonical::kind_of(e.body);
    if (!what) return wrong("entry", "its body is of no known kind");
    if (static_cast<std::int64_t>(*what) != e.kind) return wrong("entry", "its kind is not what its body says");
    out.kind = *what;
    return *what == kind::record ? record() : other();
  }

  std::optional<wrong_row> other() {
    if (e.has_record) return wrong("record", "its entry is no record");
    if (out.kind == kind::roster) return roster();
    if (!e.personal.empty()) return wrong("personal", "its entry is no record");
    if (!readable()) return wrong("entry", "its body is not in canonical form");
    return std::nullopt;
  }

  bool readable() {
    switch (out.kind) {
    case kind::import:
      return canonical::is_import(e.body);
    case kind::menu:
      return canonical::read_menu(e.body).has_value();
    case kind::policy:
      return canonical::read_policy(e.body).has_value();
    case kind::settings:
      return canonical::read_settings(e.body).has_value();
    case kind::decision:
      if (auto d = canonical::read_decision(e.body)) {
        out.time_ms = d->time_ms;
        out.accepted = std::move(d->accepted), out.rejected = std::move(d->rejected);
        return true;
      }
      return false;
    case kind::forgetting:
      if (auto f = canonical::read_forgetting(e.body)) {
        out.rejected = std::move(f->records);
        return true;
      }
      return false;
    case kind::site_key:
      if (const auto k = canonical::read_site_key(e.body)) {
        out.key = k->site, out.entry = k->invited;
        return true;
      }
      return false;
    case kind::enrolment:
      if (const auto n = canonical::read_enrolment(e.body)) {
        out.key = n->site, out.supersedes = n->invitation;
        return true;
      }
      return false;
    case kind::numbering:
      return canonical::read_numbering(e.body).has_value();
    case kind::account:
      return canonical::read_account(e.body).has_value();
    case kind::roster:
    case kind::record:
      return true;
    }
    return false;
  }

  std::optional<wrong_row> roster() {
    const auto r = canonical::read_roster(e.body);
    if (!r) return wrong("entry", "its body is not in canonical form");
    out.asked_in = r->record;
    out.whole = e.whole_record;
    out.personal_missing = e.personal.size() != (r->to.empty() ? 1U : 2U);
    for (const auto& row : e.personal) {
      const bool second = row.no == 1 && !r->to.empty();
      if (row.no != 0 && !second) return wrong("personal", "no " + std::to_string(row.no) + " is not in its entry");
      if (row.name.has_value() != second) return wrong("personal", "its name is not what its entry says");
      if (!fits(row, second ? r->to : r->who)) return wrong("personal", "the value or salt is not what was changed");
    }
    return std::nullopt;
  }

  std::optional<wrong_row> record() {
    if (!e.has_record) return wrong("record", "the entry has no record of its number");
    if (!canonical::read_record(e.body, view)) return wrong("entry", "its body is not in canonical form");
    out.supersedes = view.supersedes, out.against = view.against, out.entry = view.entry;
    out.receipt_drawn = receipt::derive(out.leaf, 0);
    std::vector<std::string> parts(view.key.begin(), view.key.end());
    const std::string key = joined_key(parts);
    out.key.assign(view.form).append(1, '\0').append(key);
    out.time_ms = view.time_ms;
    if (view.once || !view.follows.empty()) {
      out.once = view.once != 0, out.follows = view.follows, out.scope = view.scope;
      const auto part = joined_key(view.key, 1);
      out.part_at = out.key.size() - part.size();
    }
    out.row = e.record;
    out.whole = e.whole_record;
    if (const auto w = e.whole_record ? columns(key) : std::nullopt) return w;
    return personal();
  }

  std::optional<wrong_row> columns(const std::string& key) const {
    const auto& r = e.record;
    if (r.form != view.form) return wrong("record", "form is not what its entry says");
    if (r.key != key) return wrong("record", "key is not what its entry says");
    if (r.flagged != (view.flags.empty() ? 0 : 1)) return wrong("record", "flagged is not what its entry says");
    if (r.supersedes != view.supersedes) return wrong("record", "supersedes is not what its entry says");
    return std::nullopt;
  }

  std::optional<wrong_row> personal() {
    std::vector<const canonical::field_view*> fields;
    for (const auto& f : view.fields)
      if (f.what == canonical::field_view::type::personal) fields.push_back(&f);
    out.personal_missing = e.personal.size() != fields.size() + 1;
    for (const auto& row : e.personal) {
      if (row.no < 0 || row.no > static_cast<std::int64_t>(fields.size()))
        return wrong("personal", "no " + std::to_string(row.no) + " is not in its entry");
      const auto* f = row.no == 0 ? nullptr : fields[static_cast<std::size_t>(row.no - 1)];
      if (row.name.has_value() != (f != nullptr) || (f && *row.name != f->name))
        return wrong("personal", "the name of no " + std::to_string(row.no) + " is not what its entry says");
      if (!fits(row, f ? f->text : view.who))
        return wrong("personal", "the value or salt of no " + std::to_string(row.no) + " is not what was reported");
    }
    return std::nullopt;
  }

  static bool fits(const personal_row& row, std::string_view committed) {
    canonical::salt salt;
    if (row.salt.size() != salt.size()) return false;
    std::memcpy(salt.data(), row.salt.data(), salt.size());
    std::string bytes;
    switch (row.value.what) {
    case kept_value::type::integer:
      bytes = canonical::value_bytes(row.value.number);
      break;
    case kept_value::type::text:
      bytes = canonical::value_bytes(row.value.bytes);
      break;
    case kept_value::type::blob: // a list, as its own canonical bytes
      bytes = row.value.bytes;
      break;
    default:
      return false;
    }
    const auto c = canonical::commit(salt, bytes);
    return committed == std::string_view(reinterpret_cast<const char*>(c.data()), c.size());
  }
};

} // namespace

std::optional<wrong_row> check_entry(const entry_row& e, canonical::record_view& scratch, entry_facts& out) {
  return entry_check{e, scratch, out}.all();
}

} // namespace tallyline::storage::verifying
