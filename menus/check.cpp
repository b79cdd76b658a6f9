#include "menus/check.h"

#include "menus/check_pages.h"
#include "menus/check_ranges.h"

#include <algorithm>
#include <deque>
#include <limits>

namespace tallyline::menus {
namespace {

constexpr std::size_t nowhere = std::numeric_limits<std::size_t>::max();
constexpr std::size_t many_pages = 3;

class checker {
public:
  checker(const load_result& loaded, const check_options& options)
      : menu_(*loaded.menu), texts_(*loaded.texts), options_(options), longest_(*options.election, options.everything),
        pages_(menu_, longest_) {}

  check_result all() {
    walk();
    for (std::size_t s = 0; s < menu_.screens.size(); ++s)
      screen_at(s);
    for (std::size_t f = 0; f < menu_.forms.size(); ++f)
      form_at(f);
    own_texts();
    std::stable_sort(out_.problems.begin(), out_.problems.end(), [](const diagnostic& a, const diagnostic& b) {
      return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
    });
    return std::move(out_);
  }

private:
  void tell(diagnostic::severity level, place_in_text at, std::string what, std::string hint) {
    out_.problems.push_back(texts_.tell(level, at, std::move(what), std::move(hint)));
  }
  void error(place_in_text at, std::string what, std::string hint) {
    tell(diagnostic::severity::error, at, std::move(what), std::move(hint));
  }
  void warn(place_in_text at, std::string what, std::string hint) {
    tell(diagnostic::severity::warning, at, std::move(what), std::move(hint));
  }

  static bool never(const program& when) {
    if (when.empty()) return false;
    const range r = range_of(when, {});
    return r.known && r.high == 0;
  }

  // How many answers lead to each screen and form.
  void walk() {
    screens_.assign(menu_.screens.size(), nowhere);
    forms_.assign(menu_.forms.size(), nowhere);
    screens_[menu_.start] = 0;
    std::deque<std::size_t> open{menu_.start};
    while (!open.empty()) {
      const std::size_t s = open.front();
      open.pop_front();
      for (const auto& c : menu_.screens[s].choices) {
        if (never(c.when)) continue;
        if (c.what == choice::kind::form) forms_[c.target] = std::min(forms_[c.target], screens_[s] + 1);
        if (c.what != choice::kind::go || screens_[c.target] != nowhere) continue;
        screens_[c.target] = screens_[s] + 1;
        open.push_back(c.target);
      }
    }
  }

  void screen_at(std::size_t index) {
    const screen& s = menu_.screens[index];
    if (screens_[index] == nowhere)
      error(s.at, "no choice leads to the screen '" + s.name + "'",
            "add {label: …, go: " + s.name + "}, or take the screen out");
    for (const auto& c : s.choices)
      if (never(c.when))
        warn(c.at, "this choice is never shown: its 'when' cannot hold", "take it out, or correct the 'when'");
    const auto hidden = [](const choice& c) { return !c.when.empty(); };
    if (index == menu_.start && !s.choices.empty() && std::all_of(s.choices.begin(), s.choices.end(), hidden))
      warn(s.at, "the start screen may show no choice at all", "give it one choice without 'when', such as help");
    for (const auto& on : options_.bearers)
      for (std::uint16_t l = 0; l < menu_.languages.size(); ++l)
        tell_pages(s.at, "the screen '" + s.name + "'", pages_.of_screen(static_cast<std::uint16_t>(index), l, *on.on),
                   l, on.name);
  }

  // The engine's own words that go out without a page to turn; a script may have replaced them.
  void own_texts() {
    for (const auto& on : options_.bearers)
      for (std::uint16_t l = 0; l < menu_.languages.size(); ++l)
        for (const message m : {message::not_on_roster, message::try_later, message::session_lost, message::locked,
                                message::not_open_yet, message::closed, message::goodbye})
          if (!pages_.fits_alone(m, l, *on.on))
            error(menu_.screens[menu_.start].at,
                  "the text '" + std::string(name_of(m)) + "' does not fit one page in '" + menu_.languages[l].tag +
                      "' on " + on.name + ": nobody could be shown it",
                  "shorten it under 'texts:'");
  }

