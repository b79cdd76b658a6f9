// What a modem, or noise, can say: to the dialogue, to the state of a whole modem, and in a call. Nothing may hang,
// nothing may be read beyond its end, and after whatever it was the modem is still looked after.
#include "modem/carrier_watch.h"
#include "modem/pool.h"
#include "tests/support/fake_modem.h"

#include <cstdlib>
#include <spdlog/spdlog.h>

using namespace tallyline;
using namespace std::chrono_literals;

namespace {

struct sink final : modem::call_handler {
  explicit sink(modem::call& c) : its(c) {}
  void on_bytes(modem::octets_view b) override {
    its.send(b);
    if (b.size() > 200) its.hang_up("enough");
  }
  void on_lost(modem::call_end) override {}
  modem::call& its;
};

// The words NO CARRIER are held back or handed on, never lost or doubled. Of the modem's own the line's end before them
// may have been handed on.
void check_carrier_watch(modem::octets_view octets) {
  modem::carrier_watch w;
  std::string got;
  const modem::clock::time_point now{};
  for (std::size_t at = 0; at < octets.size();) {
    const auto n = std::min<std::size_t>(octets.size() - at, 1 + octets[at] % 7);
    const auto out = w.feed(octets.subspan(at, n), now);
    got.append(out.begin(), out.end());
    at += n;
  }
  modem::octets_view rest;
  const bool lost = w.silent(rest);
  got.append(rest.begin(), rest.end());
  const std::string all(octets.begin(), octets.end());
  const std::string_view words = "\r\nNO CARRIER\r\n";
  if (!all.starts_with(got) || !words.ends_with(all.substr(got.size()))) std::abort();
  if (lost != (got.size() < all.size()) || (lost && !all.ends_with(words))) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool quiet = (spdlog::set_level(spdlog::level::off), true);
  static_cast<void>(quiet);
  if (size < 2 || size > 4096) return 0;
  const modem::octets_view octets(data + 1, size - 1);
  check_carrier_watch(octets);
  tests::fake_modems world;
  auto& m = world.add("m");
  modem::line_settings s;
  s.name = s.port.path = "m";
  s.profile.gsm = data[0] & 1;
  s.profile.messages = s.messages = data[0] & 2;
  s.profile.speeds = {115200};
  if (s.profile.gsm) {
    m.answers["AT+CPIN?"] = "+CPIN: READY\r\nOK\r\n";
    m.answers["AT+CREG?"] = "+CREG: 1,1\r\nOK\r\n";
  }
  m.answers["ATA"] = "CONNECT\r\n";
  m.mute = data[0] & 4;
  modem::pool_handlers on;
  modem::pool* pool_of = nullptr;
  on.connected = [](modem::call& c) { return std::make_unique<sink>(c); };
  on.sms_in = [&](const modem::message_in& i) { pool_of->message_kept(i.line, i.ticket); };
  modem::pool p(world, {s}, on);
  pool_of = &p;
  p.start();
  world.run(5s);
  for (std::size_t at = 0; at < octets.size(); at += 64) {
    const auto piece = octets.subspan(at, std::min<std::size_t>(64, octets.size() - at));
    m.say({reinterpret_cast<const char*>(piece.data()), piece.size()});
    world.run(2s);
  }
  m.mute = false;
  m.say("\r\n");
  world.run(1h);
  const auto state = p.figures()[0].state;
  if (state == "absent" || state == "stopped") std::abort();
  return 0;
}
