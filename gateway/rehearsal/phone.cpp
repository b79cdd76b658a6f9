#include "gateway/rehearsal/phone.h"

#include "gateway/rehearsal/columns.h"
#include "gateway/rehearsal/exchange.h"
#include "gateway/rehearsal/handset_client.h"

#include <boost/asio/error.hpp>
#include <fmt/format.h>
#include <iostream>
#include <poll.h>
#include <unistd.h>

namespace tallyline::rehearsal {
namespace {

class screen {
public:
  screen(std::ostream& out, bool drawn, std::size_t width) : out_(out), drawn_(drawn), width_(width) {}

  void show(const handset_reply& page) {
    const auto text = printable(page.text);
    out_ << (drawn_ ? framed(text, width_) : text + '\n');
    if (page.what == handset_reply::kind::final) out_ << "(session ended)\n";
    out_.flush();
  }
  void prompt() {
    if (drawn_) out_ << "> " << std::flush;
  }
  void hung_up() { out_ << (drawn_ ? "\n(hung up)\n" : "(hung up)\n") << std::flush; }

private:
  std::ostream& out_;
  bool drawn_;
  std::size_t width_;
};

int talk(handset_client& line, handset_reply page, std::istream& in, screen& s, std::ostream& err) {
  std::string typed;
  while (page.what == handset_reply::kind::question) {
    s.show(page);
    s.prompt();
    if (!std::getline(in, typed)) {
      line.hang_up();
      s.hung_up();
      return 0;
    }
    if (typed.ends_with('\r')) typed.pop_back();
    page = line.answer(typed);
  }
  if (page.what == handset_reply::kind::error) {
    err << "phone: " << page.text << '\n';
    return 1;
  }
  s.show(page);
  return 0;
}

// A person reads and writes as they like; a script writes when the reply to its last line is there.
int write_messages(handset_client& line, const phone_options& o, std::istream& in, std::ostream& out,
                   std::ostream& err) {
  constexpr int patience_ms = 30'000;
  const bool person = &in == &std::cin && isatty(STDIN_FILENO) == 1;
  bool more = true;
  std::size_t unanswered = 0;
  if (person)
    err << "phone: each line is a message to " << o.code << ", and what comes is shown; Ctrl-D ends\n" << std::flush;
  line.send(listen_line(o.msisdn)); // a reminder or a notice comes without having been asked for
  const auto show = [&](const handset_reply& r) {
    unanswered = 0;
    const bool good = r.what != handset_reply::kind::error;
    (good ? out << printable(r.text) : err << "phone: " << r.text) << std::endl;
    return good;
  };
  for (std::string typed; more || unanswered > 0;) {
    if (more && !person && unanswered == 0) {
      if (!(more = static_cast<bool>(std::getline(in, typed)))) continue;
      line.send(sms_line(typed, o.code, o.msisdn));
      ++unanswered;
    }
    pollfd both[] = {{line.handle(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
    const int ready = line.has_line() ? 1 : ::poll(both, person && more ? 2 : 1, more && person ? -1 : patience_ms);
    if (ready == 0) {
      err << "phone: no reply within 30 s\n";
      return 1;
    }
    if ((line.has_line() || (both[0].revents & (POLLIN | POLLHUP))) && !show(line.next_line())) return 1;
    if (person && more && (both[1].revents & (POLLIN | POLLHUP))) {
      if (!(more = static_cast<bool>(std::getline(in, typed)))) return 0;
      line.send(sms_line(typed, o.code, o.msisdn));
    }
  }
  return 0;
}

} // namespace

int run_phone(const phone_options& options, std::istream& in, std::ostream& out, std::ostream& err) {
  if (!options.by_sms && !short_code(options.code)) {
    err << fmt::format("phone: '{}' cannot be dialled: a code looks like '*140#' or '*140*1*120#'\n", options.code);
    return 2;
  }
  if (read_msisdn(options.msisdn) == 0) {
    err << fmt::format("phone: '{}' is no number: 5 to 15 digits with the country's code, such as 989120000001\n",
                       options.msisdn);
    return 2;
  }
  handset_client line;
  if (const auto failed = line.connect(options.host, options.port)) {
    const auto why = failed == boost::asio::error::connection_refused ? "" : " (" + failed.message() + ")";
    err << fmt::format("phone: no SMSC at {}:{}{}: start `tallyline demo --serve` or `tallyline smsc`\n", options.host,
                       options.port, why);
    return 1;
  }
  if (options.by_sms) return write_messages(line, options, in, out, err);
  screen s(out, options.drawn.value_or(isatty(STDOUT_FILENO) == 1), options.width);
  return talk(line, line.dial(options.code, options.msisdn), in, s, err);
}

} // namespace tallyline::rehearsal
