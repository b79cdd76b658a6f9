#include "gateway/rehearsal/office_errand.h"

#include "menus/calendar.h"
#include "menus/utf8.h"

#include <algorithm>
#include <fmt/format.h>

namespace tallyline::rehearsal {
namespace {

using kind = week_event::kind;

constexpr std::string_view papers_there = "1*1*1*1", a_photo_missing = "1*1*1*0";

// Somebody who mixes up two digits: the check digit tells.
std::string mistyped(std::string code) {
  code.back() = code.back() == '9' ? '0' : static_cast<char>(code.back() + 1);
  return code;
}

// Whose registration is corrected had no photograph at first.
bool corrected_later(const week& w, std::uint32_t candidate) {
  return std::binary_search(w.corrections.begin(), w.corrections.end(), candidate);
}

// The number of the contest among those that its office may register for, as the phone shows them: 9 turns the page and
// is no choice. A list of one is not asked.
void choose_contest(const week& w, const week_event& e, office_errand& out) {
  const auto& offered = w.offices[e.office].contests;
  const auto contest = w.candidates[e.candidate].contest;
  const auto at = std::find(offered.begin(), offered.end(), contest) - offered.begin() + 1;
  if (offered.size() > 1) out.typed.push_back(fmt::to_string(at < 9 ? at : at + 1));
}

void documents(const week& w, const week_event& e, office_errand& out) {
  const auto& c = w.candidates[e.candidate];
  out.form = "documents";
  choose_contest(w, e, out);
  out.typed.insert(out.typed.end(), {c.name, "#", "1"});
  out.answers = {{"code", c.national_code}, {"contest", w.contests[c.contest]}, {"name", c.name}};
}

void registration(const week& w, const week_event& e, office_errand& out) {
  const auto& c = w.candidates[e.candidate];
  const bool missing = e.what == kind::registered && corrected_later(w, e.candidate);
  const std::string papers(missing ? a_photo_missing : papers_there);
  const auto born = menus::days_from(menus::calendar::jalali, {c.year, c.month, c.day}).value();
  out.form = "registered";
  choose_contest(w, e, out);
  out.typed.insert(out.typed.end(), {fmt::format("{}*{}*{}", c.year, c.month, c.day), papers, "1", "1"});
  if (missing) out.typed.emplace_back("1"); // it is right that one is missing
  out.answers = {{"code", c.national_code},
                 {"contest", w.contests[c.contest]},
                 {"born", menus::iso_date(born)},
                 {"checklist", papers},
                 {"resident", "yes"}};
  if (missing) out.confirmed = {"papers_missing"};
}

void decision(const week_event& e, office_errand& out) {
  out.form = "decision";
  out.typed.push_back(fmt::to_string(e.decision + 1));
  if (e.decision == 1) out.typed.emplace_back("2"); // papers
  out.typed.emplace_back("1");
}

} // namespace

office_errand errand_of(const week& w, const week_event& e) {
  const auto& who = w.people[e.person];
  const bool of_board = e.what == kind::decided, takes = e.what == kind::documents || e.what == kind::second_office;
  office_errand out;
  out.msisdn = who.msisdn;
  out.pin = who.pin;
  out.dial = of_board ? "*143#" : "*142#";
  out.office = who.scope;
  out.typed.emplace_back(of_board || takes ? "1" : "2");
  const auto& code = w.candidates[e.candidate].national_code;
  if (e.mistyped) out.typed.push_back(mistyped(code));
  out.typed.push_back(code);
  if (of_board)
    decision(e, out);
  else if (takes)
    documents(w, e, out);
  else
    registration(w, e, out);
  return out;
}

bool offers_unfinished(std::string_view page) { return page.find("ناتمام") != std::string_view::npos; }

bool has_receipt(std::string_view page) {
  std::string latin;
  menus::append_latin_digits(latin, page);
  const std::string_view shape = "ddd-ddd-dddd";
  for (std::size_t at = 0; at + shape.size() <= latin.size(); ++at)
    if (std::equal(shape.begin(), shape.end(), latin.begin() + static_cast<std::ptrdiff_t>(at),
                   [](char s, char c) { return s == 'd' ? c >= '0' && c <= '9' : c == s; }))
      return true;
  return false;
}

} // namespace tallyline::rehearsal
