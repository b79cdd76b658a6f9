// review: what waits for a person's decision, side by side, and the decision.
#include "gateway/commands/commands.h"

#include "gateway/commands/record_text.h"
#include "gateway/control_link.h"
#include "gateway/decision_line.h"
#include "gateway/intake.h"
#include "gateway/table.h"
#include "storage/import.h"
#include "storage/review_list.h"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>

namespace tallyline::gateway {
namespace {

struct list_options {
  std::string database = "tallyline.db", area, form, as = "table";
};

template <class T> T need(boost::system::result<T> got, const std::string& database) {
  if (!got) throw std::runtime_error(fmt::format("{}: {}", database, got.error().message()));
  return std::move(*got);
}

// Where a record is about: its area, and what that is called.
struct place {
  std::uint32_t area = storage::none;
  std::string name;
};
place place_of(const storage::election& e, std::string_view scope) {
  if (const auto s = e.station_by_code(scope))
    return {e.stations[*s].area, std::string(storage::in_language(e.stations[*s].name, 0))};
  if (const auto o = e.office_by_code(scope))
    return {e.offices[*o].area, std::string(storage::in_language(e.offices[*o].name, 0))};
  if (const auto a = e.area_by_code(scope)) return {*a, std::string(storage::in_language(e.areas[*a].name, 0))};
  return {};
}

std::string person_of(const storage::election& e, const storage::stored_record& r, std::string_view role) {
  if (!r.msisdn) return fmt::format("a forgotten person ({})", role);
  const auto p = e.person_by(*r.msisdn, role);
  return fmt::format("{} +{} ({})", p ? e.people[*p].name : std::string("no longer on the roster"), *r.msisdn, role);
}

struct shown_version {
  storage::stored_record record;
  storage::canonical::record_view view; // of the record's body
};

std::string flags_of(const storage::canonical::record_view& v) {
  std::string all;
  for (const auto f : v.flags)
    all.append(all.empty() ? "" : ", ").append(f);
  return all;
}

// What differs from the first of them; of one alone, all it says.
std::string differences(const storage::canonical::record_view& v, const storage::canonical::record_view& first) {
  std::string all;
  for (const auto& f : v.fields) {
    const auto* other = first.field(f.name);
    const bool same = &v != &first && other && shown_value(*other) == shown_value(f) && other->text == f.text;
    if (!same) all += fmt::format("{}{}: {}", all.empty() ? "" : ", ", f.name, shown_value(f));
  }
  return all;
}

// In the order of areas, as the pack has them.
class review_lister {
public:
  review_lister(const storage::election& e, const list_options& o) : e_(e), options_(o) {
    if (o.area.empty()) return;
    area_ = e.area_by_code(o.area);
    if (!area_) throw std::runtime_error(fmt::format("there is no area '{}'", o.area));
  }

  table rows(std::vector<storage::open_review> reviews) {
    table t;
    t.columns = {{"area", "area"},   {"place", "place"}, {"form", "form"},   {"key", "key"},   {"receipt", "receipt"},
                 {"state", "state"}, {"says", "says"},   {"rules", "rules"}, {"time", "time"}, {"who", "who to call"}};
    std::stable_sort(reviews.begin(), reviews.end(),
                     [&](const auto& a, const auto& b) { return area_of(a) < area_of(b); });
    for (const auto& r : reviews)
      if (wanted(r)) add(t, r);
    return t;
  }

private:
  static storage::canonical::record_view& read(const storage::stored_record& r, storage::canonical::record_view& into) {
    if (!storage::canonical::read_record(r.body, into))
      throw std::runtime_error(fmt::format("record {} cannot be read: see tallyline verify", r.seq));
    return into;
  }
  std::uint32_t area_of(const storage::open_review& r) const {
    storage::canonical::record_view v;
    return place_of(e_, read(r.versions.front(), v).scope).area;
  }
  bool wanted(const storage::open_review& r) const {
    if (!options_.form.empty() && r.form != options_.form) return false;
    const auto area = area_of(r);
    return !area_ || (area != storage::none && e_.area_contains(*area_, area));
  }

