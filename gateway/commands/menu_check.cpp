// menu check: what is wrong with a script, before it is used.
#include "gateway/commands/commands_menu.h"
#include "gateway/share.h"
#include "menus/script.h"

#include <fmt/format.h>

namespace tallyline::gateway {
namespace {

int check(const std::vector<std::string>& files) {
  const menus::load_options options{shared_file("menus/scripts/texts.yaml").parent_path()};
  bool all_good = true;
  for (const auto& file : files) {
    const auto loaded = menus::load_script(file, options);
    for (const auto& problem : loaded.problems)
      fmt::print(stderr, "{}\n", menus::to_string(problem));
    if (loaded)
      fmt::print(stderr, "{}: {} screens, {} forms, {} languages: good\n", file, loaded.menu->screens.size(),
                 loaded.menu->forms.size(), loaded.menu->languages.size());
    all_good = all_good && loaded;
  }
  return all_good ? 0 : 1;
}

} // namespace

void add_menu_check(CLI::App& menu, job& chosen) {
  static std::vector<std::string> files;
  auto* c = menu.add_subcommand("check", "read menu scripts and say what is wrong with them");
  c->add_option("file", files, "menu scripts")->required();
  c->footer("Example: tallyline menu check menus/scripts/polling.yaml");
  c->callback([&] { chosen = [] { return check(files); }; });
}

} // namespace tallyline::gateway
