// Recursive descent with types: each rule of the grammar emits its instructions and returns what it leaves on the
// stack.
#include "menus/expression.h"
#include "menus/expression_lexer.h"
#include "menus/expression_stack.h"
#include "menus/suggest.h"

#include <algorithm>
#include <array>
#include <utility>

namespace tallyline::menus {
namespace {

constexpr int deepest_nesting = 24;

struct operand {
  type is;
  std::size_t at;            // where it began
  std::size_t literal = ~0U; // the instruction that it is, when it is a text and nothing else
};

struct builtin {
  std::string_view name;
  int arguments;
  op what;
};
constexpr std::array builtins{
    builtin{"sum", 1, op::sum},   builtin{"count", 1, op::count}, builtin{"percent", 2, op::percent},
    builtin{"min", 2, op::least}, builtin{"max", 2, op::most},    builtin{"abs", 1, op::absolute},
};
// Functions whose arguments are not simply numbers.
constexpr std::array<std::string_view, 9> special{"given",   "or_else", "if",   "years", "earlier",
                                                  "records", "queue",   "date", "time"};
constexpr std::array<std::string_view, 6> reserved{"and", "or", "not", "in", "true", "false"};

class compiler {
public:
  compiler(std::string_view source, const name_table& names, const surroundings& around)
      : source_(source), names_(names), around_(around) {
    advance();
  }

  program run() {
    if (now_.what == token::kind::end) throw expression_error{0, "the expression is empty", ""};
    out_.result = either().is;
    if (now_.what != token::kind::end) fail_here("this does not belong here");
    return std::move(out_);
  }

private:
  // --- tokens
  void advance() { now_ = next_token(source_, at_); }
  bool is_symbol(std::string_view s) const { return now_.what == token::kind::symbol && now_.text == s; }
  bool is_word(std::string_view s) const { return now_.what == token::kind::name && now_.text == s; }
  bool take_symbol(std::string_view s) { return is_symbol(s) && (advance(), true); }
  bool take_word(std::string_view s) { return is_word(s) && (advance(), true); }
  void expect(std::string_view s) {
    if (!take_symbol(s)) fail_here("'" + std::string(s) + "' is missing here");
  }
  [[noreturn]] void fail_here(std::string what) const {
    if (now_.what == token::kind::end)
      throw expression_error{now_.at, "the expression ends too early", std::move(what)};
    throw expression_error{now_.at, std::move(what), ""};
  }
  static void want(const operand& o, type t, std::string_view user) {
    if (o.is == t) return;
    throw expression_error{o.at, std::string(user) + " needs " + describe(t) + ", this is " + describe(o.is), ""};
  }

  // --- code
  std::size_t emit(op what, std::int64_t arg = 0, attribute get = {}) {
    out_.code.push_back({what, get, arg});
    depth_ += stack_effect(what);
    if (what == op::earlier) depth_ -= out_.lookups[static_cast<std::size_t>(arg)].keys;
    if (depth_ > stack_size)
      throw expression_error{now_.at, "the expression is nested too deeply", "split it into several rules"};
    return out_.code.size() - 1;
  }
  struct nesting {
    explicit nesting(compiler& c) : c_(c) {
      if (++c_.nested_ > deepest_nesting)
        throw expression_error{c_.now_.at, "the expression is nested too deeply", "split it into several rules"};
    }
    ~nesting() { --c_.nested_; }
    compiler& c_;
  };

