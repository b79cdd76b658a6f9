#include "gateway/commands/commands_menu.h"

namespace tallyline::gateway {

void add_menu(CLI::App& app, job& chosen) {
  auto* menu = app.add_subcommand("menu", "work on menu scripts");
  menu->require_subcommand(1);
  for (auto add : {add_menu_check, add_menu_try, add_menu_test, add_menu_graph, add_menu_publish, add_menu_versions})
    add(*menu, chosen);
}

} // namespace tallyline::gateway
