// The subcommands of `tallyline menu`, a file each.
#pragma once

#include "gateway/commands/commands.h"

namespace tallyline::gateway {

void add_menu_check(CLI::App& menu, job& chosen);
void add_menu_graph(CLI::App& menu, job& chosen);
void add_menu_publish(CLI::App& menu, job& chosen); // and approve, withdraw, rollback, retire
void add_menu_test(CLI::App& menu, job& chosen);
void add_menu_try(CLI::App& menu, job& chosen);
void add_menu_versions(CLI::App& menu, job& chosen); // and show, diff

} // namespace tallyline::gateway