  void add(table& t, const storage::open_review& r) {
    t.rules.push_back(t.rows.size());
    storage::canonical::record_view first;
    read(r.versions.front(), first);
    for (std::size_t i = 0; i < r.versions.size(); ++i) {
      const auto& v = r.versions[i];
      storage::canonical::record_view own;
      const auto& view = i == 0 ? first : read(v, own);
      const auto where = place_of(e_, view.scope);
      const auto area = where.area == storage::none ? std::string() : e_.areas[where.area].code;
      t.rows.push_back({area, where.name, r.form, shown_key(view), v.receipt,
                        std::string(shown_state(static_cast<int>(v.state), v.flagged, false)), differences(view, first),
                        flags_of(view), local_text(clock_.minutes_at(view.time_ms)), person_of(e_, v, view.role)});
    }
  }

  const storage::election& e_;
  const list_options& options_;
  std::optional<std::uint32_t> area_;
  local_clock clock_{e_.time_zone};
};

int list(const list_options& o) {
  const auto election = need(storage::load_election(o.database), o.database);
  auto t = review_lister(election, o).rows(need(storage::open_reviews(o.database), o.database));
  const auto keys = t.rules.size();
  if (!t.rules.empty()) t.rules.erase(t.rules.begin());
  print(std::cout, t, format_named(o.as));
  if (o.as == "table")
    fmt::print(stderr, "{} to decide; by: tallyline review accept RECEIPT --by NAME --reason WHY (or reject)\n", keys);
  return 0;
}

struct decide_options {
  std::string database = "tallyline.db";
  storage::decision what;
};

// By the gateway that writes the database, or on the file itself when none runs.
storage::decided decided_by_whom(const decide_options& o) {
  if (const auto answer = ask_gateway(o.database, to_line(o.what))) {
    if (!answer->done) throw std::runtime_error(o.what.receipt + ": " + answer->text);
    if (const auto done = decided_from_line(answer->text)) return *done;
    throw std::runtime_error("the gateway's answer was not understood: " + answer->text);
  }
  auto d = o.what;
  d.time_ms = intake_clock().unix_ms();
  const auto done = storage::decide_offline(o.database, d);
  if (!done) throw std::runtime_error(fmt::format("{}: {}", o.what.receipt, done.error().message()));
  return *done;
}

int decide(const decide_options& o) {
  const auto done = decided_by_whom(o);
  if (done.again) {
    fmt::print(stderr, "decided so already, by entry {} of the ledger; nothing was changed\n", done.entry);
    return 0;
  }
  for (const auto& c : done.changed)
    fmt::print("{}  {}\n", c.receipt, shown_state(static_cast<int>(c.state), false, true));
  fmt::print(stderr, "entry {} of the ledger\n", done.entry);
  return 0;
}

void add_decision(CLI::App& review, job& chosen, bool accept) {
  static decide_options o;
  auto* c = review.add_subcommand(accept ? "accept" : "reject",
                                  accept ? "this version counts, every other one of its key is rejected"
                                         : "this version does not count; the only other one, if there is one, does");
  c->add_option("receipt", o.what.receipt, "of the version")->required();
  c->add_option("--by", o.what.by, "who decides")->required();
  c->add_option("--reason", o.what.reason, "why")->required();
  c->add_option("--database,-d", o.database, "database file")->capture_default_str();
  c->footer(fmt::format(
      "Example: tallyline review {} 482-193-7620 --by \"duty officer\" --reason \"the signed sheet says so\"",
      accept ? "accept" : "reject"));
  c->callback([&chosen, accept] {
    chosen = [accept] {
      o.what.accept = accept;
      return decide(o);
    };
  });
}

} // namespace

void add_review(CLI::App& app, job& chosen) {
  static list_options o;
  auto* c = app.add_subcommand("review", "what waits for a person's decision: list it, accept or reject a version");
  c->require_subcommand(0, 1);
  c->add_option("--database,-d", o.database, "database file")->capture_default_str();
  c->add_option("--area,-a", o.area, "only this area, by its code");
  c->add_option("--form", o.form, "only this form");
  c->add_option("--format,-f", o.as, "table, csv or json")->check(CLI::IsMember({"table", "csv", "json"}));
  c->footer(
      "Example: tallyline review --area 01\n"
      "         tallyline review accept 482-193-7620 --by \"duty officer\" --reason \"the signed sheet says so\"");
  add_decision(*c, chosen, true);
  add_decision(*c, chosen, false);
  c->callback([&chosen, c] {
    if (c->get_subcommands().empty()) chosen = [] { return list(o); };
  });
}

} // namespace tallyline::gateway
