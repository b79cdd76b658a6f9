// `tallyline demo registration`: seven days of candidate registration in one process, on the real areas of Mazandaran.
//
// Counter offices and governorates take documents and register by USSD, terminal and report link, over two binds of
// which one breaks all the time; then the counties' boards decide. Ends with headquarters' reports, and says no when a
// figure is not what the generator knows (gateway/rehearsal/office_week.h has its assumptions).
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace tallyline::gateway {

struct registration_options {
  std::string folder = "tallyline-registration";
  std::uint64_t seed = 1;
  std::uint32_t candidates = 10'000, offices = 150;
  std::uint32_t at_once = 64;    // reports under way at the same time
  std::uint32_t flap_ms = 2000; // how often one of the two binds is cut, if it is there; 0: never
};

// Tables go to `out`, progress and talk to `err`. Returns 0 when every figure is right.
int run_registration(const registration_options& options, std::ostream& out, std::ostream& err);

} // namespace tallyline::gateway
