// demo, phone, smsc: rehearsing without an operator.
#include "gateway/commands/commands.h"

#include "gateway/dialect_files.h"
#include "gateway/rehearsal/demo.h"
#include "gateway/rehearsal/demo_registration.h"
#include "gateway/rehearsal/phone.h"
#include "gateway/rehearsal/smsc_command.h"

#include <iostream>

namespace tallyline::gateway {

namespace {

void add_registration(CLI::App& demo, job& chosen) {
  static registration_options o;
  auto* c =
      demo.add_subcommand("registration", "seven days of candidate registration in Mazandaran, and their reports");
  c->add_option("--data", o.folder, "folder for its database, made new each time")->capture_default_str();
  c->add_option("--seed", o.seed, "another week")->capture_default_str();
  c->add_option("--candidates", o.candidates, "how many register")
      ->capture_default_str()
      ->check(CLI::Range(1, 1'000'000));
  c->add_option("--offices", o.offices, "public counter offices; each county's governorate comes in addition")
      ->capture_default_str()
      ->check(CLI::Range(1, 5'000));
  c->add_option("--at-once", o.at_once, "reports under way at the same time")
      ->capture_default_str()
      ->check(CLI::Range(1, 10'000));
  c->add_option("--flap", o.flap_ms, "milliseconds after which one of the two binds is cut, again and again; 0: never")
      ->capture_default_str();
  c->footer("Example: tallyline demo registration --seed 7");
  c->callback([&chosen] { chosen = [] { return run_registration(o, std::cout, std::cerr); }; });
}

} // namespace

void add_demo(CLI::App& app, job& chosen) {
  static demo_options o;
  auto* c = app.add_subcommand("demo", "an election night in a few seconds: gateway, SMSC and phones on real data");
  c->add_option("--data", o.folder, "folder for the demo's database, made new each time")->capture_default_str();
  c->add_option("--phones", o.concurrent, "phones at the same time")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000));
  c->add_flag("--serve", o.serve, "keep running afterwards, for `tallyline phone '*140#' --msisdn 995500000001`");
  c->require_subcommand(0, 1);
  add_registration(*c, chosen);
  c->footer("Example: tallyline demo --serve\n         tallyline demo registration");
  c->callback([&chosen, c] {
    if (c->get_subcommands().empty()) chosen = [] { return run_demo(o, std::cout, std::cerr); };
  });
}

void add_phone(CLI::App& app, job& chosen) {
  static rehearsal::phone_options o;
  auto* c = app.add_subcommand("phone", "a phone in the terminal, dialling through the simulated SMSC");
  c->add_option("code", o.code,
                "what is dialled, such as '*140#'; with --sms the number that is written to, such as 140")
      ->required();
  c->add_flag("--sms", o.by_sms, "write short messages instead of dialling, a line each");
  c->add_option("--msisdn", o.msisdn, "the phone's number")->capture_default_str();
  c->add_option("--smsc-host", o.host, "where the simulated SMSC runs")->capture_default_str();
  c->add_option("--smsc-port", o.port, "its port for handsets")->capture_default_str();
  c->footer("Example: tallyline phone '*140#' --msisdn 995500000001\n         tallyline phone --sms 140 --msisdn "
            "995500000001\nCtrl-D hangs up.");
  c->callback([&] { chosen = [] { return rehearsal::run_phone(o, std::cin, std::cout, std::cerr); }; });
}

void add_smsc(CLI::App& app, job& chosen) {
  static rehearsal::smsc_options o;
  static std::string as = "table", answers, dialect = "standard";
  auto* c = app.add_subcommand("smsc", "the simulated SMSC alone, also as a load generator");
  c->add_option("--port", o.port, "for gateways; 0: any")->capture_default_str();
  c->add_option("--handset-port", o.handset_port, "for `tallyline phone`; 0: any")->capture_default_str();
  c->add_option("--system-id", o.system_id, "the only one that may bind (default: all may)");
  c->add_option("--password", o.password, "its password");
  c->add_option("--dialect", dialect, "USSD dialect: one that ships, or a file; see tallyline smpp dialects")
      ->capture_default_str();
  c->add_option("--session-limit", o.session_limit_s, "seconds a session may last")->capture_default_str();
  c->add_option("--answer-limit", o.answer_limit_s, "seconds the gateway has for an answer")->capture_default_str();
  c->add_option("--throttle", o.throttle_every, "every so manieth submit_sm is answered ESME_RTHROTTLED; 0: none")
      ->capture_default_str();
  c->add_option("--load", o.load, "phones at the same time; 0: no load")->capture_default_str();
  c->add_option("--sessions", o.sessions, "sessions altogether");
  c->add_option("--seconds", o.seconds, "no session begins later");
  c->add_option("--code", o.code, "what is dialled")->capture_default_str();
  c->add_option("--sms", o.sms_to, "the load goes by SMS to this number, with --code as the first text");
  c->add_option("--msisdn-from", o.msisdn_from, "the first phone's number")->capture_default_str();
  c->add_option("--subscribers", o.subscribers, "numbers repeat after so many");
  c->add_option("--answers", answers, "answers of each session, separated by commas; may contain {msisdn} and {pin}");
  c->add_option("--answers-file", o.answers_file, "an answer a line");
  c->add_option("--people", o.people_file, "CSV with the columns msisdn and pin");
  c->add_option("--expect-end", o.expect_end, "what the last page must contain");
  c->add_option("--redials", o.redials, "of a session that failed");
  c->add_option("--hold", o.hold_s, "seconds that all sessions stay open together at the end of their answers");
  c->add_option("--format,-f", as, "table or json")->check(CLI::IsMember({"table", "json"}))->capture_default_str();
  c->footer("Example: tallyline smsc --load 200 --sessions 10000 --answers 1,1234,1,120,45,7,1");
  c->callback([&] {
    chosen = [] {
      o.json = as == "json";
      o.dialect = dialect_named(dialect);
      if (!answers.empty()) o.answers = CLI::detail::split(answers, ',');
      return rehearsal::run_smsc(o, std::cout, std::cerr);
    };
  });
}

} // namespace tallyline::gateway
