// What anybody who dials in can send, and what a site with a key can send inside a seal: frames, the channel, messages,
// records. Nothing may be read beyond its end, and what is read must be what could have been written.
#include "modem/link/gateway_call.h"
#include "modem/link/records.h"

#include <cstdlib>
#include <sodium.h>

using namespace tallyline::modem::link;

namespace {

layout the_layout() {
  using kind = field::kind;
  form f{"all", {}, 3, 0};
  f.fields = {{"n", kind::number, false, 0, no_field, {}, {}},      {"d", kind::date, true, 0, no_field, {}, {}},
              {"c", kind::choice, false, 3, no_field, {}, {}},      {"l", kind::list, false, 0, 2, {1, 0, 5}, {}},
              {"many", kind::numbers, true, 0, no_field, {}, {}},   {"t", kind::text, true, 0, no_field, {}, {}},
              {"sum", kind::number, false, 0, no_field, {}, {0, 3}}};
  return {{f, {"empty", {}, 0, 1}}, {40, 2}};
}

struct directory final : site_directory {
  std::optional<known> by_key(const key_name&) const override { return known{"s", {}, 0}; }
  std::shared_ptr<const layout> layout_of(const std::string&, const digest&) const override { return nullptr; }
  offer offer_to(const std::string&) const override { return {}; }
  std::shared_ptr<const std::string> forms_of(const std::string&) const override {
    return std::make_shared<const std::string>("forms");
  }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool ready = sodium_init() >= 0;
  if (!ready || size == 0) return 0;
  static const layout l = the_layout();
  const std::string_view octets(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 5) {
  case 0: {
    static const directory sites;
    gateway_call call({2400, line_care::none}, sites);
    instant now{};
    for (std::size_t at = 0; at < octets.size(); at += 7)
      (void)call.step(octets.substr(at, 7), now += std::chrono::milliseconds(100));
    break;
  }
  case 1: // records: what is read, written again and read again is the same
    if (const auto got = decode_records(l, octets))
      if (const auto again = decode_records(l, encode_records(l, *got)); !again || *again != *got) std::abort();
    break;
  case 2:
    if (const auto m = read_down(octets))
      if (!read_down(to_octets(*m))) std::abort();
    break;
  case 3:
    if (const auto m = read_up(octets))
      if (to_octets(*m) != octets) std::abort();
    break;
  default: { // a frame of it arrives as it was
    const auto body = octets.substr(0, 1000);
    if (body.empty()) break;
    deframer d;
    bool came = false;
    d.take(enframe(body, static_cast<line_care>(data[0] / 5 % 4), true),
           [&](const deframer::found& f) { came |= f.what == deframer::found::kind::frame && f.body == body; });
    if (!came) std::abort();
  }
  }
  return 0;
}
