// Random messages packed by us and unpacked by libsmpp34, and the other way round: equal field by field.
#include "gateway/smpp/codec.h"
#include "gateway/smpp/octets.h"
#include "tests/gateway/smpp/octets_of.h"

#include <doctest/doctest.h>
#include <random>

extern "C" {
#include <libsmpp34/smpp34.h>
#include <libsmpp34/smpp34_structs.h>
// Needs the structures above.
#include <libsmpp34/smpp34_params.h>
}

using namespace tallyline::smpp;
using namespace tallyline::smpp::test;

namespace {

constexpr int rounds = 4000;

// Both give libsmpp34's own words on a failure, so that the failing field is seen; nothing on success.
template <class T> std::string unpack(command id, T& pdu, const buffer& b) {
  const int failed = smpp34_unpack(static_cast<std::uint32_t>(id), &pdu, b.data(), static_cast<int>(b.size()));
  return failed ? smpp34_strerror : "";
}
template <class T> std::string pack(command id, T& pdu, buffer& b) {
  b.resize(2048);
  int length = 0;
  const int failed = smpp34_pack(static_cast<std::uint32_t>(id), b.data(), static_cast<int>(b.size()), &length, &pdu);
  b.resize(static_cast<std::size_t>(length));
  return failed ? smpp34_strerror : "";
}

std::mt19937 random_source(34);

unsigned below(unsigned n) { return static_cast<unsigned>(random_source() % n); }
std::uint8_t octet() { return static_cast<std::uint8_t>(below(256)); }

std::string word(std::size_t max) {
  std::string s(below(static_cast<unsigned>(max + 1)), ' ');
  for (char& c : s)
    c = static_cast<char>('!' + below(94));
  return s;
}

buffer blob(std::size_t max) {
  buffer b(below(static_cast<unsigned>(max + 1)));
  for (auto& o : b)
    o = octet();
  return b;
}

// A message together with what its views point to.
struct owned_message {
  std::string service_type = word(5), source = word(20), destination = word(20);
  buffer text_octets = blob(253), tlvs; // libsmpp34 packs no 254, which 5.2.21 allows
  message m;

  owned_message() {
    m.service_type = service_type;
    m.source = source;
    m.destination = destination;
    m.text = text_octets;
    // libsmpp34 takes no other types of number and numbering plans than those that 5.2.5 and 5.2.6 list; we do.
    constexpr std::array<std::uint8_t, 10> plans = {0, 1, 3, 4, 6, 8, 9, 10, 14, 18};
    for (auto* field : {&m.source_ton, &m.destination_ton})
      *field = static_cast<std::uint8_t>(below(7));
    for (auto* field : {&m.source_npi, &m.destination_npi})
      *field = plans[below(plans.size())];
    for (auto* field : {&m.esm_class, &m.protocol_id, &m.priority, &m.registered_delivery, &m.data_coding})
      *field = octet();
    if (below(2)) m.ussd_service_op = octet();
    if (below(2)) m.its_session_info = {octet(), octet()};
    if (below(2)) m.user_message_reference = static_cast<std::uint16_t>(below(65536));
    for (const std::uint16_t t :
         {0x020A, 0x000D, 0x1403, 0x0381}) // source_port, source_addr_subunit, an operator's, callback_num
      if (below(3) == 0) add_raw(t);
    m.tlvs = tlvs;
  }

