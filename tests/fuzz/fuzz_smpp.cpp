// What a hostile SMSC can send: any octets, cut into any reads, through framer, codec, USSD and text. Whatever is taken
// as a message must survive being written and read again.
#include "gateway/smpp/describe.h"
#include "gateway/smpp/framer.h"
#include "gateway/smpp/gsm_text.h"
#include "gateway/smpp/names.h"
#include "gateway/smpp/ussd.h"
#include "gateway/smpp/utf8.h"

#include <algorithm>
#include <cstdlib>

using namespace tallyline::smpp;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

bool same(std::span<const std::uint8_t> a, std::span<const std::uint8_t> b) { return std::ranges::equal(a, b); }

// One of each way to carry a session and an operation.
const std::vector<dialect>& dialects() {
  static const std::vector<dialect> all = [] {
    std::vector<dialect> d(6, make_standard_dialect());
    d[1].mask = 0xFFFE, d[1].rising = false;
    d[2].session = dialect::key::user_message_reference;
    d[3].session = dialect::key::tlv, d[3].session_tag = 0x1501, d[3].session_size = 4;
    d[4].session = dialect::key::tlv, d[4].session_tag = 0x001E, d[4].session_size = 0;
    d[5].silent = true, d[5].session = dialect::key::none;
    return d;
  }();
  return all;
}

void check_text(const message& m) {
  std::string utf8;
  append_utf8(m.text, alphabet_of(m.data_coding), utf8);
  buffer coded;
  const auto coding = encode_text(utf8, coded);
  std::string again;
  append_utf8(coded, alphabet_of(coding), again);
  require(again == utf8);
}

void check_message(command id, const message& m) {
  check_text(m);
  for (const auto& d : dialects())
    if (const auto u = read_ussd(d, m)) {
      message reply = m;
      buffer tlvs;
      write_ussd(d, reply, {u->session, 1, ussd_event::reply, u->id}, tlvs);
      const auto again = read_ussd_of_gateway(d, reply);
      // A text key with a NUL within comes back shorter: nobody has such a session.
      require(again.session == u->session || (d.session == dialect::key::tlv && d.session_size != 4));
      require(again.asks && !again.last);
    }
  buffer written;
  append_message(written, id, 1, m);
  require(read_header(written).length == written.size());
  const auto back = read_message(id, std::span<const std::uint8_t>(written).subspan(header_size));
  require(back.has_value());
  require((*back).source == m.source && (*back).destination == m.destination && same((*back).text, m.text));
  require((*back).ussd_service_op == m.ussd_service_op && (*back).its_session_info == m.its_session_info);
}

void check_bind(const header& h, std::span<const std::uint8_t> pdu) {
  const auto b = read_bind(h, pdu);
  if (!b) return;
  buffer written;
  append_bind(written, h.id, 1,
              {(*b).system_id, (*b).password, (*b).system_type, (*b).address_range, (*b).interface_version});
  const auto back = read_bind(read_header(written), written);
  require(back.has_value() && (*back).system_id == (*b).system_id && (*back).password == (*b).password);
}

void check_pdu(std::span<const std::uint8_t> pdu) {
  require(!describe_pdu(pdu).empty());
  buffer masked(pdu.begin(), pdu.end());
  mask_text(masked);
  const header h = read_header(pdu);
  require(h.length == pdu.size());
  describe(h.status);
  const auto body = pdu.subspan(header_size);
  switch (h.id) {
  case command::deliver_sm:
  case command::submit_sm:
  case command::data_sm:
    if (const auto m = read_message(h.id, body)) check_message(h.id, *m);
    break;
  case command::bind_transceiver:
  case command::bind_receiver:
  case command::bind_transmitter:
    check_bind(h, pdu);
    break;
  case command::bind_transceiver_resp:
  case command::bind_receiver_resp:
  case command::bind_transmitter_resp:
    (void)read_bind_response(h, pdu);
    break;
  default:
    (void)read_message_id(body);
    break;
  }
}

} // namespace

// The first octet says how the rest is cut: the reads' sizes come from it by a small generator.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  std::uint32_t cut = data[0];
  std::span<const std::uint8_t> rest(data + 1, size - 1);
  framer f;
  while (!rest.empty()) {
    cut = cut * 1664525 + 1013904223;
    const auto n = data[0] == 0 ? rest.size() : std::min<std::size_t>(1 + (cut >> 24) % 40, rest.size());
    std::ranges::copy(rest.first(n), f.room(n).begin());
    f.filled(n);
    rest = rest.subspan(n);
    std::span<const std::uint8_t> pdu;
    framer::verdict v;
    while ((v = f.next(pdu)) == framer::verdict::pdu) {
      const buffer exact(pdu.begin(), pdu.end()); // so that a read beyond the PDU is a read beyond the heap block
      check_pdu(exact);
    }
    if (v == framer::verdict::garbage) break;
  }
  return 0;
}
