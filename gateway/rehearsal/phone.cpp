#include "gateway/rehearsal/phone.h"

#include "gateway/rehearsal/columns.h"
#include "gateway/rehearsal/exchange.h"
#include "gateway/rehearsal/handset_client.h"

#include <boost/asio/error.hpp>
#include <fmt/format.h>
#include <istream>
#include <ostream>
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

} // namespace

int run_phone(const phone_options& options, std::istream& in, std::ostream& out, std::ostream& err) {
  if (!short_code(options.code)) {
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
  screen s(out, options.drawn.value_or(isatty(STDOUT_FILENO) == 1), options.width);
  return talk(line, line.dial(options.code, options.msisdn), in, s, err);
}

} // namespace tallyline::rehearsal
