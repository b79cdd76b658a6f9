// `tallyline demo`: a whole election night in one process, on the real figures of Georgia's presidential election of
// 2013: every polling station phones in its turnout at 12:00, at 17:00, and its count. Ends with the national table
// beside the source's totals, and says no when a single figure differs.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <string>

namespace tallyline::gateway {

struct demo_options {
  std::string folder = "tallyline-demo";
  std::uint32_t concurrent = 200;
  bool serve = false;
};

// Tables go to `out`, progress and talk to `err`. Returns 0 when every figure is right.
int run_demo(const demo_options& options, std::ostream& out, std::ostream& err);

} // namespace tallyline::gateway
