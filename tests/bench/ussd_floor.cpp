// The floor beside which the gateway is measured: an ESME with neither menu nor database. It asks the same question
// seven times and ends at the eighth turn, which it counts in its_session_info alone.
//
//   bench_ussd_floor [--smsc HOST:PORT]     binds to 127.0.0.1:2775 unless told otherwise, until SIGTERM or SIGINT
#include "gateway/smpp/gsm_text.h"
#include "gateway/smpp/smpp_link.h"
#include "gateway/smpp/ussd.h"

#include <boost/asio/signal_set.hpp>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <optional>
#include <spdlog/spdlog.h>
#include <string_view>
#include <sys/resource.h>

namespace smpp = tallyline::smpp;

namespace {

constexpr std::uint32_t turns_of_a_session = 8;

class floor_esme {
public:
  floor_esme(boost::asio::io_context& io, smpp::link_settings settings) : link_(io, std::move(settings), handlers()) {
    smpp::append_gsm7("Candidate 41: how many votes?", question_);
    smpp::append_gsm7("Recorded. Receipt 7K3M-2QX9", receipt_);
  }

  void start() { link_.start(); }
  void stop() {
    link_.stop([] {});
  }
  std::uint64_t turns() const { return turns_; }

private:
  smpp::smpp_link::handlers handlers() {
    return {[this](const smpp::message& m) { reply(m); }, [] {}, [](std::uint64_t, smpp::status) {},
            [](bool bound, const std::string& why) {
              std::fprintf(stderr, "floor: %s%s%s\n", bound ? "bound" : "not bound", why.empty() ? "" : ": ",
                           why.c_str());
            }};
  }

  void reply(const smpp::message& in) {
    const auto said = smpp::read_ussd(smpp::standard_dialect, in);
    if (!said || (said->event != smpp::ussd_event::begin && said->event != smpp::ussd_event::reply)) return;
    // The SMSC sends back the sequence that we set last (5.3.2.43): two to a turn.
    const bool first = said->event == smpp::ussd_event::begin || !in.its_session_info;
    const std::uint32_t turn = first ? 0 : ((*in.its_session_info)[1] >> 1U) + 1U;
    const bool last = turn + 1 >= turns_of_a_session;
    smpp::message out;
    out.source = in.destination;
    out.destination = in.source;
    out.destination_ton = out.destination_npi = 1;
    out.data_coding = 0x0F;
    out.text = last ? receipt_ : question_;
    smpp::write_ussd(smpp::standard_dialect, out,
                     {said->session, turn, last ? smpp::ussd_event::end : smpp::ussd_event::reply, {}}, tlvs_);
    link_.submit(out, ++turns_);
  }

  smpp::buffer question_, receipt_, tlvs_;
  std::uint64_t turns_ = 0;
  smpp::smpp_link link_;
};

std::optional<smpp::link_settings> read_arguments(int argc, char** argv) {
  smpp::link_settings s;
  s.window = 1U << 20U; // a floor waits for nothing
  if (argc == 1) return s;
  if (argc != 3 || std::string_view(argv[1]) != "--smsc") return std::nullopt;
  const std::string_view where = argv[2];
  const auto colon = where.rfind(':');
  if (colon == where.npos) return std::nullopt;
  s.host = where.substr(0, colon);
  const auto [end, failed] = std::from_chars(where.data() + colon + 1, where.data() + where.size(), s.port);
  return failed == std::errc{} && end == where.data() + where.size() ? std::optional(s) : std::nullopt;
}

void print_cost(std::uint64_t turns) {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto us = static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e6 +
                  static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
  std::printf("{\"turns\":%llu,\"cpu_us_per_turn\":%.2f}\n", static_cast<unsigned long long>(turns),
              turns == 0 ? 0 : us / static_cast<double>(turns));
}

} // namespace

int main(int argc, char** argv) {
  const auto settings = read_arguments(argc, argv);
  if (!settings) {
    std::fputs("usage: bench_ussd_floor [--smsc HOST:PORT]\n", stderr);
    return 2;
  }
  spdlog::set_level(spdlog::level::off); // standard output is for the figures
  boost::asio::io_context io{1};
  floor_esme esme(io, *settings);
  boost::asio::signal_set signals(io, SIGINT, SIGTERM);
  signals.async_wait([&](boost::system::error_code, int) { esme.stop(); });
  esme.start();
  io.run();
  print_cost(esme.turns());
}