  // --- grammar, loosest first
  operand either() {
    const nesting guard(*this);
    auto left = both();
    while (is_word("or")) {
      want(left, truth_type, "'or'");
      advance();
      const auto jump = emit(op::either);
      want(both(), truth_type, "'or'");
      out_.code[jump].arg = static_cast<std::int64_t>(out_.code.size());
    }
    return left;
  }
  operand both() {
    auto left = inverted();
    while (is_word("and")) {
      want(left, truth_type, "'and'");
      advance();
      const auto jump = emit(op::both);
      want(inverted(), truth_type, "'and'");
      out_.code[jump].arg = static_cast<std::int64_t>(out_.code.size());
    }
    return left;
  }
  operand inverted() {
    if (!is_word("not")) return comparison();
    const nesting guard(*this);
    const auto at = now_.at;
    advance();
    want(inverted(), truth_type, "'not'");
    emit(op::invert);
    return {truth_type, at};
  }
  operand comparison() {
    static constexpr std::array<std::pair<std::string_view, op>, 6> operators{{{"<=", op::less_equal},
                                                                               {">=", op::greater_equal},
                                                                               {"<", op::less},
                                                                               {">", op::greater},
                                                                               {"==", op::equal},
                                                                               {"!=", op::not_equal}}};
    auto left = sum();
    if (is_word("in")) return membership(left);
    for (const auto& [symbol, what] : operators) {
      if (!is_symbol(symbol)) continue;
      advance();
      auto right = sum();
      read_literal(left, right.is);
      read_literal(right, left.is);
      check_comparison(left, right, symbol, what);
      emit(what);
      if (std::any_of(operators.begin(), operators.end(), [&](const auto& o) { return is_symbol(o.first); }))
        throw expression_error{now_.at, "comparisons do not chain", "write: a < b and b < c"};
      return {truth_type, left.at};
    }
    return left;
  }
  static void check_comparison(const operand& left, const operand& right, std::string_view symbol, op what) {
    const auto user = "'" + std::string(symbol) + "'";
    if (what == op::equal || what == op::not_equal) {
      if (left.is.list) throw expression_error{left.at, user + " cannot compare lists", "compare sum(x) or count(x)"};
      if (left.is == right.is) return;
      throw expression_error{right.at, user + " compares " + describe(left.is) + " with " + describe(right.is), ""};
    }
    if (left.is == right.is && (left.is == date_type || left.is == time_type)) return;
    want(left, number_type, user);
    want(right, number_type, user);
  }
  // '17:00' beside a time is a time, '2026-11-24' beside a date a date.
  void read_literal(operand& o, type beside) {
    if (o.literal >= out_.code.size() || (beside != date_type && beside != time_type)) return;
    auto& i = out_.code[o.literal];
    const std::string& written = out_.texts[static_cast<std::size_t>(i.arg)];
    const auto n = beside == date_type ? parse_iso_date(written) : parse_clock_time(written);
    if (!n)
      throw expression_error{o.at, "'" + written + "' is no " + (beside == date_type ? "date" : "time"),
                             beside == date_type ? "write it as '2026-11-24'" : "write it as '17:30'"};
    i = {beside == date_type ? op::date : op::time, {}, *n};
    o.is = beside;
  }
  operand membership(const operand& left) {
    advance();
    const auto right = sum();
    if (!right.is.list) throw expression_error{right.at, "'in' needs a list, this is " + describe(right.is), ""};
    auto item = right.is;
    item.list = false;
    want(left, item, "'in' this list");
    emit(op::in);
    return {truth_type, left.at};
  }
  operand sum() {
    auto left = product();
    while (is_symbol("+") || is_symbol("-")) {
      const auto what = is_symbol("+") ? op::add : op::subtract;
      left = arithmetic(left, what, what == op::add ? "'+'" : "'-'", &compiler::product);
    }
    return left;
  }
  operand product() {
    auto left = negated();
    while (is_symbol("*"))
      left = arithmetic(left, op::multiply, "'*'", &compiler::negated);
    return left;
  }
  operand arithmetic(const operand& left, op what, std::string_view user, operand (compiler::*next)()) {
    want(left, number_type, user);
    advance();
    want((this->*next)(), number_type, user);
    emit(what);
    return {number_type, left.at};
  }
  operand negated() {
    if (!is_symbol("-")) return attributes();
    const nesting guard(*this);
    const auto at = now_.at;
    advance();
    want(negated(), number_type, "'-'");
    emit(op::negate);
    return {number_type, at};
  }
  operand attributes() {
    auto left = primary();
    while (is_symbol(".")) {
      advance();
      if (now_.what != token::kind::name) fail_here("a name is missing after '.'");
      left.is = attribute_of(left.is);
    }
    return left;
  }
  type attribute_of(type owner) {
    if (owner.what != base::entity || owner.list)
      throw expression_error{now_.at, describe(owner) + " has no '" + std::string(now_.text) + "'", ""};
    const auto* row = find_attribute(owner.of, now_.text);
    if (!row) {
      std::vector<std::string_view> known;
      for (const auto& r : catalogue())
        if (r.of == owner.of) known.push_back(r.name);
      throw expression_error{now_.at, describe(owner) + " has no '" + std::string(now_.text) + "'",
                             suggestion(now_.text, known)};
    }
    advance();
    const auto get = row->is.list                   ? op::get_list
                     : row->is.what == base::entity ? op::get_link
                     : row->is.what == base::text   ? op::get_text
                                                    : op::get_number;
    emit(get, 0, row->what);
    return row->is;
  }
  operand primary() {
    const auto t = now_;
    if (take_symbol("(")) {
      auto inner = either();
      expect(")");
      return {inner.is, t.at};
    }
    switch (t.what) {
    case token::kind::number:
      advance();
      emit(op::number, t.number);
      return {number_type, t.at};
    case token::kind::text:
      advance();
      out_.texts.emplace_back(t.text);
      return {text_type, t.at, emit(op::text, static_cast<std::int64_t>(out_.texts.size() - 1))};
    case token::kind::name:
      return name();
    default:
      fail_here(t.what == token::kind::end ? "a value is missing" : "a value is missing before this");
    }
  }
  operand name() {
    const auto t = now_;
    if (t.text == "true" || t.text == "false") {
      advance();
      emit(op::truth, t.text == "true");
      return {truth_type, t.at};
    }
    if (std::find(reserved.begin(), reserved.end(), t.text) != reserved.end())
      fail_here("a value is missing before this");
    advance();
    if (is_symbol("(")) return call(t);
    if (t.text == "now") return emit(op::now), operand{time_type, t.at};
    if (t.text == "today") return emit(op::today), operand{date_type, t.at};
    if (t.text == "election") return emit(op::election), operand{entity_type(noun::election), t.at};
    if (t.text == "corrects" && around_.corrects) {
      out_.corrects = true;
      return emit(op::corrects), operand{truth_type, t.at};
    }
    const auto found = std::find_if(names_.rbegin(), names_.rend(), [&](const auto& n) { return n.name == t.text; });
    if (found == names_.rend()) unknown_name(t);
    static constexpr std::array<op, 4> loads{op::scope, op::person, op::field, op::local};
    emit(loads[static_cast<std::size_t>(found->from)], found->index);
    if (found->from == origin::field) {
      out_.fields |= std::uint64_t{1} << found->index;
      if (!lenient_) out_.needed |= std::uint64_t{1} << found->index;
    }
    return {found->is, t.at};
  }
  [[noreturn]] void unknown_name(const token& t) const {
    std::vector<std::string_view> known;
    for (const auto& n : names_)
      known.push_back(n.name);
    for (const auto n : {"now", "today", "election"})
      known.emplace_back(n);
    throw expression_error{t.at, "unknown name '" + std::string(t.text) + "'", suggestion(t.text, known)};
  }
  operand call(const token& t) {
    if (std::find(special.begin(), special.end(), t.text) != special.end()) return call_special(t);
    const auto f = std::find_if(builtins.begin(), builtins.end(), [&](const auto& b) { return b.name == t.text; });
    if (f == builtins.end()) {
      std::vector<std::string_view> known;
      for (const auto& b : builtins)
        known.push_back(b.name);
      known.insert(known.end(), special.begin(), special.end());
      throw expression_error{t.at, "unknown function '" + std::string(t.text) + "'", suggestion(t.text, known)};
    }
    advance();
    const auto user = std::string(t.text) + "()";
    const auto first = either();
    const bool of_list = (f->what == op::least || f->what == op::most) && first.is == numbers_type;
    if (f->what == op::count) {
      if (!first.is.list) throw expression_error{first.at, "count() needs a list, this is " + describe(first.is), ""};
    } else {
      want(first, f->what == op::sum || of_list ? numbers_type : number_type, user);
    }
    if (f->arguments == 2 && !of_list) {
      if (!take_symbol(",")) fail_here(user + " needs two values");
      want(either(), number_type, user);
    }
    expect(")");
    emit(of_list ? (f->what == op::least ? op::least_of : op::most_of) : f->what);
    return {number_type, t.at};
  }

