// serve: the gateway itself.
#include "gateway/commands/commands.h"

#include "gateway/config.h"
#include "gateway/serve.h"

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
      if ((!host.empty() || port) && settings.smscs.empty()) settings.smscs.resize(1);
      if (!host.empty()) settings.smscs[0].link.host = host;
      if (!trace.empty()) settings.trace_pdu = trace;
      if (port) settings.smscs[0].link.port = port;
      return serve(settings);
    };
  });
}

} // namespace tallyline::gateway
