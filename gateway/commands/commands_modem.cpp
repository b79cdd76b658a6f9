// modem: what is at a port, and the profiles that ship.
#include "gateway/commands/commands.h"

#include "gateway/share.h"
#include "gateway/table.h"
#include "modem/probe.h"
#include "modem/serial_link.h"

#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iostream>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

struct modem_options {
  modem::port_settings port;
  std::vector<unsigned> speeds{115200, 57600, 38400, 19200, 9600};
  std::string as = "table";
};

std::vector<modem::profile> shipped_profiles() {
  return modem::read_profiles(shared_file("modem/profiles/generic.yaml").parent_path());
}

namespace fs = std::filesystem;

// What else there is, by the names that stay the same.
std::string ports_here() {
  std::string all;
  for (const char* folder : {"/dev/serial/by-path", "/dev/serial/by-id"}) {
    std::error_code none;
    for (const auto& port : fs::directory_iterator(folder, none))
      all += "\n  " + port.path().string();
    if (!all.empty()) break;
  }
  return all.empty() ? "; this machine has no USB serial port now" : "; there are:" + all;
}

// USB ports are numbered anew with each reset; a name by place is not.
std::string lasting_name(const std::string& port) {
  std::error_code none;
  for (const auto& link : fs::directory_iterator("/dev/serial/by-path", none))
    if (fs::equivalent(link.path(), port, none)) return link.path().string();
  return port;
}

int probe(const modem_options& o) {
  if (!fs::exists(o.port.path)) {
    fmt::print(stderr, "{} is not there{}\n", o.port.path, ports_here());
    return 1;
  }
  if (::isatty(STDERR_FILENO)) fmt::print(stderr, "asking at {} bit/s …\n", fmt::join(o.speeds, ", "));
  boost::asio::io_context io(1);
  modem::serial_ports ports(io);
  modem::probe_result found;
  const auto done = [&](const modem::probe_result& r) {
    found = r;
    io.stop();
  };
  const modem::probe p(ports, o.port, o.speeds, shipped_profiles(), done);
  io.run();
  if (!found.answered) {
    std::cerr << fmt::format("{}\n", found.trouble);
    return 1;
  }
  table t;
  t.columns = {{"item", "item"}, {"value", "value"}};
  t.rows.push_back({std::string("port"), o.port.path});
  t.rows.push_back({std::string("answers at"), fmt::format("{} bit/s", found.speed)});
  for (const auto& f : found.findings)
    t.rows.push_back({f.item, f.value});
  t.rows.push_back({std::string("profile"), found.profile.empty() ? "generic (not recognised)" : found.profile});
  print(std::cout, t, format_named(o.as));
  fmt::print(stderr, "In the gateway's configuration:\nmodems:\n  - {{port: {}, profile: {}}}\n",
             lasting_name(o.port.path), found.profile.empty() ? "generic" : found.profile);
  return 0;
}

int profiles(const modem_options& o) {
  table t;
  t.columns = {{"profile", "profile"}, {"about", "for"}, {"gsm", "GSM"}, {"messages", "SMS"}};
  for (const auto& p : shipped_profiles())
    t.rows.push_back({p.name, p.about, std::string(p.gsm ? "yes" : "no"), std::string(p.messages ? "yes" : "no")});
  print(std::cout, t, format_named(o.as));
  return 0;
}

} // namespace

void add_modem(CLI::App& app, job& chosen) {
  static modem_options o;
  auto* c = app.add_subcommand("modem", "look at modems");
  c->require_subcommand(1);
  const auto format = [](CLI::App* s) {
    s->add_option("--format,-f", o.as, "table, csv or json")
        ->check(CLI::IsMember({"table", "csv", "json"}))
        ->capture_default_str();
  };
  auto* p = c->add_subcommand("probe", "say what is at a serial port, and which profile fits");
  p->add_option("port", o.port.path, "such as /dev/ttyUSB0 or /dev/serial/by-path/…")->required();
  p->add_option("--speed,-s", o.speeds, "of the port, in bit/s; several are tried in turn")
      ->check(CLI::Range(300, 4'000'000))
      ->capture_default_str();
  p->add_option("--lock-folder", o.port.lock_folder, "where programs keep locks of serial ports; empty: no lock")
      ->capture_default_str();
  format(p);
  p->footer("Example: tallyline modem probe /dev/ttyUSB0 --speed 115200");
  p->callback([&] { chosen = [] { return probe(o); }; });
  auto* l = c->add_subcommand("profiles", "list the modem profiles that ship");
  format(l);
  l->footer("Example: tallyline modem profiles");
  l->callback([&] { chosen = [] { return profiles(o); }; });
}

} // namespace tallyline::gateway
