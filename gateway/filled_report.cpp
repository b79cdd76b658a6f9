#include "gateway/filled_report.h"

#include "storage/text.h"

#include <algorithm>
#include "gateway/address.h"

#include <fmt/format.h>

namespace tallyline::gateway {
namespace {

storage::field_value value_of(const menus::filled_value& v, const election_world& world) {
  using kind = menus::filled_value::kind;
  if (v.what == kind::number) return v.number;
  if (v.what == kind::reference) return menus::code_of(world, v.reference);
  if (v.what != kind::list) return v.text;
  std::vector<storage::list_item> items;
  items.reserve(v.items.size());
  for (const auto& item : v.items)
    items.push_back({item.number, item.value});
  return items;
}

bool is_personal(std::string_view name, const menus::filled_form& form) {
  return std::any_of(form.values.begin(), form.values.end(),
                     [&](const auto& v) { return v.personal && v.name == name; });
}

// A key is text: of a form's own value, or "station" for what the person answers for.
std::string key_part(std::string_view name, const menus::filled_form& form, const election_world& world) {
  for (const auto& v : form.values) {
    if (v.name != name) continue;
    const auto value = value_of(v, world);
    if (const auto* number = std::get_if<std::int64_t>(&value)) return fmt::to_string(*number);
    if (const auto* text = std::get_if<std::string>(&value)) return *text;
  }
  return menus::code_of(world, form.scope);
}

storage::roster_order order_of(const menus::filled_form& form, const election_world& world) {
  storage::roster_order o;
  // The words are the same on both sides, in the same order.
  o.what = static_cast<storage::roster_act>(form.does->what);
  o.whom = world.election().people[form.whom.index].msisdn;
  o.to = msisdn_of(form.number);
  if (form.until) o.until_ms = world.clock().unix_ms_of(*form.until);
  o.roles = form.does->roles;
  return o;
}

} // namespace

storage::report to_report(const menus::filled_form& form, const election_world& world) {
  storage::report r;
  const std::string prefix(form.training ? storage::training_prefix : std::string_view{});
  r.form = prefix + std::string(form.form);
  if (!form.follows.empty()) r.follows = prefix + std::string(form.follows);
  r.once = form.once, r.many = form.many;
  r.scope = menus::code_of(world, form.scope);
  r.reason = form.reason;
  r.entries = form.entries;
  r.corrections.own = form.own_corrections;
  r.corrections.roles.assign(form.correcting_roles.begin(), form.correcting_roles.end());
  // Up to and with the minute that is named.
  if (form.corrections_until) r.corrections.until_ms = world.clock().unix_ms_of(*form.corrections_until + 1) - 1;
  r.key.reserve(form.one_per.size());
  for (std::string_view name : form.one_per) {
    if (is_personal(name, form)) r.pseudonyms.push_back(static_cast<std::uint8_t>(r.key.size()));
    for (const auto& v : form.values)
      if (v.name == name && !v.ticket_of.empty())
        r.ticket_of = prefix + std::string(v.ticket_of), r.ticket_at = static_cast<std::uint8_t>(r.key.size());
    r.key.push_back(key_part(name, form, world));
  }
  r.fields.reserve(form.values.size());
  for (const auto& v : form.values)
    if (v.what != menus::filled_value::kind::nothing)
      r.fields.push_back({std::string(v.name), value_of(v, world), v.personal});
  r.flags.assign(form.flags.begin(), form.flags.end());
  if (form.does && form.whom.kind == menus::noun::person) r.does = order_of(form, world);
  return r;
}

} // namespace tallyline::gateway
