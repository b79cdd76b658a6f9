#include "gateway/reports/expected.h"

#include "menus/turn.h"
#include "storage/record_door.h"

#include <algorithm>
#include <map>
#include <optional>

namespace tallyline::gateway {
namespace {

using menus::noun;

storage::scope_kind kind_of(noun what) {
  return what == noun::office ? storage::scope_kind::office
         : what == noun::area ? storage::scope_kind::area
                              : storage::scope_kind::station;
}

const menus::question* question_named(const menus::form& f, std::string_view name) {
  const auto at = std::find_if(f.ask.begin(), f.ask.end(), [&](const auto& q) { return q.name == name; });
  return at == f.ask.end() ? nullptr : &*at;
}

menus::context context_of(const menus::script& menu, const election_world& world) {
  return {&world, menu.languages.front().tag, {}, {}, nullptr, {}, nullptr, {}};
}

class expecter {
public:
  expecter(const menus::script& menu, const menus::form& f, const election_world& world)
      : menu_(menu), form_(f), world_(world) {}

  std::vector<expected_part> parts() {
    if (!form_.expected || !find_keys()) return {};
    for (const auto scope : scopes()) {
      std::vector<std::string> key;
      if (!combine({menu_.scope, scope}, key)) return {};
    }
    return in_order();
  }

private:
  bool find_keys() {
    for (std::size_t k = 1; k < form_.one_per.size(); ++k) {
      const auto* q = question_named(form_, form_.one_per[k]);
      if (!q || q->needs != 0) return false;
      if (q->what != menus::question::kind::choice && q->what != menus::question::kind::choose) return false;
      keys_.push_back(q);
    }
    return true;
  }

  std::vector<std::uint32_t> scopes() const {
    const auto& e = world_.election();
    std::vector<std::uint32_t> all;
    if (menu_.scope == noun::area) { // not every area has somebody who reports for it
      for (const auto& p : e.people)
        if (p.role == menu_.who && p.scope == storage::scope_kind::area) all.push_back(p.scope_index);
      std::sort(all.begin(), all.end());
      all.erase(std::unique(all.begin(), all.end()), all.end());
      return all;
    }
    for (std::uint32_t i = 0; i < scopes_of(e, menu_.scope); ++i)
      all.push_back(i);
    return all;
  }

  // False when a part of the key cannot be known before.
  bool combine(menus::entity scope, std::vector<std::string>& key) {
    if (key.size() == keys_.size()) {
      place_for(key).where.push_back(scope.index);
      return true;
    }
    const auto& q = *keys_[key.size()];
    const auto with = [&](std::string value) {
      key.push_back(std::move(value));
      const bool fine = combine(scope, key);
      key.pop_back();
      return fine;
    };
    if (q.what == menus::question::kind::choice)
      return std::all_of(q.options.begin(), q.options.end(), [&](const auto& o) { return with(o.text); });
    const menus::context c{&world_, menu_.languages.front().tag, scope, {}, nullptr, {}, nullptr, {}};
    const auto list = menus::evaluate(q.list, c);
    if (list.what != menus::value::kind::entities) return false;
    return std::all_of(list.entities().begin(), list.entities().end(),
                       [&](menus::entity e) { return with(menus::code_of(world_, e)); });
  }

  expected_part& place_for(const std::vector<std::string>& key) {
    const std::string part = storage::joined_key(key);
    const auto at = places_.find(part);
    if (at != places_.end()) return found_[at->second];
    places_.emplace(part, found_.size());
    return found_.emplace_back(expected_part{part, {}, due(key)});
  }

  std::int64_t due(const std::vector<std::string>& key) const {
    const std::int64_t day = world_.number({noun::election, 0}, menus::attribute::date);
    if (form_.due_question != menus::no_index)
      for (std::size_t k = 0; k < keys_.size(); ++k)
        if (keys_[k] == &form_.ask[form_.due_question])
          return day * menus::minutes_of_day + menus::parse_clock_time(key[k]).value_or(0);
    return menus::moment_of_deadline(form_.due, context_of(menu_, world_)).value_or(expected_part::whenever);
  }

  std::vector<expected_part> in_order() { return std::move(found_); }

  const menus::script& menu_;
  const menus::form& form_;
  const election_world& world_;
  std::vector<const menus::question*> keys_;
  std::vector<expected_part> found_;
  std::map<std::string, std::size_t> places_;
};

} // namespace

std::optional<std::int64_t> closes_ms(const std::vector<std::shared_ptr<const menus::script>>& menus,
                                      std::string_view form, const election_world& world) {
  for (const auto& m : menus)
    for (const auto& f : m->forms)
      if (f.name == form)
        if (const auto at = menus::moment_of_deadline(f.closes, context_of(*m, world)))
          return world.clock().unix_ms_of(*at);
  return std::nullopt;
}

std::vector<expected_form> expected_of(const std::vector<std::shared_ptr<const menus::script>>& menus,
                                       const election_world& world) {
  std::vector<expected_form> all;
  for (const auto& m : menus)
    for (std::size_t f = 0; f < m->forms.size(); ++f) {
      auto parts = expecter(*m, m->forms[f], world).parts();
      if (!parts.empty()) all.push_back({m, f, std::move(parts)});
    }
  return all;
}

std::size_t scopes_of(const storage::election& e, noun what) {
  return what == noun::office ? e.offices.size() : what == noun::area ? e.areas.size() : e.stations.size();
}

std::string_view code_of_scope(const storage::election& e, menus::entity s) {
  return s.kind == noun::office ? e.offices[s.index].code
         : s.kind == noun::area ? e.areas[s.index].code
                                : e.stations[s.index].code;
}

std::string_view name_of_scope(const storage::election& e, menus::entity s) {
  return storage::in_language(s.kind == noun::office ? e.offices[s.index].name
                              : s.kind == noun::area ? e.areas[s.index].name
                                                     : e.stations[s.index].name,
                              0);
}

std::uint32_t area_of_scope(const storage::election& e, menus::entity s) {
  return s.kind == noun::office ? e.offices[s.index].area : s.kind == noun::area ? s.index : e.stations[s.index].area;
}

std::uint32_t scope_by_code(const storage::election& e, noun what, std::string_view code) {
  return (what == noun::office ? e.office_by_code(code)
          : what == noun::area ? e.area_by_code(code)
                               : e.station_by_code(code))
      .value_or(storage::none);
}

std::vector<std::vector<std::uint32_t>> people_of(const storage::election& e, noun what, std::string_view role) {
  std::vector<std::vector<std::uint32_t>> all(scopes_of(e, what));
  for (std::uint32_t p = 0; p < e.people.size(); ++p)
    if (e.people[p].role == role && e.people[p].scope == kind_of(what)) all[e.people[p].scope_index].push_back(p);
  return all;
}

} // namespace tallyline::gateway
