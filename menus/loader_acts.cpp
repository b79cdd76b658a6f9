// What a form does on the roster when it is sent, and choices that are typed.
#include "menus/loader.h"

#include <algorithm>

namespace tallyline::menus {
namespace {

using act = doing::act;
const std::vector<std::string> acts{"reset_pin", "replace_phone", "delegate", "end_delegation", "unlock"};

bool names_another(act a) { return a == act::replace_phone || a == act::delegate; }

// Of a text, in every language it is in.
bool shows_pin(const yaml_node& n) {
  if (!n.is_map()) return n.value.find("{pin}") != std::string::npos;
  return std::all_of(n.items.begin(), n.items.end(), shows_pin);
}

} // namespace

// {act: replace_phone, whom: official, number: new_number, roles: [presiding_officer]}
void loader::does_of(const yaml_node& n, const yaml_node& whole, form& f) {
  if (!known_keys(n, "'does'", {"act", "whom", "number", "until", "roles"})) return;
  const auto* what = need(n, "act", "'does'");
  const auto found = what ? one_of(*what, acts, "act") : no_index;
  if (found == no_index) return;
  f.does.what = static_cast<act>(found + 1);
  act_parts(n, f);
  if (const auto* roles = find(n, "roles"); roles && list(*roles, "'roles'"))
    for (const auto& r : roles->items)
      if (identifier(r)) f.does.roles.push_back(r.value);
  if (out_.scope != noun::area)
    found_.error(n.at, "who changes the roster answers for an area", "write: who: {role: supervisor, scope: area}");
  // Each doing is a record of its own, made at the phone by somebody who is asked for a PIN.
  for (const std::string_view key : {"one_per", "entries", "corrections", "reason", "sms", "feeds", "pin"})
    if (const auto* other = find(whole, key))
      found_.error(other->at, "a form with 'does' has no '" + std::string(key) + "'", "take it out");
  f.expected = false;
  if (!f.does.draws_pin()) return;
  const auto* receipt = find(whole, "receipt");
  if (!receipt || !shows_pin(*receipt))
    found_.error(receipt ? receipt->at : n.at, "the new PIN is shown nowhere: 'receipt' must show it in every language",
                 "write: receipt: \"PIN {pin}. Receipt {receipt}\"");
}

// Which questions feed it.
void loader::act_parts(const yaml_node& n, form& f) {
  const auto part = [&](std::string_view key, bool wanted, std::uint16_t& question, auto fits, const char* hint) {
    const auto* named = wanted ? need(n, key, "'does'") : find(n, key);
    if (!named) return;
    if (!wanted) return found_.error(named->at, "this act has no '" + std::string(key) + "'", "take it out");
    question = question_named(*named, f);
    if (question == no_index) return;
    const auto& q = f.ask[question];
    if (!fits(q) || q.optional || !q.when.empty()) {
      found_.error(named->at, "'" + q.name + "' does not say it", hint);
      question = no_index;
    }
  };
  const auto is = [](auto... kinds) { return [=](const auto& q) { return ((q.what == kinds) || ...); }; };
  using kind = question::kind;
  part("whom", true, f.does.whom, [](const auto& q) { return q.what == kind::choose && q.of == noun::person; },
       "name a question that is always asked, such as {name: official, choose: area.people, by: code, text: …}");
  part("number", names_another(f.does.what), f.does.number, is(kind::phone),
       "name a question that is always asked, such as {name: number, phone: {country: 98}, text: …}");
  part("until", f.does.what == act::delegate, f.does.until, is(kind::time, kind::date),
       "name a question for a time or a date that is always asked");
  if (f.does.number != no_index) f.ask[f.does.number].personal = true;
}

// `by: code`: a province has too many stations for pages of them.
void loader::by_of(const yaml_node& n, question& q) {
  if (one_of(n, {"code"}, "way to choose") == no_index) return;
  if (q.what != question::kind::choose || q.each || q.of == noun::record || q.of == noun::candidate)
    return found_.error(n.at, "only a choice of stations, offices, areas, contests or people can be typed",
                        "write: choose: area.stations, by: code");
  q.by_code = true;
}

// The running number of a step, as its receipt showed it; the form may be another menu's.
void loader::ticket_of(const yaml_node& n, question& q) {
  q.what = question::kind::text;
  q.shortest = 2, q.longest = 16;
  if (identifier(n)) q.ticket_of = n.value;
}

} // namespace tallyline::menus
