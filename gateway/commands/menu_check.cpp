// menu check: what is wrong with a script, before it is used.
#include "gateway/authoring/elections.h"
#include "gateway/commands/commands_menu.h"
#include "gateway/config.h"
#include "gateway/menu_files.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <iostream>

namespace tallyline::gateway {
namespace {

struct options {
  std::vector<std::string> files;
  std::string pack, database, config, as = "text";
  bool strict = false;
};

boost::json::object to_json(const menus::diagnostic& d) {
  const bool error = d.level == menus::diagnostic::severity::error;
  return {{"file", d.file},    {"line", d.line}, {"column", d.column}, {"severity", error ? "error" : "warning"},
          {"message", d.what}, {"hint", d.hint}};
}

// A table of what each form costs who fills it in.
void summary(const std::string& file, const menus::check_result& got) {
  fmt::print(stderr, "{}\n", file);
  for (const auto& f : got.forms) {
    fmt::print(stderr, "  {:<16} {:>2} questions, {:>3} answers ({} with lists in one go), about {} s", f.name,
               f.questions, f.turns, f.quick_turns, f.seconds);
    for (const auto& p : f.widest)
      fmt::print(stderr, "; {} {}: up to {} page{} ({})", p.bearer, p.language, p.most, p.most == 1 ? "" : "s",
                 p.where);
    fmt::print(stderr, "\n");
  }
}

int check(const options& o) {
  config settings;
  if (!o.config.empty()) settings = read_config(o.config);
  boost::json::array found;
  bool all_good = true;
  for (const auto& file : o.files) {
    const auto loaded = load_menu(file);
    menus::check_result got{loaded.problems, {}};
    if (loaded)
      got = prove(loaded, *election_for(*loaded.menu, o.pack, o.database), settings.operator_total_s,
                  settings.answer_takes_s);
    for (const auto& problem : got.problems)
      if (o.as == "json")
        found.push_back(to_json(problem));
      else
        fmt::print(stderr, "{}\n", menus::to_string(problem));
    const bool good = loaded && got.good() && (!o.strict || got.problems.empty());
    if (o.as == "text" && loaded) summary(file, got);
    if (o.as == "text") fmt::print(stderr, "{}: {}\n", file, good ? "good" : "not good: it cannot be used as it is");
    all_good = all_good && good;
  }
  if (o.as == "json") std::cout << boost::json::serialize(found) << '\n';
  return all_good ? 0 : 1;
}

} // namespace

void add_menu_check(CLI::App& menu, job& chosen) {
  static options o;
  auto* c = menu.add_subcommand("check", "prove what can be proved of menu scripts, and say what is wrong with them");
  c->add_option("file", o.files, "menu scripts")->required();
  c->add_option("--pack,-p", o.pack, "election pack that gives the longest names; without one a made-up election");
  c->add_option("--database,-d", o.database, "the election of this database");
  c->add_option("--config,-c", o.config, "the gateway's configuration, for the operator's time limits");
  c->add_option("--format,-f", o.as, "text, or json for editors")->check(CLI::IsMember({"text", "json"}));
  c->add_flag("--strict", o.strict, "refuse warnings, too");
  c->footer("Example: tallyline menu check menus/scripts/polling.yaml --pack my-pack");
  c->callback([&] { chosen = [] { return check(o); }; });
}

} // namespace tallyline::gateway
