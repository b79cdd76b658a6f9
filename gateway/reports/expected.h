// Which reports are expected: for each form and each station (office, area) that it is about, a record for each
// combination of its key's other parts, as far as the script names them: fixed choices, and the contests held there.
//
// A form with a part in its key that nobody can know before (a number, a time, a text) is expected of nobody, nor is
// one that says `expected: false`. Pure; built once for a report.
#pragma once

#include "gateway/election_world.h"
#include "menus/model.h"
#include "storage/election.h"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::gateway {

struct expected_part {
  std::string part;                   // of the key behind the scope, as joined_key writes it: "12:00", "president"
  std::vector<std::uint32_t> where;   // which scopes, ascending: indices of stations, offices or areas
  std::int64_t due_minute = whenever; // local minutes since 1970
  static constexpr std::int64_t whenever = INT64_MIN;
};

struct expected_form {
  std::shared_ptr<const menus::script> menu;
  std::size_t form = 0; // in the menu
  std::vector<expected_part> parts;
  const menus::form& what() const { return menu->forms[form]; }
};

// The forms of these scripts, in their order.
std::vector<expected_form> expected_of(const std::vector<std::shared_ptr<const menus::script>>& menus,
                                       const election_world& world);

// When a form of these scripts closes by its own deadline, UTC ms; none when it does not, or is not theirs.
std::optional<std::int64_t> closes_ms(const std::vector<std::shared_ptr<const menus::script>>& menus,
                                      std::string_view form, const election_world& world);

// Scopes of a noun, by index: codes and names, the area they lie in, how many there are.
std::size_t scopes_of(const storage::election& e, menus::noun what);
std::string_view code_of_scope(const storage::election& e, menus::entity scope);
std::string_view name_of_scope(const storage::election& e, menus::entity scope);
std::uint32_t area_of_scope(const storage::election& e, menus::entity scope);
// By its code, or none.
std::uint32_t scope_by_code(const storage::election& e, menus::noun what, std::string_view code);
// The people of a role by the scope that they answer for: a list for each scope.
std::vector<std::vector<std::uint32_t>> people_of(const storage::election& e, menus::noun what, std::string_view role);

} // namespace tallyline::gateway
