// The command line: one binary, one subcommand a file in gateway/commands.
#include "gateway/commands/access.h"
#include "gateway/commands/commands.h"

#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <sodium.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>

namespace {

// The library says that a subcommand is missing, but not which ones there are.
std::string failure(const CLI::App* app, const CLI::Error& e) {
  while (!app->get_subcommands().empty())
    app = app->get_subcommands().front();
  std::string names;
  for (const auto* s : app->get_subcommands([](const CLI::App*) { return true; }))
    names += (names.empty() ? "" : ", ") + s->get_name();
  if (e.get_name() != "RequiredError" || names.empty()) return CLI::FailureMessage::simple(app, e);
  return fmt::format("{}: which of these? {}\nRun with --help for what they do.\n", app->get_name(), names);
}

} // namespace

int main(int argc, char** argv) {
  using namespace tallyline::gateway;
  spdlog::set_default_logger(spdlog::stderr_color_mt("tallyline")); // stdout is for data
  spdlog::set_pattern("%Y-%m-%d %H:%M:%S.%e %^%l%$ %v");
  if (sodium_init() < 0) {
    fmt::print(stderr, "tallyline: the system gives no random numbers\n");
    return 1;
  }
  CLI::App app{"tallyline takes election reports in over USSD and turns them into records that can be proved.",
               "tallyline"};
  app.footer("First steps: tallyline demo\nEach command has --help with an example.");
  app.require_subcommand(1);
  app.failure_message(failure);
  job chosen;
  for (auto add : {add_demo, add_serve, add_import, add_report, add_chase, add_enter, add_export, add_receipt,
                   add_menu, add_status, add_verify, add_export_bundle, add_review, add_backup, add_restore, add_forget,
                   add_unlock, add_candidates, add_operator, add_support, add_cases, add_lines, add_push, add_smpp,
                   add_modem, add_site, add_phone, add_smsc})
    add(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    return app.exit(e) == 0 ? 0 : 2;
  }
  try {
    admit(app);
    return chosen();
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
}
