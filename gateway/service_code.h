// The part of a dial string that names the service: "140" of "*140#", "*140*1*120#" and "140".
#pragma once

#include <string_view>

namespace tallyline::gateway {

inline std::string_view service_code(std::string_view dialled) {
  while (!dialled.empty() && (dialled.front() == '*' || dialled.front() == '#'))
    dialled.remove_prefix(1);
  return dialled.substr(0, dialled.find_first_of("*#"));
}

} // namespace tallyline::gateway
