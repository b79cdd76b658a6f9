#include "gateway/pdu_trace.h"

#include "gateway/address.h"

#include "gateway/smpp/codec.h"
#include "gateway/smpp/describe.h"
#include "gateway/smpp/octets.h"

#include <algorithm>
#include <array>
#include <boost/date_time/posix_time/posix_time.hpp>
#include <chrono>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

// pcap 2.4 in this machine's byte order; 101: packets begin with an IP header.
struct pcap_head {
  std::uint32_t magic = 0xA1B2C3D4;
  std::uint16_t major = 2, minor = 4;
  std::int32_t zone = 0;
  std::uint32_t figures = 0, longest = 262144, link = 101;
};
struct packet_head {
  std::uint32_t s, us, kept, length;
};
constexpr std::size_t ip_tcp = 40;
constexpr std::uint16_t smsc_port = 2775, first_own_port = 20000;
constexpr std::size_t most_held = 4096;

std::int64_t now_us() {
  using namespace std::chrono;
  return duration_cast<microseconds>(system_clock::now().time_since_epoch()).count();
}

bool is_message(std::span<const std::uint8_t> pdu) {
  const auto id = smpp::read_header(pdu).id;
  return id == smpp::command::deliver_sm || id == smpp::command::data_sm;
}

// The gateway is 10.0.0.1, the SMSCs are 10.0.1.x: what a packet needs and this log does not know (RFC 791, RFC 9293).
std::array<std::uint8_t, ip_tcp> packet_before(std::size_t octets, std::uint32_t bind, bool outgoing,
                                               std::uint32_t from, std::uint32_t heard) {
  std::array<std::uint8_t, ip_tcp> p{0x45};
  smpp::put_u16(p.data() + 2, static_cast<std::uint16_t>(std::min<std::size_t>(ip_tcp + octets, 0xFFFF)));
  p[8] = 64; // time to live
  p[9] = 6;  // TCP
  const std::array<std::uint8_t, 4> own{10, 0, 0, 1}, smsc{10, 0, 1, static_cast<std::uint8_t>(bind + 1)};
  std::copy_n((outgoing ? own : smsc).begin(), 4, p.begin() + 12);
  std::copy_n((outgoing ? smsc : own).begin(), 4, p.begin() + 16);
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < 20; i += 2)
    sum += smpp::get_u16(p.data() + i);
  smpp::put_u16(p.data() + 10, static_cast<std::uint16_t>(~((sum & 0xFFFF) + (sum >> 16))));
  const auto ours = static_cast<std::uint16_t>(first_own_port + bind);
  smpp::put_u16(p.data() + 20, outgoing ? ours : smsc_port);
  smpp::put_u16(p.data() + 22, outgoing ? smsc_port : ours);
  smpp::put_u32(p.data() + 24, from);
  smpp::put_u32(p.data() + 28, heard);
  p[32] = 0x50; // a header of five words
  p[33] = 0x18; // PSH, ACK
  smpp::put_u16(p.data() + 34, 0xFFFF);
  return p;
}

} // namespace

pdu_trace::pdu_trace(const std::filesystem::path& file, std::vector<std::string> bind_names)
    : out_(file, std::ios::binary), pcap_(file.extension() == ".pcap"), names_(std::move(bind_names)),
      streams_(names_.size()) {
  if (!out_) throw std::runtime_error(file.string() + " cannot be written: no PDUs can be logged there");
  const pcap_head head;
  if (pcap_) out_.write(reinterpret_cast<const char*>(&head), sizeof head);
}

void pdu_trace::hide_to(std::uint64_t msisdn) { hidden_.push_back({msisdn, now_us() + 60'000'000}); }

void pdu_trace::hide(held& h) {
  const auto id = smpp::read_header(h.octets).id;
  if (id != smpp::command::submit_sm && id != smpp::command::data_sm) return;
  const auto m = smpp::read_message(id, std::span(h.octets).subspan(smpp::header_size));
  std::erase_if(hidden_, [&](const hidden& one) { return one.until_us < h.us; });
  if (!m || std::any_of(hidden_.begin(), hidden_.end(),
                        [&](const hidden& one) { return one.msisdn == msisdn_of(m->destination); }))
    smpp::mask_text(h.octets);
}

void pdu_trace::pdu(std::uint32_t bind, bool outgoing, std::span<const std::uint8_t> octets) {
  if (!outgoing && holding_) settled(true); // the one before was refused: nobody knows what its text was
  held_.push_back({bind, outgoing, now_us(), {octets.begin(), octets.end()}});
  if (outgoing && !hidden_.empty()) hide(held_.back());
  holding_ = holding_ || (!outgoing && is_message(octets));
  if (!holding_)
    settled(false);
  else if (held_.size() > most_held)
    settled(true);
}

void pdu_trace::settled(bool secret) {
  for (auto& h : held_) {
    if (secret && !h.outgoing) smpp::mask_text(h.octets);
    if (h.outgoing) smpp::mask_password(h.octets);
    write(h);
  }
  held_.clear();
  holding_ = false;
}

void pdu_trace::write(const held& h) {
  if (!out_) return;
  pcap_ ? write_packet(h) : write_line(h);
  if (!out_.flush()) spdlog::error("the PDU log cannot be written any more; the gateway goes on without it");
}

void pdu_trace::write_line(const held& h) {
  using namespace boost::posix_time;
  const auto at = ptime(boost::gregorian::date(1970, 1, 1)) + microseconds(h.us);
  out_ << fmt::format("{}Z {} {} {}\n", to_iso_extended_string(at), names_[h.bind], h.outgoing ? "→" : "←",
                      smpp::describe_pdu(h.octets));
}

void pdu_trace::write_packet(const held& h) {
  auto& s = streams_[h.bind];
  const auto head =
      packet_before(h.octets.size(), h.bind, h.outgoing, h.outgoing ? s.out : s.in, h.outgoing ? s.in : s.out);
  (h.outgoing ? s.out : s.in) += static_cast<std::uint32_t>(h.octets.size());
  const auto length = static_cast<std::uint32_t>(head.size() + h.octets.size());
  const packet_head packet{static_cast<std::uint32_t>(h.us / 1'000'000), static_cast<std::uint32_t>(h.us % 1'000'000),
                           length, length};
  out_.write(reinterpret_cast<const char*>(&packet), sizeof packet);
  out_.write(reinterpret_cast<const char*>(head.data()), static_cast<std::streamsize>(head.size()));
  out_.write(reinterpret_cast<const char*>(h.octets.data()), static_cast<std::streamsize>(h.octets.size()));
}

} // namespace tallyline::gateway
