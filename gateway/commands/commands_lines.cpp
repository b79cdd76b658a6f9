// lines, smpp: what goes on between the gateway and the operators.
#include "gateway/commands/commands.h"

#include "gateway/control_link.h"
#include "gateway/dialect_files.h"
#include "gateway/figures.h"
#include "gateway/smpp_probe_link.h"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <iostream>
#include <sstream>
#include <thread>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

struct options {
  std::string database = "tallyline.db", as = "table", only;
  unsigned every_s = 0;
};

std::string ask(const std::string& database) {
  const auto answer = ask_gateway(database, "lines");
  if (!answer)
    throw std::runtime_error(database + ": no gateway runs on this database now; start it with: tallyline serve");
  if (!answer->done) throw std::runtime_error(answer->text);
  return answer->text;
}

std::string summary(const std::string& line) {
  const auto f = boost::json::parse(line).as_object();
  const auto n = [&](const char* name) { return f.at(name).to_number<std::int64_t>(); };
  return fmt::format("{} sessions open, {} begun, {} turns ({} µs median, {} µs p99), {} records, {} unfinished, "
                     "{} pages undelivered, {} store errors; {} calls, {} of them under way, {} reports in files\n",
                     n("sessions_open"), n("sessions"), n("turns"), n("turn_p50_us"), n("turn_p99_us"), n("records"),
                     n("drafts"), n("pages_undelivered"), n("store_errors"), n("calls"), n("calls_open"),
                     n("file_rows_recorded"));
}

// A person sees all that there is; a program asks for one of the tables.
void show(std::ostream& to, const std::string& line, const options& o) {
  const auto as = format_named(o.as);
  const bool brief = as == format::table;
  if (o.only == "smsc") return print(to, lines_table(line, brief), as);
  if (o.only == "modems") return print(to, modems_table(line, brief), as);
  if (o.only == "calls") return print(to, calls_table(line), as);
  print(to, lines_table(line, brief), as);
  if (!brief) return;
  for (const auto& t : {modems_table(line, brief), calls_table(line)})
    if (!t.rows.empty()) print(to, t, as);
  to << summary(line);
}

int lines(const options& o) {
  const bool terminal = ::isatty(STDOUT_FILENO) != 0;
  for (;;) {
    std::ostringstream page;
    try {
      const auto line = ask(o.database);
      show(page, line, o);
    } catch (const std::runtime_error& e) {
      if (!o.every_s) throw;
      page << e.what() << '\n'; // it may be starting again: whoever watches wants to see it come
    }
    if (o.every_s && terminal) std::cout << "\033[H\033[2J"; // ECMA-48: home, erase all
    std::cout << page.str() << std::flush;
    if (!o.every_s) return 0;
    std::this_thread::sleep_for(std::chrono::seconds(o.every_s)); // of a person's screen, not of the gateway
  }
}

int dialects() {
  table t;
  t.columns = {{"dialect", "dialect"}, {"about", "what is its own"}};
  for (const auto& d : shipped_dialects())
    t.rows.push_back({d.name, d.about});
  print(std::cout, t, format::table);
  return 0;
}

} // namespace

void add_lines(CLI::App& app, job& chosen) {
  static options o;
  auto* c =
      app.add_subcommand("lines", "the binds, modems and calls of the gateway that runs: state, counters, latency");
  c->add_option("--database,-d", o.database, "the gateway's database file")->capture_default_str();
  c->add_option("--watch,-w", o.every_s, "again every so many seconds, until Ctrl-C")->expected(0, 1)->default_str("2");
  c->add_option("--format,-f", o.as, "table, csv or json")->check(CLI::IsMember({"table", "csv", "json"}));
  c->add_option("--only,-o", o.only, "only one table: smsc (what csv and json are without it), modems or calls")
      ->check(CLI::IsMember({"smsc", "modems", "calls"}));
  c->footer("Example: tallyline lines --watch 2, or for a program: tallyline lines --only modems --format json");
  c->callback([&, c] {
    if (c->count("--watch") && o.every_s == 0) o.every_s = 2;
    chosen = [] { return lines(o); };
  });
}

namespace {

struct push_options {
  std::vector<std::string> numbers;
  std::string database = "tallyline.db", menu, text;
};

int push(const push_options& o) {
  if (o.text.find('\n') != std::string::npos) throw std::runtime_error("the text must stand on one line");
  std::size_t sent = 0;
  for (const auto& number : o.numbers) {
    const auto line =
        o.text.empty() ? fmt::format("push {} {}", number, o.menu) : fmt::format("notify {} {}", number, o.text);
    const auto answer = ask_gateway(o.database, line);
    if (!answer)
      throw std::runtime_error(o.database + ": no gateway runs on this database now; start it with: tallyline serve");
    sent += answer->done;
    if (!answer->done) fmt::print(stderr, "{}: {}\n", number, answer->text);
  }
  fmt::print(stderr, "{} of {} on their way\n", sent, o.numbers.size());
  return sent == o.numbers.size() ? 0 : 1;
}

} // namespace

void add_push(CLI::App& app, job& chosen) {
  static push_options o;
  auto* c = app.add_subcommand("push",
                               "open the menu on somebody's phone, or show a text there, where the operator allows it");
  c->add_option("msisdn", o.numbers, "the phones' numbers")->required();
  c->add_option("--database,-d", o.database, "the gateway's database file")->capture_default_str();
  c->add_option("--menu,-m", o.menu, "which menu (default: the first in service)");
  c->add_option("--text,-t", o.text, "show this text instead, one page that is not answered");
  c->footer("Example: tallyline push 989120000001 --text \"Please report turnout.\"");
  c->callback([&] { chosen = [] { return push(o); }; });
}

void add_smpp(CLI::App& app, job& chosen) {
  auto* smpp = app.add_subcommand("smpp", "find out how an operator's SMSC speaks");
  smpp->require_subcommand(1);
  static probe_options p;
  auto* c =
      smpp->add_subcommand("probe", "bind, wait for somebody to dial, print each PDU, and say which dialect fits");
  c->add_option("host", p.link.host, "the SMSC")->required();
  c->add_option("--port,-p", p.link.port, "its port")->capture_default_str();
  c->add_option("--system-id", p.link.system_id, "who we are")->capture_default_str();
  c->add_option("--password", p.link.password, "our password");
  c->add_option("--system-type", p.link.system_type, "as the operator says");
  c->add_option("--seconds", p.patience_s, "how long to wait for the call")->capture_default_str();
  c->footer("Example: tallyline smpp probe 10.1.0.5 --system-id probe --password secret\n"
            "Then dial the code on a phone and answer the question that it shows.");
  c->callback([&] { chosen = [] { return run_probe(p, std::cout, std::cerr); }; });
  auto* d = smpp->add_subcommand("dialects", "the USSD dialects that ship");
  d->footer("Example: tallyline smpp dialects");
  d->callback([&] { chosen = [] { return dialects(); }; });
}

} // namespace tallyline::gateway
