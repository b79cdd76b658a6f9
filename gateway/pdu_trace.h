// The wire log of a gateway: every PDU as it came and left, in lines for people or as pcap for Wireshark. What a
// subscriber typed as a PIN, or may have, is masked.
//
// Network thread only. A file that cannot be written any more ends the log, not the gateway.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace tallyline::gateway {

class pdu_trace {
public:
  // pcap when the name ends in .pcap, lines otherwise. Throws std::runtime_error when it cannot be written.
  pdu_trace(const std::filesystem::path& file, std::vector<std::string> bind_names);

  void pdu(std::uint32_t bind, bool outgoing, std::span<const std::uint8_t> octets);
  // What leaves for this number from now on for a minute shows no text: a PIN that was drawn is in it.
  void hide_to(std::uint64_t msisdn);
  // A message's PDU is held back with all that follows it until it is known whether its text is a secret.
  void settled(bool secret);

private:
  struct held {
    std::uint32_t bind;
    bool outgoing;
    std::int64_t us; // since 1970
    std::vector<std::uint8_t> octets;
  };
  void hide(held& h);
  void write(const held& h);
  void write_line(const held& h);
  void write_packet(const held& h);

  std::ofstream out_;
  bool pcap_;
  std::vector<std::string> names_;
  std::vector<held> held_;
  bool holding_ = false;
  struct hidden {
    std::uint64_t msisdn;
    std::int64_t until_us;
  };
  std::vector<hidden> hidden_; // few
  struct stream {
    std::uint32_t in = 1, out = 1; // TCP sequence numbers of the made-up connection
  };
  std::vector<stream> streams_;
};

} // namespace tallyline::gateway
