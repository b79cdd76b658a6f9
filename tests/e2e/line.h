// A gateway that is the real binary, its SMSC, and one phone at a time.
#pragma once

#include "gateway/rehearsal/smsc.h"
#include "tests/e2e/night.h"

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>

namespace tallyline::tests {

struct line {
  folder where;
  boost::asio::io_context io{1};
  rehearsal::smsc exchange{io, {}};
  child gateway;

  line() {
    import_night(where, 20);
    gateway = serve(where, exchange.port());
    wait_until([this] { return exchange.has_esme(); });
  }

  template <class Done> void wait_until(Done done) {
    for (int i = 0; i < 1000 && !done(); ++i)
      io.run_one_for(std::chrono::milliseconds(20));
    INFO(where.log());
    REQUIRE(done());
  }

  // Dials and gives the answers one after the other; the page that is shown last.
  std::string call(std::uint64_t official, std::vector<std::string> answers) {
    over = came = false;
    const std::uint32_t session =
        exchange.dial(msisdn_of(official), "*140#", [this](const rehearsal::page& p) { shown(p); });
    exchange.flush();
    wait_until([this] { return came; });
    for (const auto& a : answers) {
      if (over) return text;
      came = false;
      exchange.answer(session, a);
      exchange.flush();
      wait_until([this] { return came; });
    }
    if (!over) exchange.hang_up(session);
    return text;
  }

  // Not of a call's own: a page may still come when a check has ended the call.
  std::string text;
  bool came = false, over = false;
  void shown(const rehearsal::page& p) {
    text = p.text;
    came = true;
    over = p.kind != rehearsal::page_kind::question;
  }
};

inline const std::vector<std::string> whole_report{"1", "1234", "1", "120", "45", "7", "1"};

} // namespace tallyline::tests
