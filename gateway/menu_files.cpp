#include "gateway/menu_files.h"

#include "gateway/share.h"
#include "menus/script.h"

#include <fmt/format.h>
#include <fstream>
#include <sodium.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

std::string digest_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::string hex;
  for (const unsigned char octet : hash)
    hex += fmt::format("{:02x}", octet);
  return hex;
}

} // namespace

std::vector<live_menu> load_menus(const std::vector<std::filesystem::path>& files) {
  const menus::load_options options{shared_file("menus/scripts/texts.yaml").parent_path()};
  std::vector<live_menu> out;
  std::string wrong;
  for (const auto& file : files) {
    menus::load_result loaded = menus::load_script(file, options);
    for (const auto& problem : loaded.problems)
      if (!loaded) wrong += menus::to_string(problem) + '\n';
    if (loaded) out.push_back({std::shared_ptr<const menus::script>(std::move(loaded.menu)), digest_of(file), nullptr});
  }
  if (!wrong.empty()) throw std::runtime_error(wrong + "nothing was loaded");
  return out;
}

} // namespace tallyline::gateway
