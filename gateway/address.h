// Addresses of SMPP as numbers: MSISDNs are E.164 digits without a plus.
#pragma once

#include "gateway/smpp/pdu.h"

#include <charconv>
#include <cstdint>
#include <string_view>

namespace tallyline::gateway {

inline constexpr std::uint8_t ton_international = 1, npi_isdn = 1; // SMPP 3.4 5.2.5, 5.2.6

// Digits of an MSISDN, with or without a plus or 00; 0 when it is none. 15 digits are the most (ITU-T E.164).
inline std::uint64_t msisdn_of(std::string_view address) {
  if (address.starts_with('+'))
    address.remove_prefix(1);
  else if (address.starts_with("00"))
    address.remove_prefix(2);
  std::uint64_t n = 0;
  const auto [end, failed] = std::from_chars(address.data(), address.data() + address.size(), n);
  return failed == std::errc{} && end == address.data() + address.size() && address.size() <= 15 ? n : 0;
}

// From a code of ours to a subscriber.
inline void address(smpp::message& m, std::string_view code, std::string_view msisdn) {
  m.source = code;
  m.destination = msisdn;
  m.destination_ton = ton_international;
  m.destination_npi = npi_isdn;
}

} // namespace tallyline::gateway