  operand call_special(const token& t) {
    advance();
    const nesting guard(*this);
    auto made = t.text == "given"     ? given(t)
                : t.text == "or_else" ? or_else(t)
                : t.text == "if"      ? select(t)
                : t.text == "years"   ? years(t)
                : t.text == "earlier" ? earlier(t)
                : t.text == "records" ? own_records(t)
                : t.text == "queue"   ? queue()
                                      : literal(t);
    return made;
  }
  void comma(const token& t, std::string_view needs) {
    if (!take_symbol(",")) fail_here(std::string(t.text) + "() needs " + std::string(needs));
  }
  // An answer that may be missing.
  operand leniently() {
    const bool before = std::exchange(lenient_, true);
    auto made = either();
    lenient_ = before;
    return made;
  }
  operand given(const token& t) {
    leniently();
    expect(")");
    emit(op::given);
    return {truth_type, t.at};
  }
  operand or_else(const token& t) {
    auto first = leniently();
    comma(t, "two values");
    auto second = either();
    read_literal(second, first.is);
    want(second, first.is, "or_else()");
    expect(")");
    emit(op::or_else);
    return {first.is, t.at};
  }
  operand select(const token& t) {
    want(either(), truth_type, "if()");
    comma(t, "a test and two values");
    const auto then = either();
    comma(t, "a test and two values");
    auto otherwise = either();
    read_literal(otherwise, then.is);
    want(otherwise, then.is, "the second value of if()");
    expect(")");
    emit(op::select);
    return {then.is, t.at};
  }
  operand years(const token& t) {
    auto from = either();
    read_literal(from, date_type);
    want(from, date_type, "years()");
    comma(t, "two dates");
    auto to = either();
    read_literal(to, date_type);
    want(to, date_type, "years()");
    expect(")");
    emit(op::years, static_cast<std::int64_t>(around_.years));
    return {number_type, t.at};
  }
  operand literal(const token& t) {
    if (now_.what != token::kind::text)
      fail_here(t.text == "date" ? "date() needs a date in quotes, as '2026-11-24'"
                                 : "time() needs a time in quotes, as '17:30'");
    auto made = primary();
    read_literal(made, t.text == "date" ? date_type : time_type);
    expect(")");
    return {made.is, t.at};
  }
  std::uint16_t form_named() {
    const auto t = now_;
    if (t.what != token::kind::name) fail_here("the name of a form is missing");
    for (std::size_t f = 0; f < around_.forms.size(); ++f) {
      if (around_.forms[f].name != t.text) continue;
      advance();
      if (std::find(out_.looks_back.begin(), out_.looks_back.end(), f) == out_.looks_back.end())
        out_.looks_back.push_back(static_cast<std::uint16_t>(f));
      return static_cast<std::uint16_t>(f);
    }
    std::vector<std::string_view> known;
    for (const auto& f : around_.forms)
      known.push_back(f.name);
    throw expression_error{t.at, "there is no form '" + std::string(t.text) + "'", suggestion(t.text, known)};
  }
  operand own_records(const token& t) {
    const auto form = form_named();
    expect(")");
    emit(op::records, form);
    return {list_of(noun::record), t.at};
  }
  // The form may be another menu's: who decides on what others register sees their queue.
  operand queue() {
    static constexpr std::array<std::string_view, queue_figures> figures{"waiting", "oldest", "last_hour", "minutes"};
    const auto form = now_;
    if (form.what != token::kind::name) fail_here("the name of a form is missing");
    advance();
    expect(")");
    if (!take_symbol(".")) fail_here("which figure? write queue(" + std::string(form.text) + ").waiting");
    const auto figure = std::find(figures.begin(), figures.end(), now_.text);
    if (figure == figures.end())
      throw expression_error{now_.at, "a queue has no '" + std::string(now_.text) + "'",
                             suggestion(now_.text, figures)};
    advance();
    auto place = std::find(out_.queues.begin(), out_.queues.end(), form.text);
    if (place == out_.queues.end()) place = out_.queues.insert(place, std::string(form.text));
    emit(op::queue,
         (place - out_.queues.begin()) * static_cast<std::int64_t>(queue_figures) + (figure - figures.begin()));
    return {number_type, form.at};
  }
  operand earlier(const token& t) {
    program::lookup what;
    what.form = form_named();
    const form_shape& f = around_.forms[what.form];
    while (take_symbol(",")) {
      auto key = either();
      if (key.is.list || key.is.what == base::nothing) throw expression_error{key.at, "a list is no key", ""};
      ++what.keys;
    }
    if (what.keys > most_keys) throw expression_error{t.at, "a record has at most 8 keys", ""};
    if (what.keys != f.keys)
      throw expression_error{t.at,
                             "'" + f.name + "' has " + std::to_string(f.keys) + " keys behind its scope, here are " +
                                 std::to_string(what.keys),
                             "write earlier(" + f.name + ", …) with one for each further name in its one_per"};
    expect(")");
    if (!take_symbol(".")) fail_here("which answer of it? write earlier(" + f.name + ", …).NAME");
    const auto field =
        std::find_if(f.fields.begin(), f.fields.end(), [&](const auto& n) { return n.name == now_.text; });
    if (field == f.fields.end()) {
      std::vector<std::string_view> known;
      for (const auto& n : f.fields)
        known.push_back(n.name);
      throw expression_error{now_.at, "'" + f.name + "' asks no '" + std::string(now_.text) + "'",
                             suggestion(now_.text, known)};
    }
    advance();
    what.field = field->index;
    what.is = field->is;
    out_.lookups.push_back(what);
    emit(op::earlier, static_cast<std::int64_t>(out_.lookups.size() - 1));
    return {what.is, t.at};
  }

  std::string_view source_;
  const name_table& names_;
  const surroundings& around_;
  bool lenient_ = false;
  std::size_t at_ = 0;
  token now_;
  program out_;
  int depth_ = 0;
  int nested_ = 0;
};

} // namespace

std::variant<program, expression_error> compile(std::string_view source, const name_table& names,
                                                const surroundings& around) {
  try {
    return compiler(source, names, around).run();
  } catch (expression_error& e) {
    return std::move(e);
  }
}

} // namespace tallyline::menus
