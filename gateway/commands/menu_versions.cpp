// menu versions, show, diff: what is and was in service, and what the difference is.
#include "gateway/commands/commands_menu.h"
#include "gateway/commands/menu_admin.h"
#include "gateway/local_time.h"
#include "gateway/menu_files.h"
#include "gateway/table.h"
#include "menus/diff.h"
#include "storage/import.h"

#include <boost/json.hpp>
#include <charconv>
#include <iostream>

namespace tallyline::gateway {

version_name version_named(const std::string& word) {
  const auto at = word.find('@');
  version_name name{word.substr(0, at), 0};
  if (at == std::string::npos) return name;
  const char* end = word.data() + word.size();
  const auto read = std::from_chars(word.data() + at + 1, end, name.number);
  if (read.ec != std::errc{} || read.ptr != end || name.number < 1)
    throw std::runtime_error("'" + word + "' names no version; write it as polling@2");
  return name;
}

storage::menu_version version_at(const std::string& database, const version_name& name) {
  for (auto& v : need(storage::menu_versions(database, name.menu), database))
    if (name.number ? v.number == name.number : v.live()) return std::move(v);
  throw std::runtime_error(
      name.number ? fmt::format("there is no version {} of '{}'; see: tallyline menu versions", name.number, name.menu)
                  : fmt::format("'{}' is not in service; see: tallyline menu versions", name.menu));
}

struct election_clock::inside {
  explicit inside(const storage::election& e) : clock(e.time_zone) {}
  local_clock clock;
};

election_clock::election_clock(const std::string& database)
    : inside_(std::make_unique<inside>(need(storage::load_election(database), database))) {}
election_clock::~election_clock() = default;

std::int64_t election_clock::unix_ms_of(const std::string& text) const {
  const auto today = inside_->clock.minutes() / menus::minutes_of_day;
  const auto minutes = local_minutes(text, today);
  if (!minutes) throw std::runtime_error("'" + text + "' is no time; write it as \"2026-06-12 07:00\"");
  return inside_->clock.unix_ms_of(*minutes);
}

std::string election_clock::text_of(std::int64_t unix_ms) const {
  return local_text(inside_->clock.minutes_at(unix_ms));
}

namespace {

struct options {
  std::string what, other, database = "tallyline.db", as = "table";
};

std::string state_of(const storage::menu_version& v, const election_clock& clock) {
  switch (v.state) {
  case storage::menu_state::in_service:
    return "in service";
  case storage::menu_state::proposed:
    return v.from_ms ? "proposed for " + clock.text_of(v.from_ms) : "proposed";
  case storage::menu_state::scheduled:
    return "from " + clock.text_of(v.from_ms);
  case storage::menu_state::withdrawn:
    return "withdrawn";
  default:
    return "earlier";
  }
}

int versions(const options& o) {
  const election_clock clock(o.database);
  table t;
  t.columns = {{"menu", "menu"}, {"version", "version"},         {"state", "state"}, {"time", "when"},
               {"by", "by"},     {"approved_by", "approved by"}, {"note", "note"},   {"digest", "digest"}};
  for (const auto& v : need(storage::menu_versions(o.database, o.what), o.database))
    t.rows.push_back(
        {v.menu, v.number, state_of(v, clock), clock.text_of(v.time_ms), v.by, v.approved_by,
         v.in_freeze.empty() ? v.note : v.note + (v.note.empty() ? "" : "; ") + "in the freeze: " + v.in_freeze,
         v.digest.substr(0, 12)});
  print(std::cout, t, format_named(o.as));
  const auto policy = need(storage::read_menu_policy(o.database), o.database);
  if (policy.approval) fmt::print(stderr, "a second person approves each version: tallyline menu approve MENU\n");
  if (policy.freeze_until_ms > now_ms())
    fmt::print(stderr, "nothing changes from {} to {} (--break-freeze REASON)\n", clock.text_of(policy.freeze_from_ms),
               clock.text_of(policy.freeze_until_ms));
  return 0;
}

int show(const options& o) {
  const auto files = files_of(version_at(o.database, version_named(o.what)).bundle);
  for (const auto& [name, text] : files)
    std::cout << (files.size() > 1 ? "# --- " + name + "\n" : "") << text;
  return 0;
}

menus::load_result load_either(const std::string& what, const std::string& database) {
  auto loaded = std::filesystem::is_regular_file(what) ? load_menu(what)
                                                       : load_bundle(version_at(database, version_named(what)).bundle);
  if (!loaded) throw std::runtime_error(told(loaded.problems) + what + " cannot be read as it is");
  return loaded;
}

constexpr std::size_t longest_shown = 200; // octets; --format json has all

std::string shown(const std::string& text) {
  if (text.size() <= longest_shown) return text;
  std::size_t end = longest_shown;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
    --end;
  return text.substr(0, end) + "…";
}

void print_for_people(const std::vector<menus::difference>& all) {
  std::string part;
  for (const auto& d : all) {
    using kind = menus::difference::kind;
    if (d.part != part) fmt::print("{}\n", part = d.part);
    const std::string where = d.where.empty() ? "" : d.where + ": ";
    if (d.what == kind::changed)
      fmt::print("  ~ {}{} → {}\n", where, shown(d.before), shown(d.after));
    else
      fmt::print("  {} {}{}\n", d.what == kind::added ? '+' : '-', where,
                 shown(d.what == kind::added ? d.after : d.before));
  }
}

int diff(const options& o) {
  const auto b = load_either(o.other.empty() ? o.what : o.other, o.database);
  // With one script only: what publishing it would change.
  const auto a = load_either(o.other.empty() ? b.menu->name : o.what, o.database);
  const auto all = menus::diff(a, b);
  if (o.as == "json") {
    boost::json::array out;
    static constexpr const char* words[] = {"added", "removed", "changed"};
    for (const auto& d : all)
      out.push_back(boost::json::object{{"change", words[static_cast<std::size_t>(d.what)]},
                                        {"part", d.part},
                                        {"where", d.where},
                                        {"before", d.before},
                                        {"after", d.after}});
    std::cout << boost::json::serialize(out) << '\n';
    return 0;
  }
  print_for_people(all);
  if (all.empty())
    fmt::print(stderr, "they say the same\n");
  else
    fmt::print(stderr, "{} difference{}\n", all.size(), all.size() == 1 ? "" : "s");
  return 0;
}

void add_database(CLI::App* c, options& o) {
  c->add_option("--database,-d", o.database, "database file")->capture_default_str();
}

} // namespace

void add_menu_versions(CLI::App& menu, job& chosen) {
  static options o;
  auto* v = menu.add_subcommand("versions", "the scripts that are, were and will be in service");
  v->add_option("menu", o.what, "only this menu");
  v->add_option("--format,-f", o.as, "table, csv or json")->check(CLI::IsMember({"table", "csv", "json"}));
  add_database(v, o);
  v->footer("Example: tallyline menu versions polling");
  v->callback([&] { chosen = [] { return versions(o); }; });

  auto* s = menu.add_subcommand("show", "print a version's text");
  s->add_option("version", o.what, "MENU, or MENU@NUMBER")->required();
  add_database(s, o);
  s->footer("Example: tallyline menu show polling@2 > night.yaml");
  s->callback([&] { chosen = [] { return show(o); }; });

  auto* d = menu.add_subcommand("diff", "what one script says differently from another, by screens and rules");
  d->add_option("before", o.what, "a file, MENU (in service) or MENU@NUMBER")->required();
  d->add_option("after", o.other, "the other; without it, BEFORE is compared with what is in service");
  d->add_option("--format,-f", o.as, "table, or json with every text whole")->check(CLI::IsMember({"table", "json"}));
  add_database(d, o);
  d->footer("Example: tallyline menu diff polling@1 night.yaml");
  d->callback([&] { chosen = [] { return diff(o); }; });
}

} // namespace tallyline::gateway
