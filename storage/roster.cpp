#include "storage/roster.h"

#include <utility>

namespace tallyline::storage {
namespace {

constexpr std::array<std::string_view, 6> act_names{"",         "reset_pin",      "replace_phone",
                                                "delegate", "end_delegation", "unlock"};

// Their name, if the number is known in another role, such as a standby's; otherwise whose delegate it is.
std::string name_of_delegate(const election& e, std::uint64_t msisdn, const person& of) {
  const auto known = e.people_with(msisdn);
  return known.empty() ? '(' + of.name + ')' : e.people[known.front()].name;
}

} // namespace

std::string_view name_of(roster_act what) { return act_names[static_cast<std::size_t>(what)]; }

std::optional<roster_act> roster_act_named(std::string_view name) {
  for (std::size_t i = 1; i < act_names.size(); ++i)
    if (act_names[i] == name) return static_cast<roster_act>(i);
  return std::nullopt;
}

bool apply(election& e, const roster_change& c, roster_undo* undo) {
  const auto index = e.person_by(c.msisdn, c.role);
  if (!index) return false;
  const auto keep = [&](std::uint32_t i) {
    if (undo) undo->rows.push_back({i, e.people[i]});
  };
  const auto add = [&](person who) {
    // A delegation that has run out makes room.
    if (const auto old = e.person_by(who.msisdn, who.role)) keep(*old), e.remove_person(*old);
    who.pin_hash = c.pin_hash, who.wrong_pins = 0, who.locked_until_ms = 0;
    const auto added = e.add_person(std::move(who));
    if (undo) undo->rows.push_back({added, std::nullopt});
  };
  person other = e.people[*index];
  other.msisdn = c.to;
  switch (c.what) {
  case roster_act::reset_pin:
  case roster_act::unlock: {
    keep(*index);
    auto& who = e.people[*index];
    who.wrong_pins = 0, who.locked_until_ms = 0;
    if (c.what == roster_act::reset_pin) who.pin_hash = c.pin_hash;
    return true;
  }
  case roster_act::replace_phone:
    keep(*index);
    e.remove_person(*index);
    add(std::move(other));
    return true;
  case roster_act::delegate:
    other.until_ms = c.until_ms;
    other.name = name_of_delegate(e, c.to, other);
    add(std::move(other));
    return true;
  case roster_act::end_delegation:
    keep(*index);
    e.remove_person(*index);
    return true;
  }
  return false;
}

void take_back(election& e, roster_undo& undo) noexcept {
  for (auto row = undo.rows.rbegin(); row != undo.rows.rend(); ++row)
    e.put_back(row->index, row->before ? std::optional(std::move(*row->before)) : std::nullopt);
  undo.rows.clear();
}

bool lies_below(const election& e, std::uint32_t area, const person& who) {
  switch (who.scope) {
  case scope_kind::station:
    return e.area_contains(area, e.stations.at(who.scope_index).area);
  case scope_kind::office:
    return e.area_contains(area, e.offices.at(who.scope_index).area);
  case scope_kind::area:
    break;
  }
  return who.scope_index != area && e.area_contains(area, who.scope_index);
}

std::string_view scope_code(const election& e, const person& who) {
  switch (who.scope) {
  case scope_kind::station:
    return e.stations.at(who.scope_index).code;
  case scope_kind::office:
    return e.offices.at(who.scope_index).code;
  case scope_kind::area:
    break;
  }
  return e.areas.at(who.scope_index).code;
}

} // namespace tallyline::storage
