#include "gateway/commands/access.h"

#include "gateway/viewer.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <stdexcept>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

constexpr std::array<std::string_view, 9> by_area{"report",        "chase",         "export", "receipt", "review",
                                                  "review accept", "review reject", "unlock", "push"};
constexpr std::array<std::string_view, 7> of_area_too{"status",        "support list", "support show", "support answer",
                                                      "support close", "cases open",   "cases close"};
// Some ask of a database what menus it has, or nothing at all.
constexpr std::array<std::string_view, 24> open_ones{
    "demo",         "verify",    "menu check", "menu graph",     "menu test", "menu versions",  "menu show",   "menu diff",
    "smpp probe",   "smpp dialects", "modem probe", "modem profiles", "phone",   "smsc",  "site enrol",  "site add",
    "site send",    "site queue", "site status", "site forms",   "site show", "site receipts", "site remove", "operator list"};

struct parsed {
  std::string command;
  std::string database;
};

parsed read(const CLI::App& app) {
  parsed out;
  const CLI::App* at = &app;
  for (auto next = at->get_subcommands(); !next.empty(); next = at->get_subcommands()) {
    at = next.front();
    out.command += (out.command.empty() ? "" : " ") + at->get_name();
    if (const auto* option = at->get_option_no_throw("--database"))
      out.database = option->count() ? option->results().front() : option->get_default_str();
  }
  return out;
}

} // namespace

access access_of(std::string_view command) {
  const auto in = [&](const auto& all) { return std::find(all.begin(), all.end(), command) != all.end(); };
  if (in(open_ones)) return access::open;
  return in(by_area) || in(of_area_too) ? access::area : access::whole;
}

void admit(const CLI::App& app) {
  const auto [command, database] = read(app);
  const auto needs = access_of(command);
  if (needs == access::open || database.empty()) return;
  auto v = viewer_of(database, ::getuid());
  if (v.limited() && needs == access::whole)
    throw std::runtime_error(fmt::format("'tallyline {}' is about the whole election; the account '{}' is for {}", command,
                                         v.login, v.area));
  set_viewer(std::move(v));
}

} // namespace tallyline::gateway
