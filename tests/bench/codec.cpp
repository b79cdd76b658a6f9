// Nanoseconds a PDU: our codec beside libsmpp34, the same USSD messages, in the same run. Links smpp and smpp34.
#include "gateway/smpp/codec.h"
#include "gateway/smpp/framer.h"
#include "gateway/smpp/gsm_text.h"
#include "gateway/smpp/ussd.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>

extern "C" {
#include <libsmpp34/smpp34.h>
#include <libsmpp34/smpp34_structs.h>
// Needs the structures above.
#include <libsmpp34/smpp34_params.h>
}

using namespace tallyline::smpp;

namespace {

constexpr int rounds = 7;
volatile std::size_t sink = 0; // what is computed is used

// The best of several rounds: what the machine can do, less what else it did meanwhile.
template <class Work> double ns_each(int times, Work work) {
  double best = 1e18;
  for (int r = 0; r < rounds; ++r) {
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < times; ++i)
      work();
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    best = std::min(best, took.count() / times);
  }
  return best;
}

void line(const char* what, double own, double theirs) {
  std::printf("%-34s %8.0f ns %8.0f ns %7.1fx\n", what, own, theirs, theirs / own);
}
void line(const char* what, double own) { std::printf("%-34s %8.0f ns\n", what, own); }

constexpr std::string_view page = "Station 1204: ballots in the box? 0 back, 00 home";

message example(const buffer& text) {
  message m;
  m.source_ton = m.destination_ton = m.source_npi = m.destination_npi = 1;
  m.source = "140";
  m.destination = "989121234567";
  m.data_coding = 0x0F;
  m.text = text;
  static buffer tlvs;
  write_ussd(standard_dialect, m, {77 << 8, 3, ussd_event::reply, {}}, tlvs);
  return m;
}

submit_sm_t as_theirs(const message& m) {
  submit_sm_t p{};
  p.command_id = SUBMIT_SM;
  p.sequence_number = 5;
  const auto set = [](std::uint8_t* field, std::string_view s) { std::memcpy(field, s.data(), s.size()); };
  set(p.service_type, m.service_type);
  set(p.source_addr, m.source);
  set(p.destination_addr, m.destination);
  p.source_addr_ton = p.dest_addr_ton = p.source_addr_npi = p.dest_addr_npi = 1;
  p.data_coding = m.data_coding;
  p.sm_length = static_cast<std::uint8_t>(m.text.size());
  std::memcpy(p.short_message, m.text.data(), m.text.size());
  return p;
}

void add_tlvs(submit_sm_t& p, const message& m) {
  tlv_t t{};
  t.tag = TLVID_ussd_service_op;
  t.length = 1;
  t.value.octet[0] = *m.ussd_service_op;
  build_tlv(&p.tlv, &t);
  t.tag = TLVID_its_session_info;
  t.length = 2;
  t.value.val16 = static_cast<std::uint16_t>((*m.its_session_info)[0] << 8 | (*m.its_session_info)[1]);
  build_tlv(&p.tlv, &t);
}

void pack_with_both(const message& m) {
  buffer out;
  const double own = ns_each(200000, [&] {
    out.clear();
    append_message(out, command::submit_sm, 5, m);
    sink = sink + out.size();
  });
  submit_sm_t p = as_theirs(m);
  std::uint8_t octets[1024];
  const double theirs = ns_each(20000, [&] {
    int length = 0;
    add_tlvs(p, m);
    smpp34_pack(SUBMIT_SM, octets, sizeof(octets), &length, &p);
    destroy_tlv(p.tlv);
    p.tlv = nullptr;
    sink = sink + static_cast<std::size_t>(length);
  });
  line("submit_sm, write", own, theirs);
}

void unpack_with_both(const char* what, command id, const buffer& pdu) {
  const auto body = std::span<const std::uint8_t>(pdu).subspan(header_size);
  const double own = ns_each(200000, [&] {
    const auto m = read_message(id, body);
    sink = sink + (*m).text.size() + (*m).source.size();
  });
  union {
    submit_sm_t submit;
    deliver_sm_t deliver;
  } p;
  const double theirs = ns_each(20000, [&] {
    std::memset(&p, 0, sizeof(p));
    smpp34_unpack(static_cast<std::uint32_t>(id), &p, pdu.data(), static_cast<int>(pdu.size()));
    tlv_t* tlvs = id == command::submit_sm ? p.submit.tlv : p.deliver.tlv;
    destroy_tlv(tlvs);
    sink = sink + p.submit.sm_length;
  });
  line(what, own, theirs);
}

void response_with_both() {
  buffer out;
  const double own = ns_each(200000, [&] {
    out.clear();
    append_message_response(out, command::deliver_sm_resp, 5, status::ok);
    sink = sink + out.size();
  });
  std::uint8_t octets[64];
  const double theirs = ns_each(20000, [&] {
    deliver_sm_resp_t p{};
    p.command_id = DELIVER_SM_RESP;
    p.sequence_number = 5;
    int length = 0;
    smpp34_pack(DELIVER_SM_RESP, octets, sizeof(octets), &length, &p);
    sink = sink + static_cast<std::size_t>(length);
  });
  line("deliver_sm_resp, write", own, theirs);
}

void text_and_frames(const buffer& pdu) {
  buffer coded;
  std::string utf8;
  line("page of 49 to GSM-7", ns_each(200000, [&] {
         coded.clear();
         sink = sink + encode_text(page, coded);
       }));
  line("the same back to UTF-8", ns_each(200000, [&] {
         utf8.clear();
         append_utf8(coded, alphabet::gsm7, utf8);
         sink = sink + utf8.size();
       }));
  buffer stream;
  for (int i = 0; i < 100; ++i)
    stream.insert(stream.end(), pdu.begin(), pdu.end());
  framer f;
  line("framer, a PDU of a read of 100", ns_each(2000, [&] {
                                           std::ranges::copy(stream, f.room(stream.size()).begin());
                                           f.filled(stream.size());
                                           std::span<const std::uint8_t> one;
                                           while (f.next(one) == framer::verdict::pdu)
                                             sink = sink + one.size();
                                         }) / 100);
}

} // namespace

int main() {
  buffer text;
  append_gsm7(page, text);
  const message m = example(text);
  buffer submit, deliver;
  append_message(submit, command::submit_sm, 5, m);
  append_message(deliver, command::deliver_sm, 5, m);
  std::printf("%-34s %11s %11s\n", "", "tallyline", "libsmpp34");
  unpack_with_both("deliver_sm, read", command::deliver_sm, deliver);
  unpack_with_both("submit_sm, read", command::submit_sm, submit);
  pack_with_both(m);
  response_with_both();
  text_and_frames(deliver);
}
