// menu try, menu test: the phone in the terminal without a gateway, and the tests that admins keep of their menus.
#include "gateway/authoring/elections.h"
#include "gateway/authoring/play.h"
#include "gateway/commands/commands_menu.h"
#include "gateway/menu_files.h"
#include "gateway/smpp/gsm_text.h"
#include "storage/reader.h"

#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

namespace fs = std::filesystem;

std::shared_ptr<const menus::script> read_menu(const fs::path& file) {
  auto loaded = load_menu(file);
  if (!loaded)
    throw std::runtime_error(told(loaded.problems) + file.string() + " cannot be tried before this is put right");
  return std::move(loaded.menu);
}

std::string slurp(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file.string() + " cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

struct try_options {
  std::string menu, pack, database, script, expect;
  trial_settings settings;
};

std::unique_ptr<trial> make(const try_options& o) {
  auto menu = read_menu(o.menu);
  auto election = election_for(*menu, o.pack, o.database);
  auto settings = o.settings;
  if (!o.database.empty())
    settings.earlier = [database = o.database, menu](const std::string& scope) {
      std::vector<std::string> forms;
      for (const auto& f : menu->forms)
        forms.push_back(f.name);
      auto reader = storage::reader::open(database);
      auto found = reader ? reader->past(scope, forms) : reader.error();
      if (!found) throw std::runtime_error(database + ": " + found.error().message());
      return std::move(*found);
    };
  return std::make_unique<trial>(std::move(menu), std::move(election), settings);
}

constexpr std::string_view help = R"(  an answer: just type it      :drop   the call breaks, and you dial again
  :dial *140*1#  dial          :time 17:30      set the clock
  :back :home :more            :lang en         speak another language at the next dial
  :sms COUNT 120 45   one line by SMS
  :state  all answers          :as other        be another person of the same place
  :quit                        :pin wrong       the next PIN is wrong (or locked); else any is right
)";

void show(const trial& t) {
  const auto m = smpp::measure_text(t.page());
  fmt::print("{}\n── {}/{} {} ──\n", t.page(), m.length, m.gsm7 ? smpp::ussd_septets : smpp::ussd_units,
             m.gsm7 ? "GSM-7" : "UCS-2");
  if (!t.recorded().empty()) fmt::print("(would be recorded: {})\n", t.recorded());
  if (!t.open()) fmt::print("(the call is over; Enter dials {} again, :quit ends)\n", t.menu().dial);
}

// What the keys of the page are is the script's: those of choices are tried first.
std::string key_of(const trial& t, std::string_view word) {
  const bool digits = t.page().find(t.menu().answer_keys.back + ' ') != std::string::npos;
  const auto& keys = digits ? t.menu().answer_keys : t.menu().choice_keys;
  return word == ":back" ? keys.back : word == ":home" ? keys.home : keys.more;
}

bool command(trial& t, const std::string& line) {
  if (line == ":help") return fmt::print("{}", help), true;
  if (line == ":state") return fmt::print("{}", t.state()), true;
  if (line == ":back" || line == ":home" || line == ":more")
    t.answer(key_of(t, line));
  else if (!obey(t, std::string_view(line).substr(1)))
    return fmt::print("not understood: {}\n{}", line, help), true;
  if (line.starts_with(":as")) fmt::print("(you are {})\n", t.person());
  if (line.starts_with(":lang") || line.starts_with(":as")) t.dial(t.menu().dial);
  if (line.starts_with(":time") || line.starts_with(":pin")) return fmt::print("({})\n", t.clock()), true;
  show(t);
  return true;
}

int converse(trial& t) {
  const bool terminal = ::isatty(STDIN_FILENO) != 0;
  fmt::print(stderr, "Trying {}; nothing is recorded, any PIN is right, it is {}. :help tells more.\n", t.menu().name,
             t.clock());
  t.dial(t.menu().dial);
  show(t);
  std::string line;
  while ((terminal ? fmt::print("> "), std::fflush(stdout) : 0), std::getline(std::cin, line)) {
    if (line == ":quit") break;
    if (line.starts_with(':')) {
      command(t, line);
      continue;
    }
    t.open() ? t.answer(line) : t.dial(t.menu().dial);
    show(t);
  }
  return 0;
}

