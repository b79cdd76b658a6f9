// review: what waits for a person's decision, side by side, and the decision.
#include "gateway/commands/commands.h"

#include "gateway/commands/record_text.h"
#include "gateway/control_link.h"
#include "gateway/decision_line.h"
#include "gateway/intake.h"
#include "gateway/table.h"
#include "gateway/viewer.h"
#include "storage/import.h"
#include "storage/review_list.h"

#include <algorithm>
#include <fmt/format.h>
#include <iostream>

namespace tallyline::gateway {
namespace {

struct list_options {
  std::string database = "tallyline.db", area, form, only, as = "table";
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

std::string flags_of(const storage::canonical::record_view& v) {
  std::string all;
  for (const auto f : v.flags)
    all.append(all.empty() ? "" : ", ").append(f);
  return all;
}

using view = storage::canonical::record_view;
using field = storage::canonical::field_view;

// The items of a list that another version has otherwise: "7=120 9=33".
std::string items_apart(const field& f, const field& other) {
  std::string all;
  for (const auto& item : f.items)
    if (std::find(other.items.begin(), other.items.end(), item) == other.items.end())
      all += fmt::format("{}{}={}", all.empty() ? "" : " ", item.number, item.value);
  return all;
}

// A list at a glance, since 30 candidates are no line to read.
std::string at_a_glance(const field& f) {
  if (f.what != field::type::list) return shown_value(f);
  std::int64_t sum = 0;
  for (const auto& item : f.items)
    sum += item.value;
  return fmt::format("{} in {} numbers", sum, f.items.size());
}

// What it says otherwise than `other`.
std::string differences(const view& v, const view& other) {
  std::string all;
  for (const auto& f : v.fields) {
    const auto* theirs = other.field(f.name);
    if (theirs && shown_value(*theirs) == shown_value(f) && theirs->text == f.text) continue;
    const bool lists = theirs && f.what == field::type::list && theirs->what == field::type::list;
    all += fmt::format("{}{}: {}", all.empty() ? "" : ", ", f.name, lists ? items_apart(f, *theirs) : shown_value(f));
  }
  return all;
}

std::string all_of(const view& v, bool whole) {
  std::string all;
  for (const auto& f : v.fields)
    all += fmt::format("{}{}: {}", all.empty() ? "" : ", ", f.name, whole ? shown_value(f) : at_a_glance(f));
  return all;
}

// First what two people say differently, then what was only flagged; each in the order of areas, as the pack has them.
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
    std::stable_sort(reviews.begin(), reviews.end(), [&](const auto& a, const auto& b) {
      const bool first = differ(a), second = differ(b);
      return first != second ? first : area_of(a) < area_of(b);
    });
    for (const auto& r : reviews)
      if (wanted(r)) add(t, r);
    return t;
  }
  std::size_t conflicts() const { return conflicts_; }
  std::size_t flagged() const { return flagged_; }

private:
  static bool differ(const storage::open_review& r) { return r.versions.size() > 1; }
  static view& read(const storage::stored_record& r, view& into) {
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
    if (!options_.only.empty() && (options_.only == "conflicts") != differ(r)) return false;
    const auto area = area_of(r);
    return !area_ || (area != storage::none && e_.area_contains(*area_, area));
  }

  void add(table& t, const storage::open_review& r) {
    ++(differ(r) ? conflicts_ : flagged_);
    // A line around each conflict, and one before all that was only flagged.
    if (!t.rows.empty() && (differ(r) || (flagged_ == 1 && conflicts_ > 0))) t.rules.push_back(t.rows.size());
    std::vector<view> versions(r.versions.size());
    for (std::size_t i = 0; i < versions.size(); ++i)
      read(r.versions[i], versions[i]);
    for (std::size_t i = 0; i < versions.size(); ++i)
      t.rows.push_back(row(r.versions[i], versions[i], differ(r) ? &versions[i == 0 ? 1 : 0] : nullptr));
  }

  // `other`: the version that it is set beside.
  std::vector<cell> row(const storage::stored_record& r, const view& v, const view* other) const {
    const auto where = place_of(e_, v.scope);
    const auto area = where.area == storage::none ? std::string() : e_.areas[where.area].code;
    const bool people = options_.as == "table";
    return {area,
            where.name,
            std::string(v.form),
            shown_key(v),
            r.receipt,
            std::string(shown_state(static_cast<int>(r.state), r.flagged, false)),
            people && other ? differences(v, *other) : all_of(v, !people),
            flags_of(v),
            local_text(clock_.minutes_at(v.time_ms)),
            person_of(e_, r, v.role)};
  }

  const storage::election& e_;
  const list_options& options_;
  std::optional<std::uint32_t> area_;
  std::size_t conflicts_ = 0, flagged_ = 0;
  local_clock clock_{e_.time_zone};
};

int list(const list_options& o) {
  const auto election = need(storage::load_election(o.database), o.database);
  auto seen = o;
  seen.area = the_viewer().area_for(election, o.area);
  review_lister lister(election, seen);
  print(std::cout, lister.rows(need(storage::open_reviews(o.database), o.database)), format_named(o.as));
  if (o.as == "table")
    fmt::print(stderr,
               "to decide: {} on which two people differ (only what differs is shown), {} flagged. By: tallyline review "
               "accept RECEIPT --by NAME --reason WHY (or reject); tallyline receipt RECEIPT shows all of one\n",
               lister.conflicts(), lister.flagged());
  return 0;
}

struct decide_options {
  std::string database = "tallyline.db";
  storage::decision what;
};

// By the gateway that writes the database, or on the file itself when none runs.
storage::decided decided_by_whom(const decide_options& o) {
  auto d = o.what;
  d.within = the_viewer().area;
  if (const auto answer = ask_gateway(o.database, to_line(d))) {
    if (!answer->done) throw std::runtime_error(o.what.receipt + ": " + answer->text);
    if (const auto done = decided_from_line(answer->text)) return *done;
    throw std::runtime_error("the gateway's answer was not understood: " + answer->text);
  }
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
  c->add_option("--only", o.only, "conflicts: two people differ; flagged: a warning was confirmed")
      ->check(CLI::IsMember({"conflicts", "flagged"}));
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
