// The menu scripts that were put into service, each with a number, kept with all they were read from.
//
// Safe beside a running gateway: each call is one transaction on a connection of its own. A change of what is in
// service is an entry of the ledger. Any thread.
#pragma once

#include "storage/errors.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace tallyline::storage {

struct menu_version {
  std::string menu;         // the script's name
  std::int64_t number = 0;  // from 1, for each menu
  std::string digest;       // hex, as records name it
  std::string bundle;       // opaque here
  std::string by, note;     // who put it into service, and why
  std::int64_t time_ms = 0; // when, UTC ms
  bool live = false;        // the one in service; one for each menu
};

struct published {
  menu_version version;
  bool is_new = false; // false: it was in service already, and nothing was written
};

// Puts a script into service as the next version. `v.number` and `v.live` are not looked at.
boost::system::result<published> publish_menu(const std::filesystem::path& database, const menu_version& v);
// Takes a menu out of service, its versions stay. How many were in service: 0 or 1.
boost::system::result<int> retire_menu(const std::filesystem::path& database, const std::string& menu,
                                       const std::string& by, std::int64_t time_ms);
// In the order of menu and number; of one menu when it is named.
boost::system::result<std::vector<menu_version>> menu_versions(const std::filesystem::path& database,
                                                               const std::string& menu = {});
// Those in service.
boost::system::result<std::vector<menu_version>> live_menus(const std::filesystem::path& database);

} // namespace tallyline::storage
