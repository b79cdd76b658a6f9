#include "gateway/share.h"

#include <cstdlib>
#include <fmt/format.h>
#include <stdexcept>
#include <vector>

namespace tallyline::gateway {

std::filesystem::path shared_file(std::string_view inside) {
  namespace fs = std::filesystem;
  std::vector<fs::path> places;
  if (const char* set = std::getenv("TALLYLINE_SHARE"); set && *set) {
    places.emplace_back(set);
  } else {
    std::error_code failed;
    const fs::path self = fs::read_symlink("/proc/self/exe", failed);
    if (!failed) places.push_back(self.parent_path().parent_path() / "share" / "tallyline");
    places.emplace_back(TALLYLINE_SOURCE_DIR);
  }
  std::string tried;
  for (const fs::path& place : places) {
    if (std::error_code failed; fs::exists(place / inside, failed)) return place / inside;
    tried += fmt::format("\n  {}", (place / inside).string());
  }
  throw std::runtime_error(fmt::format(
      "{} is not where it should be; set TALLYLINE_SHARE to tallyline's share folder. Looked at:{}", inside, tried));
}

} // namespace tallyline::gateway
