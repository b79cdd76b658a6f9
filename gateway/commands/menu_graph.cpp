// menu graph: a script as a picture.
#include "gateway/authoring/graph.h"
#include "gateway/commands/commands_menu.h"
#include "gateway/election_world.h"
#include "gateway/menu_files.h"
#include "menus/engine.h"
#include "storage/import.h"
#include "storage/reader.h"

#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

struct options {
  std::string file, as = "svg", to, language, data;
};

// What was recorded by each form so far.
std::map<std::string, std::string> notes_of(const std::string& database) {
  auto reader = storage::reader::open(database);
  if (!reader) throw std::runtime_error(fmt::format("{}: {}", database, reader.error().message()));
  const auto counts = reader->counts();
  if (!counts) throw std::runtime_error(fmt::format("{}: {}", database, counts.error().message()));
  std::map<std::string, std::string> notes;
  for (const auto& c : *counts) {
    static constexpr const char* states[] = {"recorded", "corrected", "in review", "await a second entry"};
    auto& note = notes[c.form];
    note += fmt::format("{}{} {}", note.empty() ? "" : ", ", c.records, states[static_cast<std::size_t>(c.state)]);
  }
  return notes;
}

// Where reports that are not finished wait, as far as they fit this script.
std::map<std::string, std::map<std::string, std::size_t>> stopped_of(const std::string& database,
                                                                     const menus::script& menu) {
  const auto election = storage::load_election(database);
  if (!election) throw std::runtime_error(fmt::format("{}: {}", database, election.error().message()));
  auto reader = storage::reader::open(database);
  if (!reader) throw std::runtime_error(fmt::format("{}: {}", database, reader.error().message()));
  const election_world world(*election);
  const menus::engine engine(menu, world);
  std::map<std::string, std::map<std::string, std::size_t>> stopped;
  const auto read = reader->for_each_draft([&](std::uint64_t msisdn, std::string_view of, std::string_view bytes) {
    const auto person = election->person_by(msisdn, menu.who);
    if (of != menu.name || !person) return;
    const auto at = engine.stopped_at(world.subject_of(*person), bytes);
    if (!at) return;
    const auto& form = menu.forms[at->form];
    ++stopped[form.name][at->question < form.ask.size() ? form.ask[at->question].name : ""];
  });
  if (!read) throw std::runtime_error(fmt::format("{}: {}", database, read.error().message()));
  return stopped;
}

int graph(const options& o) {
  const auto loaded = load_menu(o.file);
  fmt::print(stderr, "{}", told(loaded.problems));
  if (!loaded) return 1;
  graph_options how;
  if (!o.language.empty()) how.language = loaded.menu->language_index(o.language);
  if (how.language == menus::no_index) throw std::runtime_error("the script has no language '" + o.language + "'");
  if (!o.data.empty()) {
    how.notes = notes_of(o.data);
    how.stopped = stopped_of(o.data, *loaded.menu);
  }
  const std::string picture = o.as == "svg" ? to_svg(*loaded.menu, how) : to_mermaid(*loaded.menu, how);
  if (o.to.empty()) return std::cout << picture, 0;
  std::ofstream out(o.to, std::ios::binary);
  out << picture;
  if (!out.flush()) throw std::runtime_error(o.to + " cannot be written");
  return 0;
}

} // namespace

void add_menu_graph(CLI::App& menu, job& chosen) {
  static options o;
  auto* c = menu.add_subcommand("graph", "a script's screens and forms as a picture");
  c->add_option("file", o.file, "menu script")->required();
  c->add_option("--format,-f", o.as, "svg or mermaid")->check(CLI::IsMember({"svg", "mermaid"}))->capture_default_str();
  c->add_option("--output,-o", o.to, "file to write (default: standard output)");
  c->add_option("--lang", o.language, "language of the labels (default: the script's first)");
  c->add_option("--data", o.data,
                "database: each form's box says what was recorded, and at which question unfinished reports wait");
  c->footer("Example: tallyline menu graph menus/scripts/polling.yaml -o polling.svg");
  c->callback([&] { chosen = [] { return graph(o); }; });
}

} // namespace tallyline::gateway
