// What a dialogue is given before its first page, and how it sees it.
#include "gateway/intake.h"
#include "gateway/past_records.h"
#include "storage/text.h"

#include <algorithm>

namespace tallyline::gateway {

std::shared_ptr<const menus::past> intake::past_for(const session& s, std::uint16_t menu,
                                                    const past_entries& found) const {
  const auto& script = *menus_[menu].script;
  if (!found || (script.looks_back.empty() && script.queues.empty() && !script.lists_own)) return {};
  const std::string scope = menus::code_of(world_, world_.subject_of(s.person).scope);
  const auto& role = world_.election().people[s.person].role;
  auto past = past_of(script, found->past, scope, s.msisdn, role, world_.clock(), s.training);
  add_opening(*past, script, *found, world_.clock(), clock_.unix_ms(), s.training);
  past->hide = world_.hide();
  return past;
}

namespace {

void add_once(std::vector<std::string>& to, std::string name) {
  if (std::find(to.begin(), to.end(), name) == to.end()) to.push_back(std::move(name));
}

} // namespace

// What any version of the menu asks for: which one a draft belongs to is known only when it has been read.
storage::opening_request intake::wanted_for(const session& s) const {
  const auto scope = world_.subject_of(s.person).scope;
  storage::opening_request want;
  want.scope = menus::code_of(world_, scope);
  want.now_ms = clock_.unix_ms();
  const std::string prefix(s.training ? storage::training_prefix : std::string_view{});
  for (const auto& m : menus_) {
    if (m.line != menus_[s.menu].line) continue;
    for (const auto f : m.script->looks_back)
      add_once(want.forms, prefix + m.script->forms[f].name);
    for (const auto& q : m.script->queues)
      add_once(want.queues, prefix + q);
    if (!m.script->lists_own) continue;
    want.own_of = s.msisdn;
    for (const auto& f : m.script->forms)
      add_once(want.own_forms, prefix + f.name);
  }
  if (!want.queues.empty()) want.queue_scopes = world_.places_in(scope);
  return want;
}

} // namespace tallyline::gateway