  void add_raw(std::uint16_t t) {
    const std::size_t size = t == 0x020A ? 2 : t == 0x000D ? 1 : t == 0x0381 ? 4 + below(16) : 1 + below(30);
    std::uint8_t head[4];
    put_u16(put_u16(head, t), static_cast<std::uint16_t>(size));
    tlvs.insert(tlvs.end(), head, head + 4);
    for (std::size_t i = 0; i < size; ++i)
      tlvs.push_back(octet());
  }
};

std::string string_of(const std::uint8_t* field) { return reinterpret_cast<const char*>(field); }

// A TLV of libsmpp34 as its octets: it holds numbers in host order.
buffer value_of(const tlv_t& t) {
  const bool number16 =
      t.tag == TLVID_user_message_reference || t.tag == TLVID_its_session_info || t.tag == TLVID_source_port;
  if (number16) return {static_cast<std::uint8_t>(t.value.val16 >> 8), static_cast<std::uint8_t>(t.value.val16)};
  return {t.value.octet, t.value.octet + t.length};
}

const tlv_t* find(const tlv_t* list, std::uint16_t t) {
  while (list && list->tag != t)
    list = list->next;
  return list;
}

std::size_t count(const tlv_t* list) {
  std::size_t n = 0;
  for (; list; list = list->next)
    ++n;
  return n;
}

void check_tlv(const tlv_t* list, std::uint16_t t, const std::optional<buffer>& expected) {
  const tlv_t* found = find(list, t);
  REQUIRE((found != nullptr) == expected.has_value());
  if (expected) REQUIRE(value_of(*found) == *expected);
}

template <class T> void check_addresses(const T& pdu, const message& m) {
  REQUIRE(string_of(pdu.service_type) == m.service_type);
  REQUIRE(pdu.source_addr_ton == m.source_ton);
  REQUIRE(pdu.source_addr_npi == m.source_npi);
  REQUIRE(string_of(pdu.source_addr) == m.source);
  REQUIRE(pdu.dest_addr_ton == m.destination_ton);
  REQUIRE(pdu.dest_addr_npi == m.destination_npi);
  REQUIRE(string_of(pdu.destination_addr) == m.destination);
  REQUIRE(pdu.esm_class == m.esm_class);
  REQUIRE(pdu.registered_delivery == m.registered_delivery);
  REQUIRE(pdu.data_coding == m.data_coding);
}

void check_text(const submit_sm_t& pdu, const message& m) {
  REQUIRE(pdu.protocol_id == m.protocol_id);
  REQUIRE(pdu.priority_flag == m.priority);
  REQUIRE(buffer(pdu.short_message, pdu.short_message + pdu.sm_length) == buffer(m.text.begin(), m.text.end()));
}
void check_text(const deliver_sm_t& pdu, const message& m) {
  REQUIRE(pdu.protocol_id == m.protocol_id);
  REQUIRE(pdu.priority_flag == m.priority);
  REQUIRE(buffer(pdu.short_message, pdu.short_message + pdu.sm_length) == buffer(m.text.begin(), m.text.end()));
}
void check_text(const data_sm_t& pdu, const message& m) {
  check_tlv(pdu.tlv, TLVID_message_payload,
            m.text.empty() ? std::optional<buffer>{} : buffer(m.text.begin(), m.text.end()));
}

void check_tlvs(const tlv_t* list, const message& m) {
  std::optional<buffer> op, session, reference;
  if (m.ussd_service_op) op = buffer{*m.ussd_service_op};
  if (m.its_session_info) session = buffer(m.its_session_info->begin(), m.its_session_info->end());
  if (m.user_message_reference) {
    reference = buffer(2);
    put_u16(reference->data(), *m.user_message_reference);
  }
  check_tlv(list, TLVID_ussd_service_op, op);
  check_tlv(list, TLVID_its_session_info, session);
  check_tlv(list, TLVID_user_message_reference, reference);
  cursor raw(m.tlvs);
  std::uint16_t t = 0, length = 0;
  std::span<const std::uint8_t> value;
  std::size_t others = 0;
  for (; raw.u16(t) && raw.u16(length) && raw.take(length, value); ++others)
    check_tlv(list, t, buffer(value.begin(), value.end()));
  const std::size_t payload = find(list, TLVID_message_payload) ? 1 : 0;
  REQUIRE(count(list) == others + payload + op.has_value() + session.has_value() + reference.has_value());
}

template <class T> void we_write_it_reads(command id) {
  for (int i = 0; i < rounds; ++i) {
    const owned_message o;
    buffer b;
    const auto sequence = 1 + below(0x7FFFFFFF);
    append_message(b, id, sequence, o.m);
    T pdu{};
    REQUIRE(unpack(id, pdu, b) == "");
    REQUIRE(pdu.command_length == b.size());
    REQUIRE(pdu.command_id == static_cast<std::uint32_t>(id));
    REQUIRE(pdu.sequence_number == sequence);
    check_addresses(pdu, o.m);
    check_text(pdu, o.m);
    check_tlvs(pdu.tlv, o.m);
    if (pdu.tlv) destroy_tlv(pdu.tlv);
  }
}

template <std::size_t N> void set(std::uint8_t (&field)[N], std::string_view s) { put_c_string(field, s, N); }

void add(tlv_t*& list, std::uint16_t t, std::span<const std::uint8_t> value) {
  tlv_t one{};
  one.tag = t;
  one.length = static_cast<std::uint16_t>(value.size());
  const bool number16 = t == TLVID_user_message_reference || t == TLVID_its_session_info || t == TLVID_source_port;
  if (number16)
    one.value.val16 = get_u16(value.data());
  else
    std::copy(value.begin(), value.end(), one.value.octet);
  REQUIRE(build_tlv(&list, &one) == 0);
}

void add_all(tlv_t*& list, const message& m) {
  if (m.ussd_service_op) add(list, TLVID_ussd_service_op, std::array{*m.ussd_service_op});
  if (m.its_session_info) add(list, TLVID_its_session_info, *m.its_session_info);
  if (m.user_message_reference) {
    std::array<std::uint8_t, 2> reference{};
    put_u16(reference.data(), *m.user_message_reference);
    add(list, TLVID_user_message_reference, reference);
  }
  cursor raw(m.tlvs);
  std::uint16_t t = 0, length = 0;
  std::span<const std::uint8_t> value;
  while (raw.u16(t) && raw.u16(length) && raw.take(length, value))
    add(list, t, value);
}

template <class T> void fill_addresses(T& pdu, command id, const message& m) {
  pdu.command_id = static_cast<std::uint32_t>(id);
  pdu.sequence_number = 1 + below(0x7FFFFFFF);
  set(pdu.service_type, m.service_type);
  pdu.source_addr_ton = m.source_ton;
  pdu.source_addr_npi = m.source_npi;
  set(pdu.source_addr, m.source);
  pdu.dest_addr_ton = m.destination_ton;
  pdu.dest_addr_npi = m.destination_npi;
  set(pdu.destination_addr, m.destination);
  pdu.esm_class = m.esm_class;
  pdu.registered_delivery = m.registered_delivery;
  pdu.data_coding = m.data_coding;
}

template <class T> void fill_text(T& pdu, const message& m) {
  if constexpr (requires { pdu.sm_length; }) {
    pdu.protocol_id = m.protocol_id;
    pdu.priority_flag = m.priority;
    pdu.sm_length = static_cast<std::uint8_t>(m.text.size());
    std::copy(m.text.begin(), m.text.end(), pdu.short_message);
  } else if (!m.text.empty()) {
    add(pdu.tlv, TLVID_message_payload, m.text);
  }
}

void check_same(const message& a, const message& b) {
  REQUIRE(a.service_type == b.service_type);
  REQUIRE(a.source_ton == b.source_ton);
  REQUIRE(a.source_npi == b.source_npi);
  REQUIRE(a.source == b.source);
  REQUIRE(a.destination_ton == b.destination_ton);
  REQUIRE(a.destination_npi == b.destination_npi);
  REQUIRE(a.destination == b.destination);
  REQUIRE(a.esm_class == b.esm_class);
  REQUIRE(a.registered_delivery == b.registered_delivery);
  REQUIRE(a.data_coding == b.data_coding);
  REQUIRE(text(a.text) == text(b.text));
  REQUIRE(a.ussd_service_op == b.ussd_service_op);
  REQUIRE(a.its_session_info == b.its_session_info);
  REQUIRE(a.user_message_reference == b.user_message_reference);
}

template <class T> void it_writes_we_read(command id) {
  for (int i = 0; i < rounds; ++i) {
    const owned_message o;
    T pdu{};
    fill_addresses(pdu, id, o.m);
    fill_text(pdu, o.m);
    add_all(pdu.tlv, o.m);
    buffer b;
    REQUIRE(pack(id, pdu, b) == "");
    if (pdu.tlv) destroy_tlv(pdu.tlv);
    REQUIRE(read_header(b).length == b.size());
    REQUIRE(read_header(b).sequence == pdu.sequence_number);
    const auto m = read_message(id, body(b));
    REQUIRE(m.has_value());
    check_same(*m, o.m);
    if constexpr (requires { pdu.sm_length; }) {
      REQUIRE((*m).protocol_id == o.m.protocol_id);
      REQUIRE((*m).priority == o.m.priority);
    }
    buffer again; // and what we read we write with the same content
    append_message(again, id, 1, *m);
    REQUIRE(again.size() == b.size());
  }
}

template <class T> void responses_agree(command id) {
  for (int i = 0; i < rounds; ++i) {
    const std::string message_id = word(64);
    const auto s = below(2) ? status::ok : status::message_queue_full;
    buffer b;
    append_message_response(b, id, 1 + below(1000), s, message_id);
    T pdu{};
    REQUIRE(unpack(id, pdu, b) == "");
    REQUIRE(pdu.command_status == static_cast<std::uint32_t>(s));
    buffer packed;
    REQUIRE(pack(id, pdu, packed) == "");
    const auto back = read_message_id(body(packed));
    REQUIRE(back.has_value());
    if (id == command::submit_sm_resp && s == status::ok) REQUIRE(*back == message_id);
  }
}

} // namespace

