// What intake says that nobody dialled for: a dialogue of its own, what waits to be shown, that somebody no longer acts.
#include "gateway/intake.h"

namespace tallyline::gateway {

// The roster may have changed since the session began: another phone has their place now, or their time is over.
bool intake::no_longer_acts(session_ref ref, session& s) {
  if (world_.acts(s.person)) return false;
  secret_ = true; // it may have been a PIN
  if (s.slot != 0 && s.draft_held) store_.drop_draft(s.slot, {});
  s.draft_held = false;
  show(s, engine_of(s).say(*s.dialogue, menus::message::not_on_roster), true);
  close(ref, s);
  return true;
}

void intake::notice_waits(std::uint64_t msisdn, std::string_view text) {
  auto& all = notices_[msisdn];
  all.append(all.empty() ? "" : "\n").append(text);
}

// As much as the page takes, with a way on.
std::string intake::notice_for(const session& s) const {
  const std::string way_on = "\n1 " + engine_of(s).say(*s.dialogue, menus::message::more);
  std::string text = notices_.find(s.msisdn)->second;
  while (!text.empty() && !limit_of(s).fits(text + way_on)) {
    do
      text.pop_back();
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xC0) == 0x80);
    if (!text.empty() && static_cast<unsigned char>(text.back()) >= 0xC0) text.pop_back();
  }
  return text + way_on;
}

std::string intake::words_for(std::uint32_t person, menus::message what) const {
  const auto& who = world_.election().people[person];
  std::uint16_t menu = menu_for({});
  for (std::size_t m = 0; m < menus_.size(); ++m)
    if (menus_[m].in_service && menus_[m].script->who == who.role) menu = static_cast<std::uint16_t>(m);
  const auto& engine = *menus_[menu].engine;
  return engine.say(*engine.open(world_.subject_of(person), language_for(who.msisdn, person)), what);
}

std::string intake::open_to(std::uint64_t msisdn, std::string_view menu,
                            const std::function<std::optional<return_path>()>& way) {
  if (sessions_.find(msisdn)) return "is in a call already";
  for (std::size_t m = 0; m < menus_.size(); ++m) {
    const auto& script = *menus_[m].script;
    if (!menus_[m].in_service || (!menu.empty() && script.name != menu)) continue;
    if (!world_.acting(msisdn, script.who)) return "is not on the roster as " + script.who;
    const auto path = way();
    if (!path) return "no bind can send now; see: tallyline lines";
    begin_on({said::begin, msisdn, {}, script.dial, *path}, static_cast<std::uint16_t>(m), 0, script.dial);
    return {};
  }
  return "no such menu is in service";
}

} // namespace tallyline::gateway
