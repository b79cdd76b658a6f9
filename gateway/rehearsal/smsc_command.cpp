#include "gateway/rehearsal/smsc_command.h"

#include "gateway/rehearsal/exchange.h"
#include "gateway/rehearsal/handset_line.h"
#include "gateway/rehearsal/load_script.h"

#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/system_error.hpp>
#include <csignal>
#include <fmt/format.h>
#include <fstream>
#include <ostream>
#include <utility>

namespace tallyline::rehearsal {
namespace {

template <class T> using wanted = boost::system::result<T, std::string>;

wanted<std::shared_ptr<const load_script>> script_of(const smsc_options& o) {
  auto s = std::make_shared<load_script>();
  s->code = o.code;
  s->answers = o.answers;
  s->subscribers = o.subscribers;
  s->redials = o.redials;
  s->msisdn_from = read_msisdn(o.msisdn_from);
  if (s->msisdn_from == 0) return fmt::format("'{}' is no number: 5 to 15 digits", o.msisdn_from);
  if (!o.answers_file.empty()) {
    std::ifstream in(o.answers_file);
    if (!in) return fmt::format("{} cannot be read", o.answers_file);
    for (std::string line; std::getline(in, line);)
      s->answers.push_back(line);
  }
  if (!o.people_file.empty()) {
    std::ifstream in(o.people_file);
    if (!in) return fmt::format("{} cannot be read", o.people_file);
    auto people = read_people(in, o.people_file);
    if (!people) return people.error();
    s->people = std::move(*people);
  }
  return std::shared_ptr<const load_script>(std::move(s));
}

load_settings settings_of(const smsc_options& o) {
  load_settings s;
  s.concurrent = o.load;
  s.seconds = o.seconds;
  s.sessions = o.sessions == 0 && o.seconds == 0 ? std::uint64_t{o.load} * (o.hold_s == 0 ? 10 : 1) : o.sessions;
  s.hold_s = o.hold_s;
  s.patience_s = o.patience_s;
  s.sms_to = o.sms_to;
  if (!o.expect_end.empty())
    s.expected = [end = o.expect_end](const page& p, std::uint64_t, unsigned) {
      return p.kind != page_kind::final || p.text.find(end) != p.text.npos;
    };
  return s;
}

// Owns all that runs; one run.
class station {
public:
  station(const smsc_options& o, std::ostream& out, std::ostream& err)
      : options_(o), out_(out), err_(err), exchange_(io_, settings()), signals_(io_, SIGINT, SIGTERM) {
    exchange_.on_notice([&err](std::string_view line) { err << "smsc: " << line << std::endl; });
    signals_.async_wait([this](boost::system::error_code cancelled, int) {
      if (!cancelled) end();
    });
  }

  int serve() {
    handset_port phones(io_, exchange_, options_.handset_port);
    phones_ = &phones;
    err_ << fmt::format("smsc: gateways bind to 127.0.0.1:{}, phones dial at 127.0.0.1:{}\n", exchange_.port(),
                        phones.port())
         << std::flush;
    io_.run();
    return 0;
  }

  int generate(std::shared_ptr<const load_script> script) {
    err_ << fmt::format("smsc: gateways bind to 127.0.0.1:{}; {} phones wait for one\n", exchange_.port(),
                        options_.load)
         << std::flush;
    load phones(io_, exchange_, settings_of(options_), [&] { return scripted_caller(script); });
    load_ = &phones;
    phones.on_held([this](const load_result& r) {
      err_ << fmt::format("smsc: {} sessions are open; waiting {} s\n", r.held, options_.hold_s) << std::flush;
    });
    // The clock starts with the first dial, so that comes after the bind.
    bool begun = false;
    exchange_.on_esme([&](bool bound) {
      if (bound && !std::exchange(begun, true)) phones.start([this](const load_result& r) { report(r); });
    });
    patience_.expires_after(std::chrono::seconds(options_.patience_s));
    patience_.async_wait([&](boost::system::error_code cancelled) {
      if (cancelled || begun) return;
      load_result nothing;
      nothing.gave_up = fmt::format("no gateway bound for {} s", options_.patience_s);
      report(nothing);
    });
    io_.run();
    load_ = nullptr;
    return result_;
  }

private:
  smsc_settings settings() const {
    smsc_settings s;
    s.port = options_.port;
    s.system_id = options_.system_id;
    s.password = options_.password;
    s.session_limit_s = options_.session_limit_s;
    s.answer_limit_s = options_.answer_limit_s;
    s.dialect = options_.dialect;
    s.throttle_every = options_.throttle_every;
    return s;
  }

  void report(const load_result& r) {
    out_ << (options_.json ? load_json(r) : load_table(r)) << std::flush;
    for (const auto& line : r.examples)
      err_ << "smsc: " << line << '\n';
    if (!r.gave_up.empty()) err_ << "smsc: " << r.gave_up << '\n';
    err_ << std::flush;
    result_ = r.clean() ? 0 : 1;
    reported_ = true;
    end();
  }

  // The first signal lets a load end by itself, so that its figures are printed; a second one does not wait.
  void end() {
    if (load_ && !reported_ && !std::exchange(asked_, true)) {
      load_->stop();
      signals_.async_wait([this](boost::system::error_code cancelled, int) {
        if (!cancelled) end();
      });
      if (exchange_.open_sessions() > 0) return;
    }
    signals_.cancel();
    patience_.cancel();
    if (phones_) phones_->stop();
    exchange_.stop();
  }

  const smsc_options& options_;
  std::ostream& out_;
  std::ostream& err_;
  boost::asio::io_context io_{1};
  smsc exchange_;
  boost::asio::signal_set signals_;
  boost::asio::steady_timer patience_{io_};
  handset_port* phones_ = nullptr;
  load* load_ = nullptr;
  bool asked_ = false, reported_ = false;
  int result_ = 1; // until a load has reported otherwise
};

} // namespace

int run_smsc(const smsc_options& options, std::ostream& out, std::ostream& err) {
  const auto script = script_of(options);
  if (!script || (options.load != 0 && options.sms_to.empty() && !short_code(options.code))) {
    err << "smsc: " << (script ? "'" + options.code + "' cannot be dialled" : script.error()) << '\n';
    return 1;
  }
  try {
    station here(options, out, err);
    return options.load == 0 ? here.serve() : here.generate(*script);
  } catch (const boost::system::system_error& e) {
    err << fmt::format("smsc: cannot listen on port {} or {}: {}\n", options.port, options.handset_port,
                       e.code().message());
    return 1;
  }
}

} // namespace tallyline::rehearsal
