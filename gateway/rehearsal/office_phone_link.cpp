#include "gateway/rehearsal/office_phone_link.h"

#include <boost/asio/steady_timer.hpp>
#include <chrono>

namespace tallyline::rehearsal {
namespace {

using namespace std::chrono_literals;
constexpr auto rests = 20ms; // before dialling again
constexpr unsigned most_redials = 200;

// What the engine's own page asks, by the texts that ship in Persian (menus/scripts/texts.yaml).
constexpr std::string_view asks_pin = "رمز";

bool says(std::string_view page, std::string_view words) { return page.find(words) != std::string_view::npos; }

} // namespace

struct office_phone::call {
  call(office_errand e, errand_done d, boost::asio::io_context& io)
      : what(std::move(e)), done(std::move(d)), rest(io) {}
  office_errand what;
  errand_done done;
  boost::asio::steady_timer rest;
  std::uint32_t session = 0;
  std::size_t typed = 0;
  unsigned redials = 0;
};

void office_phone::run(const office_errand& what, errand_done done) {
  dial(std::make_shared<call>(what, std::move(done), io_));
}

void office_phone::dial(const std::shared_ptr<call>& c) {
  c->typed = 0;
  c->session = exchange_.dial(c->what.msisdn, c->what.dial, [this, c](const page& p) { shown(c, p); });
  if (c->session == 0) return again(c);
  exchange_.flush();
}

void office_phone::again(const std::shared_ptr<call>& c) {
  ++redials_;
  if (++c->redials > most_redials) return c->done("the network was not there");
  c->rest.expires_after(rests);
  c->rest.async_wait([this, c](boost::system::error_code) { dial(c); });
}

void office_phone::shown(const std::shared_ptr<call>& c, const page& p) {
  ++turns_;
  if (p.kind == page_kind::failed) return again(c);
  if (p.kind == page_kind::final) return c->done(std::string(p.text));
  if (offers_unfinished(p.text)) return exchange_.answer(c->session, from_the_beginning);
  if (says(p.text, asks_pin)) return exchange_.answer(c->session, c->what.pin);
  if (c->typed < c->what.typed.size()) return exchange_.answer(c->session, c->what.typed[c->typed++]);
  // It asks for something else: this report is refused.
  const std::string last(p.text);
  exchange_.hang_up(c->session);
  c->done(last);
}

} // namespace tallyline::rehearsal
