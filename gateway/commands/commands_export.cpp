// export: handing the records and the count on.
#include "gateway/commands/commands.h"

#include "gateway/exports/eml.h"
#include "gateway/exports/nist.h"
#include "gateway/exports/views.h"
#include "gateway/menu_files.h"
#include "gateway/share.h"
#include "gateway/viewer.h"
#include "storage/import.h"

#include <algorithm>
#include <ctime>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <iostream>
#include <utility>

namespace tallyline::gateway {
namespace {

struct options {
  std::string what, database = "tallyline.db", menu, by, form, state = "current", issuer = "tallyline";
  int message = 510;
};

struct opened {
  explicit opened(const options& o)
      : e(need(storage::load_election(o.database, false), o)), from(need(storage::reader::open(o.database), o)) {
    if (!o.menu.empty())
      for (const auto& m : load_menus({o.menu}))
        menus.push_back(m.script);
    else
      for (const auto& v : need(storage::live_menus(o.database), o))
        menus.push_back(live_menu_of(v).script);
    if (menus.empty())
      for (const auto& m : load_menus({shared_file("menus/scripts/polling.yaml")}))
        menus.push_back(m.script);
  }
  template <class T> static T need(boost::system::result<T> got, const options& o) {
    if (!got) throw std::runtime_error(fmt::format("{}: {}", o.database, got.error().message()));
    return std::move(*got);
  }
  storage::election e;
  storage::reader from;
  std::vector<std::shared_ptr<const menus::script>> menus;
};

// RFC 4180 2: quoted where it must be.
std::string csv_cell(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (const char c : text)
    out.append(c == '"' ? 2 : 1, c);
  return out += '"';
}

int export_csv(const options& o) {
  const opened d(o);
  const auto& who = the_viewer();
  const auto views = views_of(d.menus, d.e);
  const auto view = std::find_if(views.begin(), views.end(), [&](const auto& v) { return v.form == o.form; });
  if (view == views.end()) {
    std::vector<std::string> names;
    for (const auto& v : views)
      names.push_back(v.form);
    throw std::runtime_error(
        fmt::format("there is no form '{}' in service; with --form name one of: {}", o.form, fmt::join(names, ", ")));
  }
  bool head = true; // the second column is what a record is about
  must(storage::read_form_view(o.database, *view, o.state == "all" ? "" : o.state, [&](const auto& row) {
    if (!std::exchange(head, false) && !who.sees(d.e, row[1])) return;
    for (std::size_t c = 0; c < row.size(); ++c)
      std::cout << (c ? "," : "") << csv_cell(row[c]);
    std::cout << "\r\n";
  }));
  return 0;
}

int export_views(const options& o) {
  opened d(o);
  const auto views = views_of(d.menus, d.e);
  must(storage::put_form_views(o.database, views));
  for (const auto& v : views)
    fmt::print(stderr, "v_{}: {} columns; sqlite3 -readonly {} \"SELECT * FROM v_{}\"\n", v.form, v.columns.size(),
               o.database, v.form);
  return 0;
}

int export_count(const options& o) {
  opened d(o);
  const report_source s{d.from, d.e, d.menus, now_ms()};
  const auto feed = need_feed(d.menus, "results");
  const places whole = places_of(d.e, {}, {});
  const places parts = o.by.empty() ? places{{},
                                             std::vector<std::uint32_t>(d.e.areas.size(), storage::none),
                                             std::vector<std::uint32_t>(d.e.stations.size(), storage::none),
                                             false}
                                    : places_of(d.e, {}, o.by);
  const storage::reader::snapshot one_moment(d.from);
  const tallies of_whole(s, feed, whole), of_parts(s, feed, parts);
  const counted_election c{d.e,
                           whole,
                           parts,
                           of_whole,
                           of_parts,
                           fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr))),
                           o.issuer,
                           TALLYLINE_VERSION,
                           parts.by_station};
  std::cout << (o.what == "nist" ? nist_report(c) : o.message == 510 ? eml_510(c) : eml_520(c));
  return 0;
}

} // namespace

void add_export(CLI::App& app, job& chosen) {
  static options o;
  auto* c = app.add_subcommand("export", "hand the records and the count on");
  c->add_option("what", o.what,
                "csv: a form's records; nist: NIST SP 1500-100 JSON; eml: OASIS EML XML; views: a view for each form")
      ->check(CLI::IsMember({"csv", "nist", "eml", "views"}));
  c->add_option("--database,-d", o.database, "database file")->capture_default_str();
  c->add_option("--menu,-m", o.menu, "menu script (default: those in service)");
  c->add_option("--form", o.form, "csv: which form's records");
  c->add_option("--state", o.state, "csv: current, superseded, review, pending, rejected or all")
      ->check(CLI::IsMember({"current", "superseded", "review", "pending", "rejected", "all"}))
      ->capture_default_str();
  c->add_option("--by,-b", o.by, "nist, eml 510: also for each area of this level, or each station");
  c->add_option("--message", o.message, "eml: 510 (count) or 520 (result)")
      ->check(CLI::IsMember({510, 520}))
      ->capture_default_str();
  c->add_option("--issuer", o.issuer, "nist: who hands it on")->capture_default_str();
  c->footer("Example: tallyline export nist --by district > results.json\n         tallyline export csv --form count > "
            "count.csv");
  c->callback([&, c] {
    if (!c->get_subcommands().empty()) return; // such as `export bundle`, which has chosen its job
    chosen = [] {
      if (o.what != "csv" && the_viewer().limited())
        throw std::runtime_error(fmt::format("'{}' is about the whole election; the account '{}' is for {}: export csv", o.what,
                                             the_viewer().login, the_viewer().area));
      if (o.what == "csv") return export_csv(o);
      if (o.what == "views") return export_views(o);
      if (!o.what.empty()) return export_count(o);
      fmt::print(stderr, "say what to export: csv, nist, eml, views or bundle; see: tallyline export --help\n");
      return 2;
    };
  });
}

} // namespace tallyline::gateway
