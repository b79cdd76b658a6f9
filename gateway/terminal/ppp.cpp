#include "gateway/terminal/ppp.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace tallyline::gateway {
namespace {

constexpr std::size_t most_waiting = 64 * 1024; // IP sends again what is lost here
constexpr std::size_t most_unread = 64 * 1024;

} // namespace

std::vector<std::string> ppp_arguments(const ppp_settings& s) {
  std::vector<std::string> a{s.program};
  a.insert(a.end(), s.options.begin(), s.options.end());
  if (!s.local.empty() || !s.remote.empty()) a.push_back(s.local + ":" + s.remote);
  a.insert(a.end(), {"nodetach", "local", "nocrtscts", "logfd", "2"});
  return a;
}

ppp_session::ppp_session(modem::program_runner& runner, const ppp_settings& s, modem::call& line) : line_(line) {
  modem::program_events on;
  on.output = [this](modem::octets_view o) { from_program(o); };
  on.said = [this](const std::string& words) {
    if (first_words_.empty()) first_words_ = words;
    spdlog::info("call {}: pppd: {}", line_.info().number, words);
  };
  on.ended = [this](modem::program_end e) { ended(e); };
  program_ = runner.start({ppp_arguments(s), {}, true, 0}, std::move(on));
  spdlog::info("call {}: handed to {}, process {}", line_.info().number, s.program, program_->id());
}

void ppp_session::on_bytes(modem::octets_view bytes) {
  if (program_ && program_->unread() < most_unread) program_->feed(bytes);
}

void ppp_session::from_program(modem::octets_view octets) {
  if (waiting_.size() + octets.size() <= most_waiting) waiting_.append(octets.begin(), octets.end());
  on_writable();
}

void ppp_session::on_writable() {
  if (waiting_.empty()) return;
  if (line_.send({reinterpret_cast<const std::uint8_t*>(waiting_.data()), waiting_.size()})) waiting_.clear();
}

void ppp_session::ended(modem::program_end end) {
  const std::string why = end.well() ? "pppd has ended"
                                     : fmt::format("pppd ended with {}{}{}", modem::describe(end),
                                                   first_words_.empty() ? "" : ": ", first_words_);
  spdlog::log(end.well() ? spdlog::level::info : spdlog::level::warn, "call {}: {}", line_.info().number, why);
  line_.hang_up(why);
}

// The pty goes with it: pppd sees its line hang up.
void ppp_session::on_lost(modem::call_end) { program_.reset(); }

} // namespace tallyline::gateway