played play_file(const fs::path& file, const std::string& menu, const try_options& base) {
  return play(slurp(file), file.string(), [&](const play_head& head) {
    try_options o = base;
    const auto beside = [&](const std::string& name) { return (file.parent_path() / name).string(); };
    o.menu = !menu.empty() ? menu : beside(head.menu);
    if (menu.empty() && head.menu.empty())
      throw std::runtime_error(file.string() + ":1: write which menu: menu: ../FILE.yaml");
    if (!head.pack.empty()) o.pack = beside(head.pack);
    if (head.settings.as) o.settings.as = head.settings.as;
    if (!head.settings.at.empty()) o.settings.at = head.settings.at;
    if (!head.settings.language.empty()) o.settings.language = head.settings.language;
    return make(o);
  });
}

int tell(const std::vector<std::string>& differences) {
  for (const auto& d : differences)
    fmt::print("{}", d);
  return differences.empty() ? 0 : 1;
}

int try_menu(const try_options& o) {
  if (!o.script.empty() && o.expect.empty()) {
    fmt::print("{}", play_file(o.script, o.menu, o).transcript);
    return 0;
  }
  if (!o.expect.empty()) return tell(play_file(o.expect, o.menu, o).differences);
  const auto t = make(o);
  return converse(*t);
}

std::vector<fs::path> test_files(const std::vector<std::string>& names) {
  std::vector<fs::path> all;
  for (const auto& name : names) {
    if (!fs::is_directory(name)) {
      all.emplace_back(name);
      continue;
    }
    for (const auto& entry : fs::recursive_directory_iterator(name))
      if (entry.path().extension() == ".test") all.push_back(entry.path());
  }
  std::sort(all.begin(), all.end());
  return all;
}

int test_menus(const std::vector<std::string>& names, bool update) {
  const auto files = test_files(names);
  if (files.empty())
    throw std::runtime_error("no file ends in .test there; `tallyline menu try MENU --script FILE` makes one");
  std::size_t failed = 0;
  for (const auto& file : files) {
    try {
      const auto done = play_file(file, {}, {});
      const bool good = done.differences.empty();
      if (update && done.transcript != slurp(file)) {
        std::ofstream(file, std::ios::binary) << done.transcript;
        fmt::print("{}: written anew\n", file.string());
        continue;
      }
      failed += !good;
      fmt::print("{} {}\n", good ? "ok    " : "FAILED", file.string());
      tell(done.differences);
    } catch (const std::exception& e) {
      ++failed;
      fmt::print("FAILED {}\n{}\n", file.string(), e.what());
    }
  }
  fmt::print(stderr, "{} of {} as expected\n", files.size() - failed, files.size());
  return failed ? 1 : 0;
}

} // namespace

void add_menu_try(CLI::App& menu, job& chosen) {
  static try_options o;
  auto* c = menu.add_subcommand("try", "the phone in the terminal, without a gateway; nothing is recorded");
  c->add_option("file", o.menu, "menu script")->required();
  c->add_option("--pack,-p", o.pack, "election pack; without one a small made-up election is used");
  c->add_option("--database,-d", o.database, "the election and the records of this database; nothing is written");
  c->add_option("--as", o.settings.as, "be this person of the roster (MSISDN)");
  c->add_option("--at", o.settings.at, "what time it is: 17:05 or \"2026-11-24 17:05\"");
  c->add_option("--lang", o.settings.language, "language to begin in");
  c->add_option("--script", o.script, "play this file of answers and print what the phone shows");
  c->add_option("--expect", o.expect, "play this file and tell where the pages differ from those in it");
  c->footer("Example: tallyline menu try menus/scripts/polling.yaml --at 17:05");
  c->callback([&] { chosen = [] { return try_menu(o); }; });
}

void add_menu_test(CLI::App& menu, job& chosen) {
  static std::vector<std::string> names;
  static bool update = false;
  auto* c = menu.add_subcommand("test", "run the tests kept of menus, files that end in .test");
  c->add_option("where", names, "folders or files")->required();
  c->add_flag("--update", update, "write the pages as they are now into the files");
  c->footer("Example: tallyline menu test menus/scripts/tests");
  c->callback([&] { chosen = [] { return test_menus(names, update); }; });
}

} // namespace tallyline::gateway
