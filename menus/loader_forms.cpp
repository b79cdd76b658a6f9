#include "menus/loader.h"
#include "menus/suggest.h"

#include <algorithm>
#include <bit>
#include <charconv>

namespace tallyline::menus {
namespace {

constexpr std::size_t most_forms = 1000;

// FNV-1a, over what decides whether answers kept earlier still fit.
class hash {
public:
  void add(std::string_view s) {
    for (const char c : s)
      mix(static_cast<unsigned char>(c));
    mix(0xFF); // no UTF-8 byte: parts cannot run together
  }
  void mix(std::uint8_t b) { state_ = (state_ ^ b) * 0x100000001B3; }
  std::uint64_t get() const { return state_; }

private:
  std::uint64_t state_ = 0xCBF29CE484222325;
};

std::uint64_t fingerprint(const form& f) {
  hash h;
  h.add(f.name);
  for (const auto& q : f.ask) {
    h.add(q.name);
    h.mix(static_cast<std::uint8_t>(q.what));
    h.mix(static_cast<std::uint8_t>(q.each + 2 * q.optional + 4 * q.of_reason));
    h.mix(static_cast<std::uint8_t>(q.of));
    for (const auto& o : q.options)
      h.add(o.text);
  }
  for (const auto& r : f.rules) { // confirmed warnings are kept by their place
    h.add(r.name);
    h.mix(r.must);
  }
  return h.get();
}

} // namespace

void loader::forms(const std::vector<entry>& all) {
  if (all.size() > most_forms) {
    found_.error(all[most_forms].name->at, "more than 1000 forms", "");
    return;
  }
  out_.forms.resize(all.size());
  for (std::size_t i = 0; i < all.size() && !found_.full(); ++i) {
    if (!identifier(*all[i].name)) continue;
    out_.forms[i].name = all[i].name->value;
    out_.forms[i].at = static_cast<place_in_text>(all[i].name->at);
    in_form_ = true;
    form_of(*all[i].what, out_.forms[i]);
    in_form_ = false;
    const auto& f = out_.forms[i];
    const auto corrects = [](const auto& q) { return q.of_reason || q.when.corrects || q.fallback.corrects; };
    if (std::any_of(f.ask.begin(), f.ask.end(), corrects) ||
        std::any_of(f.rules.begin(), f.rules.end(), [](const auto& r) { return r.test.corrects; }))
      looks_back({static_cast<std::uint16_t>(i)});
  }
  steps_fit();
}

// [COUNT, شمارش], or {words: [COUNT], confirm: false, receipt: true}.
void loader::sms_of(const yaml_node& n, form& f) {
  const yaml_node* words = &n;
  if (n.is_map()) {
    if (!known_keys(n, "'sms'", {"words", "confirm", "receipt"})) return;
    if (const auto* c = find(n, "confirm")) flag(*c, f.sms_confirm);
    if (const auto* r = find(n, "receipt")) flag(*r, f.sms_receipt);
    words = find(n, "words");
    if (!words) return;
  }
  if (!list(*words, "'sms'")) return;
  for (const auto& w : words->items) {
    const auto word = scalar(w, "a word");
    if (!word) continue;
    if (word->empty() || word->find_first_of(" \t\n,;/*#=:|") != std::string::npos || word->size() > 40)
      found_.error(w.at, "a line of SMS begins with one word, without spaces or separators", "such as: sms: [COUNT]");
    for (const auto& other : out_.forms)
      if (std::find(other.sms_words.begin(), other.sms_words.end(), *word) != other.sms_words.end())
        found_.error(w.at, "'" + *word + "' begins a line for the form '" + other.name + "' already",
                     "choose another word");
    f.sms_words.push_back(*word);
  }
}

void loader::form_of(const yaml_node& n, form& f) {
  if (!known_keys(n, "a form",
                  {"one_per", "ask", "rules", "confirm", "receipt", "pin", "feeds", "entries", "reason", "opens",
                   "closes", "shut", "sms", "corrections", "expected", "reminder", "escalation", "once", "many", "follows",
                   "does"}) &&
      !n.is_map())
    return;
  const auto* ask = need(n, "ask", "the form");
  if (!ask || !list(*ask, "'ask'")) return;
  if (ask->items.empty() || ask->items.size() > most_questions) {
    found_.error(ask->at, "a form asks 1 to 60 questions", "");
    return;
  }
  if (const auto* s = find(n, "sms")) sms_of(*s, f);
  auto names = everywhere_;
  for (const auto& q : ask->items)
    question_of(q, f, names);
  if (f.ask.size() != ask->items.size()) return; // what follows would be told to be wrong for no reason
  if (const auto* r = find(n, "reason")) reason_of(*r, f);
  one_per(find(n, "one_per"), f);
  if (const auto* rules = find(n, "rules"); rules && list(*rules, "'rules'")) {
    if (rules->items.size() > most_rules) found_.error(rules->at, "more than 60 rules", "");
    for (std::size_t i = 0; i < rules->items.size() && i < most_rules; ++i)
      rule_of(rules->items[i], f, names);
  }
  if (const auto* c = find(n, "confirm")) f.confirm = text(*c, names);
  if (const auto* p = find(n, "pin")) flag(*p, f.pin);
  if (const auto* feed = find(n, "feeds")) feeds(*feed, f);
  if (const auto* e = find(n, "entries")) f.entries = one_of(*e, {"1", "2"}, "number of entries") == 1 ? 2 : 1;
  step_of(n, f);
  if (const auto* o = find(n, "opens")) deadline_of(*o, f.opens);
  if (const auto* c = find(n, "closes")) deadline_of(*c, f.closes);
  if (const auto* c = find(n, "corrections")) corrections_of(*c, f);
  if (const auto* s = find(n, "shut")) f.shut = text(*s, everywhere_);
  if (const auto* e = find(n, "expected")) expected_of(*e, f);
  reminders_of(n, f);
  if (const auto* d = find(n, "does")) does_of(*d, n, f);
  names.push_back({"receipt", text_type, origin::local, static_cast<std::uint16_t>(moment::receipt)});
  names.push_back({"ticket", text_type, origin::local, static_cast<std::uint16_t>(moment::ticket)});
  if (f.does.draws_pin())
    names.push_back({"pin", text_type, origin::local, static_cast<std::uint16_t>(moment::pin)});
  if (const auto* r = find(n, "receipt")) f.receipt = text(*r, names);
  for (std::size_t l = 0; f.receipt != no_text && l < out_.languages.size(); ++l)
    for (const auto& p : out_.text(f.receipt, l).programs)
      f.shows_ticket = f.shows_ticket || std::any_of(p.code.begin(), p.code.end(), [](const instruction& i) {
                         return i.what == op::local && i.arg == static_cast<std::int64_t>(moment::ticket);
                       });
  if (f.shows_ticket && !f.once)
    found_.error(n.at, "'ticket' is of a form that is 'once'", "add once: true, or show the receipt");
  f.fingerprint = fingerprint(f);
}

// Asked behind all others when the report corrects an earlier one of the same person.
void loader::reason_of(const yaml_node& n, form& f) {
  question q;
  q.name = "reason";
  q.of_reason = true;
  q.what = question::kind::text;
  q.at = static_cast<place_in_text>(n.at);
  const bool plain = !n.is_map() || std::all_of(n.keys.begin(), n.keys.end(), [this](const auto& k) {
    return out_.language_index(k.value) != no_index;
  });
  if (plain) {
    if (!n.is_scalar() || n.value != "true") q.text = text(n, everywhere_);
  } else if (known_keys(n, "'reason'", {"text", "choice", "line"})) {
    if (const auto* t = find(n, "text")) q.text = text(*t, everywhere_);
    if (const auto* l = find(n, "line")) line_of(*l, q);
    if (const auto* c = find(n, "choice")) {
      q.what = question::kind::choice;
      options_of(*c, q);
      q.numeric = false;
    }
  }
  if (std::any_of(f.ask.begin(), f.ask.end(), [](const auto& x) { return x.name == "reason"; }))
    found_.error(n.at, "a question of this form is named 'reason' already", "give it another name");
  if (f.ask.size() >= most_questions) {
    found_.error(n.at, "a form asks at most 60 questions, the reason among them", "");
    return;
  }
  f.reason = static_cast<std::uint16_t>(f.ask.size());
  f.ask.push_back(std::move(q));
}

void loader::deadline_of(const yaml_node& n, deadline& d) {
  if (!n.is_scalar()) {
    found_.error(n.at, "a time is expected",
                 "write: opens: election.polls_close, or \"20:00\", or \"2026-11-24 20:00\"");
    return;
  }
  yaml_node time = n;
  if (n.value.size() == 16 && n.value[10] == ' ') {
    const auto day = parse_iso_date(std::string_view(n.value).substr(0, 10));
    if (!day) return found_.error(n.at, "'" + n.value.substr(0, 10) + "' is no date", "write it as 2026-11-24");
    d.day = *day;
    time.value = n.value.substr(11);
  }
  if (const auto space = n.value.find(' '); n.value.starts_with('-') && space != std::string::npos) {
    const auto days = std::string_view(n.value).substr(1, space - 1);
    const auto [end, failed] = std::from_chars(days.data(), days.data() + days.size(), d.before);
    if (failed != std::errc{} || end != days.data() + days.size() || d.before < 0 || d.before > 1000)
      return found_.error(n.at, "'" + n.value.substr(0, space) + "' is no number of days before the election",
                          "write it as \"-14 18:00\"");
    time.value = n.value.substr(space + 1);
  }
  auto p = literal_or_expression(time, everywhere_, time_type);
  if (!p) return;
  if (p->result != time_type)
    found_.error(n.at, "a time is expected, this is " + describe(p->result),
                 "write: election.polls_close, or \"20:00\", or \"2026-11-24 20:00\"");
  d.time = std::move(*p);
}

// {by: [own, supervisor], until: "18:00"}
void loader::corrections_of(const yaml_node& n, form& f) {
  if (!known_keys(n, "'corrections'", {"by", "until"})) return;
  if (const auto* until = find(n, "until")) deadline_of(*until, f.corrections.until);
  const auto* by = find(n, "by");
  if (!by || !list(*by, "'by'")) return;
  f.corrections.own = false;
  for (const auto& who : by->items) {
    if (!identifier(who)) continue;
    if (who.value == "own")
      f.corrections.own = true;
    else
      f.corrections.roles.push_back(who.value);
  }
}

void loader::one_per(const yaml_node* n, form& f) {
  const std::string scope(word(out_.scope));
  if (!n) {
    f.one_per = {scope};
    return;
  }
  if (!list(*n, "'one_per'")) return;
  std::vector<std::string> names{scope};
  for (const auto& q : f.ask)
    if (!q.is_list() && !q.of_reason && !q.optional && q.when.empty()) names.push_back(q.name);
  for (const auto& item : n->items) {
    const auto found = one_of(item, names, "answer");
    if (found == no_index) continue;
    if (std::find(f.one_per.begin(), f.one_per.end(), names[found]) != f.one_per.end())
      found_.error(item.at, "'" + names[found] + "' is given twice", "");
    f.one_per.push_back(names[found]);
  }
  if (n->items.size() > most_keys)
    found_.error(n->at, "'one_per' has more than 8 names", "leave out what the others tell");
  if (f.one_per.empty() || f.one_per.front() != scope)
    found_.error(n->at, "'one_per' must begin with " + scope, "write: one_per: [" + scope + ", …]");
}

std::uint16_t loader::question_named(const yaml_node& n, const form& f) {
  std::vector<std::string> names;
  for (const auto& q : f.ask)
    if (!q.of_reason) names.push_back(q.name);
  return one_of(n, names, "question");
}

void loader::rule_of(const yaml_node& n, form& f, const name_table& names) {
  if (!known_keys(n, "a rule", {"must", "warn", "text", "again", "name"}) && !n.is_map()) return;
  const auto *must = find(n, "must"), *warn = find(n, "warn");
  if (!must == !warn) {
    found_.error(n.at, "a rule is either 'must' or 'warn'", "write: {must: \"…\", text: …} or {warn: \"…\", text: …}");
    return;
  }
  rule r;
  r.must = must != nullptr;
  const auto* t = need(n, "text", "the rule");
  if (t) r.text = text(*t, names);
  const auto& source = r.must ? *must : *warn;
  auto test = expression(source, names);
  if (!test) return;
  if (test->result != truth_type) {
    found_.error(source.at, "a rule must be true or false, this is " + describe(test->result),
                 "compare it with something");
    return;
  }
  if (!test->fields) {
    found_.error(source.at, "this rule uses no answer of the form", "");
    return;
  }
  r.at = static_cast<place_in_text>(source.at);
  // A text that shows answers waits for them, too.
  test->fields |= fields_in(r.text);
  r.again = static_cast<std::uint16_t>(std::bit_width(test->fields) - 1);
  if (const auto* again = find(n, "again")) {
    const auto q = question_named(*again, f);
    if (q != no_index) r.again = q;
  }
  r.test = std::move(*test);
  const auto warns = std::count_if(f.rules.begin(), f.rules.end(), [](const auto& x) { return !x.must; });
  r.name = "warn" + std::to_string(warns + 1);
  if (const auto* name = find(n, "name"); name && identifier(*name)) r.name = name->value;
  f.rules.push_back(std::move(r));
}

void loader::feeds(const yaml_node& n, form& f) {
  if (!n.is_list()) return feed_of(n, f);
  for (const auto& item : n.items)
    feed_of(item, f);
}

void loader::feed_of(const yaml_node& n, form& f) {
  if (!n.is_map()) {
    found_.error(n.at, "'feeds' must be a map", "write: feeds: {report: results, votes: votes}");
    return;
  }
  feed out;
  const auto* report = need(n, "report", "'feeds'");
  if (report && identifier(*report)) out.report = report->value;
  for (std::size_t i = 0; i < n.keys.size(); ++i) {
    if (n.keys[i].value == "report") continue;
    const auto q = question_named(n.items[i], f);
    if (q != no_index) out.parts.push_back({n.keys[i].value, q});
  }
  f.feeds.push_back(std::move(out));
}

} // namespace tallyline::menus
