// The menu scripts that were put into service, each with a number, kept with all they were read from, and the policy by
// which they may change: a second person's approval, and a freeze for the polling days. The policy is enforced here, so
// that no command goes round it.
//
// Safe beside a running gateway: each call is one transaction on a connection of its own. A change of what is in
// service, and of the policy, is an entry of the ledger. Any thread.
#pragma once

#include "storage/errors.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::storage {

enum class menu_state : std::uint8_t {
  earlier = 0,
  in_service = 1, // one for each menu
  proposed = 2,   // waits for another person's approval
  scheduled = 3,  // waits for its time
  withdrawn = 4,
};

struct menu_version {
  std::string menu;         // the script's name
  std::int64_t number = 0;  // from 1, for each menu
  std::string digest;       // hex, as records name it
  std::string bundle;       // opaque here
  std::string by, note;     // who put it into service or proposed it, and why
  std::int64_t time_ms = 0; // when, UTC ms
  menu_state state = menu_state::earlier;
  std::string approved_by;  // by the policy, another person than `by`
  std::int64_t from_ms = 0; // in service from then on, UTC ms; 0: at once
  std::string in_freeze;    // why it had to be although menus are frozen; empty: it obeys the freeze
  bool live() const { return state == menu_state::in_service; }
};

struct menu_policy {
  bool approval = false;            // a version serves when a second person has approved it
  std::int64_t freeze_from_ms = 0;  // nothing changes from then, UTC ms,
  std::int64_t freeze_until_ms = 0; // to before then; equal: no freeze
  bool frozen(std::int64_t ms) const { return ms >= freeze_from_ms && ms < freeze_until_ms; }
  bool operator==(const menu_policy&) const = default;
};

boost::system::result<menu_policy> read_menu_policy(const std::filesystem::path& database);
// 1 when it was another one, 0 when nothing had to be written.
boost::system::result<int> set_menu_policy(const std::filesystem::path& database, const menu_policy& p,
                                           const std::string& by, std::int64_t time_ms);

struct published {
  menu_version version;
  bool is_new = false; // false: it was in service or waiting already, and nothing was written
};

// Puts a script into service as the next version, or proposes or schedules it, as the policy and `v.from_ms` say.
// `v.number` and `v.state` are not looked at; `v.time_ms` is now. errc::frozen.
boost::system::result<published> publish_menu(const std::filesystem::path& database, const menu_version& v);
// The second person's word for a proposed version; number 0: the latest of the menu. errc::no_version, same_person,
// frozen (unless `in_freeze` gives a reason).
boost::system::result<menu_version> approve_menu(const std::filesystem::path& database, const std::string& menu,
                                                 std::int64_t number, const std::string& by, std::int64_t time_ms,
                                                 const std::string& in_freeze = {});
// Takes back a version that is proposed or scheduled; number 0: the latest such. errc::no_version.
boost::system::result<menu_version> withdraw_menu(const std::filesystem::path& database, const std::string& menu,
                                                  std::int64_t number);
// Puts those into service whose time has come; one whose time fell into a freeze that was set later stays where it is.
// How many.
boost::system::result<int> switch_due_menus(const std::filesystem::path& database, std::int64_t now_ms);
// Takes a menu out of service, its versions stay. How many were in service: 0 or 1. errc::frozen as above.
boost::system::result<int> retire_menu(const std::filesystem::path& database, const std::string& menu,
                                       const std::string& by, std::int64_t time_ms, const std::string& in_freeze = {});
// In the order of menu and number; of one menu when it is named.
boost::system::result<std::vector<menu_version>> menu_versions(const std::filesystem::path& database,
                                                               const std::string& menu = {});
// Those in service.
boost::system::result<std::vector<menu_version>> live_menus(const std::filesystem::path& database);
// Those that wait for their time, the next one first.
boost::system::result<std::vector<menu_version>> scheduled_menus(const std::filesystem::path& database);

} // namespace tallyline::storage
