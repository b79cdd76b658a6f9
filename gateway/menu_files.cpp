#include "gateway/menu_files.h"

#include "gateway/service_code.h"
#include "gateway/share.h"

#include <boost/json.hpp>
#include <chrono>
#include <fmt/format.h>
#include <sodium.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

std::string sha256(std::string_view text) {
  unsigned char hash[crypto_hash_sha256_BYTES];
  crypto_hash_sha256(hash, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  std::string hex;
  for (const unsigned char octet : hash)
    hex += fmt::format("{:02x}", octet);
  return hex;
}

menus::load_options shipped_texts() { return {shared_file("menus/scripts/texts.yaml").parent_path()}; }

} // namespace

menus::load_result load_menu(const std::filesystem::path& file) { return menus::load_script(file, shipped_texts()); }

std::string told(const std::vector<menus::diagnostic>& problems) {
  std::string all;
  for (const auto& p : problems)
    all += menus::to_string(p) + '\n';
  return all;
}

std::vector<live_menu> load_menus(const std::vector<std::filesystem::path>& files) {
  std::vector<live_menu> out;
  std::string wrong;
  for (const auto& file : files) {
    menus::load_result loaded = load_menu(file);
    if (!loaded) {
      wrong += told(loaded.problems);
      continue;
    }
    const std::string digest = digest_of(loaded);
    out.push_back({std::shared_ptr<const menus::script>(std::move(loaded.menu)), digest, nullptr});
  }
  if (!wrong.empty()) throw std::runtime_error(wrong + "nothing was loaded");
  return out;
}

std::string bundle_of(const menus::load_result& loaded) {
  boost::json::array files;
  for (std::size_t f = 0; f < loaded.texts->size(); ++f) {
    // The script itself by its bare name: the same files in another folder are the same version.
    const auto& file = (*loaded.texts)[f];
    files.push_back(
        boost::json::array{f ? file.name : std::filesystem::path(file.name).filename().string(), file.text});
  }
  return boost::json::serialize(files);
}

std::string digest_of(const menus::load_result& loaded) {
  return sha256(loaded.texts->size() == 1 ? (*loaded.texts)[0].text : bundle_of(loaded));
}

std::vector<std::pair<std::string, std::string>> files_of(const std::string& bundle) {
  std::vector<std::pair<std::string, std::string>> files;
  boost::system::error_code failed;
  const auto json = boost::json::parse(bundle, failed);
  if (failed || !json.is_array()) return files;
  for (const auto& entry : json.get_array()) {
    const auto* pair = entry.if_array();
    if (!pair || pair->size() != 2 || !(*pair)[0].is_string() || !(*pair)[1].is_string()) return {};
    files.emplace_back((*pair)[0].get_string(), (*pair)[1].get_string());
  }
  return files;
}

menus::load_result load_bundle(const std::string& bundle) {
  const auto files = files_of(bundle);
  if (files.empty()) return {};
  auto options = shipped_texts();
  options.include = [&](std::string_view name) -> std::optional<std::string> {
    for (std::size_t f = 1; f < files.size(); ++f)
      if (files[f].first == name) return files[f].second;
    return std::nullopt;
  };
  return menus::load_script_text(files.front().second, files.front().first, options);
}

std::int64_t now_ms() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

storage::menu_version version_of(const menus::load_result& loaded, std::string by, std::string note) {
  storage::menu_version v;
  v.menu = loaded.menu->name;
  v.digest = digest_of(loaded);
  v.bundle = bundle_of(loaded);
  v.by = std::move(by);
  v.note = std::move(note);
  v.time_ms = now_ms();
  return v;
}

std::string same_code(const std::vector<storage::menu_version>& in_service, const menus::script& script) {
  for (const auto& v : in_service) {
    const auto other = load_bundle(v.bundle);
    if (v.menu == script.name || !other) continue;
    for (const auto& theirs : {other.menu->dial, other.menu->training})
      for (const auto& ours : {script.dial, script.training})
        if (!ours.empty() && service_code(theirs) == service_code(ours)) return v.menu;
  }
  return {};
}

live_menu live_menu_of(const storage::menu_version& version) {
  auto loaded = load_bundle(version.bundle);
  if (!loaded)
    throw std::runtime_error(told(loaded.problems) +
                             fmt::format("version {} of '{}' can no longer be read", version.number, version.menu));
  live_menu m{std::shared_ptr<const menus::script>(std::move(loaded.menu)), version.digest, nullptr};
  m.number = version.number;
  return m;
}

} // namespace tallyline::gateway
