#include "gateway/rehearsal/demo_folder.h"

#include "storage/import.h"

#include <fmt/format.h>
#include <fstream>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

namespace fs = std::filesystem;
constexpr std::string_view marker = "tallyline-demo-folder"; // only a folder of the demo's own is emptied

} // namespace

fs::path fresh_demo_folder(const fs::path& folder) {
  if (fs::exists(folder) && !fs::is_empty(folder) && !fs::exists(folder / marker))
    throw std::runtime_error(
        fmt::format("{} is not empty and not the demo's: name another folder with --data", folder.string()));
  fs::remove_all(folder);
  fs::create_directories(folder);
  std::ofstream(folder / marker) << "Made anew by each `tallyline demo`.\n";
  return folder;
}

void import_demo(const storage::pack& p, const fs::path& database, std::int64_t time_ms) {
  if (const auto done = storage::import_pack(database, p, time_ms); !done)
    throw std::runtime_error(done.error().message());
}

std::string progress_bar(double part) {
  constexpr int width = 40;
  std::string out;
  for (int i = 0; i < width; ++i)
    out += i < int(part * width) ? "█" : "░";
  return out;
}

} // namespace tallyline::gateway
