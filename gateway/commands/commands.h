// The subcommands. Each adds itself to the command line; what it does runs after parsing and gives the exit code:
// 0, 1 refused, 2 wrong usage. Data goes to stdout, talk to stderr.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>

namespace tallyline::gateway {

// What the chosen subcommand is to do.
using job = std::function<int()>;

void add_serve(CLI::App& app, job& chosen);
void add_import(CLI::App& app, job& chosen);
void add_lines(CLI::App& app, job& chosen);
void add_smpp(CLI::App& app, job& chosen);
void add_modem(CLI::App& app, job& chosen);
void add_push(CLI::App& app, job& chosen);
void add_menu(CLI::App& app, job& chosen);
void add_report(CLI::App& app, job& chosen);
void add_chase(CLI::App& app, job& chosen);
void add_enter(CLI::App& app, job& chosen);
void add_export(CLI::App& app, job& chosen);
void add_receipt(CLI::App& app, job& chosen);
void add_unlock(CLI::App& app, job& chosen);
void add_status(CLI::App& app, job& chosen);
void add_verify(CLI::App& app, job& chosen);
void add_export_bundle(CLI::App& app, job& chosen); // `export bundle`; others add theirs to the same `export`
void add_review(CLI::App& app, job& chosen);
void add_backup(CLI::App& app, job& chosen);
void add_restore(CLI::App& app, job& chosen);
void add_forget(CLI::App& app, job& chosen);
void add_candidates(CLI::App& app, job& chosen);
void add_operator(CLI::App& app, job& chosen);
void add_support(CLI::App& app, job& chosen);
void add_cases(CLI::App& app, job& chosen);
void add_smsc(CLI::App& app, job& chosen);
void add_phone(CLI::App& app, job& chosen);
void add_site(CLI::App& app, job& chosen);
void add_demo(CLI::App& app, job& chosen);

} // namespace tallyline::gateway