TEST_CASE("Libsmpp34ReadsWhatWeWriteFieldByField") {
  we_write_it_reads<submit_sm_t>(command::submit_sm);
  we_write_it_reads<deliver_sm_t>(command::deliver_sm);
  we_write_it_reads<data_sm_t>(command::data_sm);
}

TEST_CASE("WeReadWhatLibsmpp34WritesFieldByField") {
  it_writes_we_read<submit_sm_t>(command::submit_sm);
  it_writes_we_read<deliver_sm_t>(command::deliver_sm);
  it_writes_we_read<data_sm_t>(command::data_sm);
}

TEST_CASE("ResponsesMeanTheSameToUsAndToLibsmpp34") {
  responses_agree<submit_sm_resp_t>(command::submit_sm_resp);
  responses_agree<deliver_sm_resp_t>(command::deliver_sm_resp);
}

TEST_CASE("HeadersMeanTheSameToUsAndToLibsmpp34") {
  for (const command id : {command::enquire_link, command::enquire_link_resp, command::unbind, command::unbind_resp,
                           command::generic_nack}) {
    buffer b;
    append_header_only(b, id, 77, status::invalid_command_id);
    enquire_link_t pdu{};
    REQUIRE(unpack(id, pdu, b) == "");
    buffer packed;
    REQUIRE(pack(id, pdu, packed) == "");
    CHECK(packed == b);
  }
}