  void tell_pages(place_in_text at, const std::string& what, std::size_t count, std::size_t language,
                  const std::string& bearer) {
    if (count > many_pages)
      warn(at,
           what + " falls into " + std::to_string(count) + " pages in '" + menu_.languages[language].tag + "' on " +
               bearer + ", with the longest values",
           "shorten its texts, or split it");
  }

  void form_at(std::size_t index) {
    const form& f = menu_.forms[index];
    if (forms_[index] == nowhere)
      error(f.at, "no choice leads to the form '" + f.name + "'", "add {label: …, form: " + f.name + "} to a screen");
    const auto fields = ranges_of(f);
    questions(f, fields);
    for (const auto& r : f.rules)
      rule_at(r, fields);
    contradictions(f);
    cost(index);
  }

  void questions(const form& f, const std::vector<range>& fields) {
    for (std::size_t q = 0; q < f.ask.size(); ++q) {
      const question& asked = f.ask[q];
      if (fields[q].known && fields[q].low > fields[q].high)
        error(asked.at, "no answer to '" + asked.name + "' can be right: its least is more than its most",
              "correct min or max");
      if (asked.when.empty()) continue;
      const range when = range_of(asked.when, fields);
      if (when.known && when.high == 0)
        warn(asked.at, "'" + asked.name + "' is never asked: its 'when' cannot hold",
             "correct the 'when', or take the question out");
      if (when.known && when.low == 1)
        warn(asked.at, "'" + asked.name + "' is always asked: its 'when' always holds", "take the 'when' out");
    }
  }

  void rule_at(const rule& r, const std::vector<range>& fields) {
    const range test = range_of(r.test, fields);
    if (!test.known) return;
    if (test.high == 0) {
      if (r.must)
        error(r.at, "this rule can never hold: nobody could send the form", "compare with the limits of the questions");
      else
        warn(r.at, "this warning can never be given", "take it out, or correct it");
    } else if (test.low == 1) {
      if (r.must)
        warn(r.at, "this rule always holds: it refuses nothing", "take it out, or correct it");
      else
        error(r.at, "this warning is always given", "what is always said is not read; correct it");
    }
  }

  // Two musts that leave no value for an answer: each alone compares one answer with a number.
  void contradictions(const form& f) {
    struct bound {
      std::size_t field;
      std::int64_t low, high;
      const rule* from;
    };
    std::vector<bound> bounds;
    for (const auto& r : f.rules) {
      const auto& code = r.test.code;
      if (!r.must || code.size() != 3 || code[0].what != op::field || code[1].what != op::number) continue;
      bound b{static_cast<std::size_t>(code[0].arg), std::numeric_limits<std::int64_t>::min(),
              std::numeric_limits<std::int64_t>::max(), &r};
      const std::int64_t n = code[1].arg;
      if (code[2].what == op::less)
        b.high = n - 1;
      else if (code[2].what == op::less_equal)
        b.high = n;
      else if (code[2].what == op::greater)
        b.low = n + 1;
      else if (code[2].what == op::greater_equal)
        b.low = n;
      else if (code[2].what == op::equal)
        b.low = b.high = n;
      else
        continue;
      for (const auto& other : bounds)
        if (other.field == b.field && std::max(other.low, b.low) > std::min(other.high, b.high)) {
          const auto place = texts_.tell(diagnostic::severity::error, other.from->at, {}, {});
          error(r.at,
                "this rule and the one in line " + std::to_string(place.line) + " cannot both hold for '" +
                    f.ask[b.field].name + "'",
                "correct one of them");
        }
      bounds.push_back(b);
    }
  }

