#include "gateway/chase.h"

#include "gateway/sms_bearer.h"
#include "gateway/ussd_bearer.h"
#include "menus/text.h"
#include "storage/record_door.h"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

using menus::entity;
using menus::noun;

class planner {
public:
  planner(const storage::election& e, const election_world& world, const gaps::form& g, const chase_rules& rules,
          const reminded& before)
      : e_(e), world_(world), g_(g), menu_(*g.expected->menu), form_(g.expected->what()), rules_(rules),
        before_(before), people_(people_of(e, menu_.scope, menu_.who)),
        supervisors_(people_of(e, noun::area, "supervisor")) {
    if (!rules.area.empty()) {
      const auto a = e.area_by_code(rules.area);
      if (!a) throw std::runtime_error(fmt::format("there is no area with the code '{}'", rules.area));
      within_ = *a;
    }
    if (form_.reminder == menus::no_text)
      throw std::runtime_error(fmt::format("the form '{0}' has no text to remind with; in the form write, such as: "
                                           "reminder: \"Please report {0} of {{item}}.\"",
                                           form_.name));
  }

  chase_plan plan() {
    std::vector<std::vector<const expected_part*>> missing(scopes_of(e_, menu_.scope));
    for (const auto& p : g_.parts)
      for (std::size_t i = 0; i < p.at.size(); ++i)
        if (p.at[i] == standing_of_report::missing || p.at[i] == standing_of_report::waits_for_second)
          missing[p.expected->where[i]].push_back(p.expected);
    for (std::uint32_t i = 0; i < missing.size(); ++i) {
      const entity scope{menu_.scope, i};
      if (!missing[i].empty() && (within_ == storage::none || e_.area_contains(within_, area_of_scope(e_, scope))))
        remind(scope, missing[i]);
    }
    escalate();
    return std::move(out_);
  }

private:
  void remind(entity scope, const std::vector<const expected_part*>& missing) {
    if (people_[scope.index].empty()) ++out_.nobody;
    bool often = false;
    for (const auto p : people_[scope.index]) {
      std::vector<std::string> keys;
      std::vector<std::string_view> parts;
      for (const auto* part : missing) {
        const std::string key = key_of(scope, part->part);
        const auto at = before_.find({key, e_.people[p].msisdn});
        if (rules_.escalate_after > 0 && at != before_.end() && at->second.times >= rules_.escalate_after) {
          often = often || at->second.last_ms <= rules_.quiet_since_ms;
          continue;
        }
        keys.push_back(key);
        parts.push_back(part->part);
      }
      if (!keys.empty()) say(p, scope, std::move(keys), parts);
    }
    if (often) late_.push_back(scope);
  }

  void say(std::uint32_t p, entity scope, std::vector<std::string> keys, const std::vector<std::string_view>& parts) {
    const auto& who = e_.people[p];
    const auto language = language_of(who);
    std::vector<std::string> items;
    for (const auto part : parts)
      items.push_back(item(part, language));
    out_.messages.push_back({{form_.name, std::move(keys), who.msisdn, storage::reminder_kind::reminder, rules_.by},
                             who.name,
                             std::string(code_of_scope(e_, scope)),
                             fitting(form_.reminder, {noun::person, p}, scope, items, items.size(), language)});
  }

  // One message to each supervisor, with all of theirs.
  void escalate() {
    if (form_.escalation == menus::no_text) return;
    std::map<std::uint32_t, std::vector<entity>> by_supervisor;
    for (const auto scope : late_) {
      const auto& who = supervisors_of(area_of_scope(e_, scope));
      if (who.empty()) ++out_.no_supervisor;
      for (const auto p : who)
        by_supervisor[p].push_back(scope);
    }
    for (const auto& [p, scopes] : by_supervisor) {
      const auto& who = e_.people[p];
      std::vector<std::string> codes;
      for (const auto s : scopes)
        codes.emplace_back(code_of_scope(e_, s));
      const entity area{noun::area, who.scope_index};
      std::string key = g_.parts.size() == 1 ? g_.parts[0].expected->part : std::string();
      out_.messages.push_back(
          {{form_.name, {std::move(key)}, who.msisdn, storage::reminder_kind::escalation, rules_.by},
           who.name,
           fmt::format("{} stations", codes.size()),
           fitting(form_.escalation, {noun::person, p}, area, codes, codes.size(), language_of(who))});
    }
  }

  // Those whose area is the nearest above this one.
  const std::vector<std::uint32_t>& supervisors_of(std::uint32_t area) const {
    static const std::vector<std::uint32_t> nobody;
    for (; area != storage::none; area = e_.areas[area].parent)
      if (!supervisors_[area].empty()) return supervisors_[area];
    return nobody;
  }

  std::string key_of(entity scope, std::string_view part) const {
    std::string key = storage::joined_key({std::string(code_of_scope(e_, scope))});
    return part.empty() ? key : key.append(1, '/').append(part);
  }

  std::uint16_t language_of(const storage::person& who) const {
    const auto l = menu_.language_index(who.language);
    return l == menus::no_index ? std::uint16_t{0} : l;
  }

  // A choice's label, a contest's name, or what the key says.
  std::string item(std::string_view part, std::uint16_t language) const {
    for (const auto& q : form_.ask)
      for (const auto& o : q.options)
        if (o.text == part && o.label != menus::no_text) return menu_.text(o.label, language).literal;
    if (const auto c = e_.contest_by_code(part))
      return std::string(world_.text({noun::contest, *c}, menus::attribute::name, menu_.languages[language].tag));
    return std::string(part);
  }

  // With as many of the items as there is room for; on one line.
  std::string fitting(menus::text_id text, entity person, entity scope, const std::vector<std::string>& items,
                      std::size_t total, std::uint16_t language) const {
    const auto& l = menu_.languages[language];
    for (std::size_t shown = items.size();; --shown) {
      std::string list;
      for (std::size_t i = 0; i < shown; ++i)
        list += (i ? (l.right_to_left ? "، " : ", ") : "") + items[i];
      if (shown < items.size()) list += "…";
      std::array<menus::value, menus::moments> locals;
      locals.fill(menus::nothing_value());
      locals[static_cast<std::size_t>(menus::moment::item)] = menus::text_value(list, true);
      locals[static_cast<std::size_t>(menus::moment::total)] = menus::number_value(static_cast<std::int64_t>(total));
      const menus::context c{&world_, l.tag, scope, person, nullptr, locals, nullptr, l.days};
      std::string out;
      menus::render(menu_.text(text, language), c, l.digits, out);
      std::replace(out.begin(), out.end(), '\n', ' ');
      if (shown == 0 || fits(out)) return out;
    }
  }
  bool fits(std::string_view text) const {
    return rules_.by == storage::bearer::ussd ? ussd_page().fits(text) : sms_page().fits(text);
  }

  const storage::election& e_;
  const election_world& world_;
  const gaps::form& g_;
  const menus::script& menu_;
  const menus::form& form_;
  const chase_rules& rules_;
  const reminded& before_;
  std::vector<std::vector<std::uint32_t>> people_;      // by scope
  std::vector<std::vector<std::uint32_t>> supervisors_; // by area
  std::uint32_t within_ = storage::none;
  std::vector<entity> late_; // reminded often enough
  chase_plan out_;
};

} // namespace

chase_plan plan_chase(const storage::election& e, const election_world& world, const gaps& g, const chase_rules& rules,
                      const reminded& before) {
  if (g.forms.empty()) return {};
  return planner(e, world, g.forms.front(), rules, before).plan();
}

} // namespace tallyline::gateway
