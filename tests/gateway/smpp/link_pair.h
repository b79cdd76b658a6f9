// A link to a double of the SMSC, and all that the link reported.
#pragma once

#include "gateway/smpp/smpp_link.h"
#include "tests/gateway/smpp/smsc_double.h"

#include <doctest/doctest.h>
#include <memory>

namespace tallyline::smpp::test {

struct done {
  std::uint64_t token;
  status s;
  bool operator==(const done&) const = default;
};

struct pair_of {
  boost::asio::io_context io{1};
  smsc_double smsc{io};
  link_settings settings;
  smpp_link::handlers on;
  std::unique_ptr<smpp_link> link;
  std::vector<std::string> texts, states;
  std::vector<done> submitted;
  std::size_t batches = 0;

  pair_of() {
    settings.port = smsc.port();
    settings.password = "secret";
    settings.timing = {.response_s = 1, .backoff_first_ms = 20, .backoff_max_ms = 40};
    on.message_in = [this](const message& m) { texts.push_back(text(m.text)); };
    on.batch_end = [this] { ++batches; };
    on.submit_done = [this](std::uint64_t token, status s) { submitted.push_back({token, s}); };
    on.state = [this](bool bound, const std::string& why) { states.push_back((bound ? "+" : "-") + why); };
  }

  void make() { link = std::make_unique<smpp_link>(io, settings, on); }
  void bind() {
    make();
    link->start();
    REQUIRE(smsc.take_bind());
    REQUIRE(smsc.run_until([&] { return link->bound(); }));
  }
  bool submit(std::string_view words, std::uint64_t token) {
    const buffer b = octets(words);
    message m;
    m.text = b;
    return link->submit(m, token);
  }
  template <class Reached> bool until(Reached r) { return smsc.run_until(r); }
};

} // namespace tallyline::smpp::test
