// What the commands that change or show menu versions have in common.
#pragma once

#include "storage/menu_versions.h"

#include <filesystem>
#include <fmt/format.h>
#include <stdexcept>
#include <string>
#include <string_view>

namespace tallyline::gateway {

template <class T> T need(boost::system::result<T> got, const std::string& database) {
  if (!got) throw std::runtime_error(fmt::format("{}: {}", database, got.error().message()));
  return std::move(*got);
}

struct version_name {
  std::string menu;
  std::int64_t number = 0; // 0: not said
};
// "polling" or "polling@2".
version_name version_named(const std::string& word);
// The one in service when no number is said.
storage::menu_version version_at(const std::string& database, const version_name& name);

// The clock on the wall of the database's election.
class election_clock {
public:
  explicit election_clock(const std::string& database);
  ~election_clock();
  // "2026-06-12 07:00"; throws std::runtime_error.
  std::int64_t unix_ms_of(const std::string& text) const;
  std::string text_of(std::int64_t unix_ms) const;

private:
  struct inside;
  std::unique_ptr<inside> inside_;
};

} // namespace tallyline::gateway
