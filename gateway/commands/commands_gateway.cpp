// serve, report: the gateway itself and what headquarters asks.
#include "gateway/commands/commands.h"

#include "gateway/config.h"
#include "gateway/menu_files.h"
#include "gateway/reports/results.h"
#include "gateway/reports/sites.h"
#include "gateway/serve.h"
#include "gateway/share.h"
#include "storage/import.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <fmt/format.h>
#include <iostream>
#include <spdlog/spdlog.h>

namespace tallyline::gateway {
namespace {

int serve(const config& c) {
  spdlog::set_level(spdlog::level::from_str(c.log));
  boost::asio::io_context io(1);
  service s(io, c);
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code failed, int) {
    if (failed) return;
    spdlog::info("stopping: unbinding, then writing what is waiting");
    s.stop([&] { io.stop(); });
  });
  s.start();
  for (const auto& p : c.smscs)
    spdlog::info("SMSC {}: {}:{}, {} bind{}, dialect {}{}", p.name, p.link.host, p.link.port, p.binds,
                 p.pairs       ? " pairs"
                 : p.binds > 1 ? "s"
                               : "",
                 p.dialect, p.link.tls.on ? ", TLS" : "");
  spdlog::info("serving {}, {} unfinished reports on disk", c.database.string(), s.desk().waiting_drafts());
  io.run();
  spdlog::info("stopped: {}", s.summary());
  return 0;
}

struct report_options {
  std::string name, database = "tallyline.db", menu, as = "table";
  report_scope scope;
};

// Those in service say which answers a report reads; before the first start it is the polling menu that ships.
std::vector<live_menu> menus_of(const report_options& o) {
  if (!o.menu.empty()) return load_menus({o.menu});
  const auto live = storage::live_menus(o.database);
  if (!live) throw std::runtime_error(fmt::format("{}: {}", o.database, live.error().message()));
  std::vector<live_menu> menus;
  for (const auto& v : *live)
    menus.push_back(live_menu_of(v));
  return menus.empty() ? load_menus({shared_file("menus/scripts/polling.yaml")}) : std::move(menus);
}

int report(const report_options& o) {
  if (o.name == "sites") return print(std::cout, sites(o.database, now_ms()), format_named(o.as)), 0;
  const auto loaded = storage::load_election(o.database);
  if (!loaded) throw std::runtime_error(fmt::format("{}: {}", o.database, loaded.error().message()));
  auto reader = storage::reader::open(o.database);
  if (!reader) throw std::runtime_error(fmt::format("{}: {}", o.database, reader.error().message()));
  std::optional<feed_names> feed;
  for (const auto& m : menus_of(o))
    if (!feed) feed = feed_of(*m.script, o.name);
  if (!feed)
    throw std::runtime_error(
        fmt::format("no form of this menu feeds '{0}'; in the form write: feeds: {{report: {0}, …}}", o.name));
  const table t =
      o.name == "results" ? results(*reader, *loaded, *feed, o.scope) : turnout(*reader, *loaded, *feed, o.scope);
  print(std::cout, t, format_named(o.as));
  return 0;
}

} // namespace

void add_serve(CLI::App& app, job& chosen) {
  static std::string file, database, host, trace;
  static std::vector<std::string> menus;
  static std::uint16_t port = 0;
  static bool print = false;
  auto* c = app.add_subcommand("serve", "run the gateway");
  c->add_option("--config,-c", file, "YAML file; without one everything is at its default");
  c->add_option("--database,-d", database, "database file, instead of the configuration's");
  c->add_option("--menu,-m", menus, "menu script, instead of the configuration's; may be given several times");
  c->add_option("--smsc-host", host, "SMSC's host");
  c->add_option("--smsc-port", port, "SMSC's port");
  c->add_option("--trace-pdu", trace,
                "log every PDU into this file: lines, or pcap when it ends in .pcap; PINs are masked");
  c->add_flag("--print-config", print, "print a commented configuration and end");
  c->footer("Example: tallyline import my-pack && tallyline serve --smsc-host 10.1.0.5 --menu night.yaml");
  c->callback([&] {
    chosen = [] {
      if (print) return std::cout << sample_config(), 0;
      config settings;
      if (!file.empty()) settings = read_config(file);
      if (!database.empty()) settings.database = database;
      if (!menus.empty()) settings.menus.assign(menus.begin(), menus.end());
      if (!host.empty()) settings.smscs[0].link.host = host;
      if (!trace.empty()) settings.trace_pdu = trace;
      if (port) settings.smscs[0].link.port = port;
      return serve(settings);
    };
  });
}

void add_report(CLI::App& app, job& chosen) {
  static report_options o;
  auto* c = app.add_subcommand("report", "what has been reported so far");
  c->add_option("name", o.name, "results, turnout or sites")->required()->check(CLI::IsMember({"results", "turnout", "sites"}));
  c->add_option("--database,-d", o.database, "database file")->capture_default_str();
  c->add_option("--menu,-m", o.menu, "menu script whose forms feed the report (default: those in service)");
  c->add_option("--area,-a", o.scope.area, "only this area, by its code");
  c->add_option("--by,-b", o.scope.by, "a row for each area of this level, or for each station");
  c->add_option("--contest", o.scope.contest, "only this contest, by its code");
  c->add_option("--format,-f", o.as, "table, csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}))
      ->capture_default_str();
  c->footer("Example: tallyline report turnout --by district --format csv");
  c->callback([&] { chosen = [] { return report(o); }; });
}

} // namespace tallyline::gateway
