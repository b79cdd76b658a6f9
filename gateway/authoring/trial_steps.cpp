// Steps, queues and one's own reports of a trial.
#include "gateway/authoring/trial.h"
#include "storage/receipt.h"
#include "storage/record_door.h"

#include <algorithm>

namespace tallyline::gateway {
namespace {

constexpr std::int64_t hour_ms = 3'600'000;

std::string part_of(const storage::report& r) { return storage::joined_key(r.key, 1); }

} // namespace

const trial::step* trial::step_of(const std::string& form, const std::string& part) const {
  const auto found =
      std::find_if(steps_.begin(), steps_.end(), [&](const step& s) { return s.form == form && s.part == part; });
  return found == steps_.end() ? nullptr : &*found;
}

// What another menu's form would have left behind nobody can know here: it is taken to be there.
std::optional<menus::submit_verdict> trial::against(const storage::report& r) const {
  const auto known = [&](const std::string& name) {
    return std::any_of(menu_->forms.begin(), menu_->forms.end(),
                       [&](const auto& f) { return f.name == name || "training." + f.name == name; });
  };
  if (!r.follows.empty() && known(r.follows)) {
    const auto* before = step_of(r.follows, part_of(r));
    if (!before) return menus::submit_verdict::nothing_to_follow;
    if (!storage::answers_for(election_->people[person_], before->scope, *election_))
      return menus::submit_verdict::out_of_area;
  }
  const auto* own = r.once ? step_of(r.form, part_of(r)) : nullptr;
  if (own && own->scope != r.scope) return menus::submit_verdict::taken_elsewhere;
  return std::nullopt;
}

void trial::enter_step(const storage::report& r) {
  if (!r.follows.empty())
    for (auto& s : steps_)
      if (s.form == r.follows && s.part == part_of(r) && s.done_ms == 0) s.done_ms = r.time_ms;
  if (!r.once || step_of(r.form, part_of(r))) return;
  const auto before = std::count_if(steps_.begin(), steps_.end(), [&](const step& s) { return s.form == r.form; });
  steps_.push_back({r.form, part_of(r), r.scope, before + 1, r.time_ms, 0});
}

std::string trial::ticket_of(const storage::report& r) const {
  const auto* s = r.once ? step_of(r.form, part_of(r)) : nullptr;
  return s ? storage::receipt::ticket_text(s->ticket) : std::string();
}

storage::opening trial::opening(bool training) const {
  storage::opening found;
  const auto places = world_.places_in(world_.subject_of(person_).scope);
  for (const auto& form : menu_->queues) {
    auto& q = found.queues.emplace_back();
    q.form = (training ? "training." : "") + form;
    for (const auto& s : steps_) {
      if (s.form != q.form || std::find(places.begin(), places.end(), s.scope) == places.end()) continue;
      if (s.done_ms == 0) q.oldest_ms = q.waiting++ == 0 ? s.since_ms : std::min(q.oldest_ms, s.since_ms);
      q.last_hour += s.done_ms > unix_ms_ - hour_ms;
    }
  }
  for (auto k = records_.rbegin(); k != records_.rend(); ++k) {
    if (k->what.msisdn != person() || !(k->current || k->pending)) continue;
    const auto* s = k->what.once ? step_of(k->what.form, part_of(k->what)) : nullptr;
    auto key = k->what.key; // without what a real one would hide
    for (auto at = k->what.pseudonyms.rbegin(); at != k->what.pseudonyms.rend(); ++at)
      key.erase(key.begin() + *at);
    found.own.push_back({k->what.form, storage::joined_key(key), k->receipt, k->what.time_ms, s ? s->ticket : 0});
  }
  return found;
}

} // namespace tallyline::gateway