  // What goes out by itself cannot be turned. By USSD it is one page; what has no room there goes by SMS.
  void tell_sent(const form& f, std::uint16_t i, std::uint16_t l, const check_bearer& on) {
    const auto tell = [&](std::string_view what) {
      const std::string says = "the " + std::string(what) + " of '" + f.name + "' does not fit one page in '" +
                               menu_.languages[l].tag + "' on " + on.name;
      if (&on == &options_.bearers.back()) // the one with most room
        error(f.at, says + ": it would be cut", "shorten it");
      else
        warn(f.at, says, "it can be sent by SMS; shorten it to send it by USSD, too");
    };
    if (!pages_.reminder_fits(i, l, *on.on)) tell("reminder");
    if (!pages_.escalation_fits(i, l, *on.on)) tell("escalation");
  }

  void cost(std::size_t index) {
    const form& f = menu_.forms[index];
    const auto i = static_cast<std::uint16_t>(index);
    form_cost c;
    c.name = f.name;
    c.questions = f.ask.size();
    const std::size_t way = (forms_[index] == nowhere ? 1 : forms_[index]) + f.pin + 1; // and the read-back's answer
    const std::size_t lists =
        static_cast<std::size_t>(std::count_if(f.ask.begin(), f.ask.end(), [](const auto& q) { return q.each; }));
    c.quick_turns = way + f.ask.size();
    c.turns = c.quick_turns - lists + pages_.numbers_of_lists(i);
    c.seconds = c.turns * static_cast<std::size_t>(options_.answer_takes_s);
    for (const auto& on : options_.bearers)
      for (std::uint16_t l = 0; l < menu_.languages.size(); ++l) {
        const auto counts = pages_.of_form(i, l, *on.on);
        const auto widest = std::max_element(counts.begin(), counts.end());
        const auto at = static_cast<std::size_t>(widest - counts.begin());
        const bool read_back = at == f.ask.size();
        c.widest.push_back({menu_.languages[l].tag, on.name, *widest, read_back ? "the read-back" : f.ask[at].name});
        for (std::size_t q = 0; q < f.ask.size(); ++q)
          tell_pages(f.ask[q].at, "the question '" + f.ask[q].name + "'", counts[q], l, on.name);
        const auto moments = pages_.of_moments(i, l, *on.on);
        for (std::size_t r = 0; r < f.rules.size(); ++r)
          tell_pages(f.rules[r].at, "what this rule says", moments[r], l, on.name);
        tell_pages(f.at, "going on with a dropped report of '" + f.name + "'", moments[f.rules.size()], l, on.name);
        tell_pages(f.at, "the list of answers that can be changed", moments[f.rules.size() + 1], l, on.name);
        tell_sent(f, i, l, on);
        if (!pages_.receipt_fits(i, l, *on.on))
          error(f.at,
                "the receipt of '" + f.name + "' does not fit one page in '" + menu_.languages[l].tag + "' on " +
                    on.name + ": it would be cut",
                "shorten it");
      }
    if (c.seconds > static_cast<std::size_t>(options_.operator_total_s))
      warn(f.at,
           "'" + f.name + "' takes up to " + std::to_string(c.turns) + " answers, about " + std::to_string(c.seconds) +
               " s; operators end a session after " + std::to_string(options_.operator_total_s) + " s",
           "nothing is lost, dialling again goes on; with lists answered in one go (120*45*33) it is " +
               std::to_string(c.quick_turns) + " answers");
    out_.forms.push_back(std::move(c));
  }

  const script& menu_;
  const sources& texts_;
  const check_options& options_;
  longest_world longest_;
  page_prover pages_;
  std::vector<std::size_t> screens_, forms_;
  check_result out_;
};

} // namespace

bool check_result::good() const {
  return std::none_of(problems.begin(), problems.end(),
                      [](const auto& p) { return p.level == diagnostic::severity::error; });
}

check_result check(const load_result& loaded, const check_options& options) { return checker(loaded, options).all(); }

} // namespace tallyline::menus
