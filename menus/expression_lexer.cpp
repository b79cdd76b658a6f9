#include "menus/expression_lexer.h"

#include "menus/utf8.h"

#include <array>
#include <charconv>

namespace tallyline::menus {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool starts_name(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

token number(std::string_view source, std::size_t& at) {
  token t{token::kind::number, at, {}, 0};
  const auto [end, failed] = std::from_chars(source.data() + at, source.data() + source.size(), t.number);
  if (failed != std::errc{})
    throw expression_error{at, "this number is too large", "numbers go up to 9223372036854775807"};
  at = static_cast<std::size_t>(end - source.data());
  if (at < source.size() && starts_name(source[at]))
    throw expression_error{t.at, "a name cannot begin with a digit", ""};
  if (at + 1 < source.size() && source[at] == '.' && is_digit(source[at + 1]))
    throw expression_error{at, "only whole numbers are known here", ""};
  return t;
}

token text(std::string_view source, std::size_t& at) {
  const auto end = source.find(source[at], at + 1);
  if (end == std::string_view::npos)
    throw expression_error{at, "this text does not end", std::string("write the closing ") + source[at]};
  token t{token::kind::text, at, source.substr(at + 1, end - at - 1), 0};
  at = end + 1;
  return t;
}

token name(std::string_view source, std::size_t& at) {
  auto end = at;
  while (end < source.size() && (starts_name(source[end]) || is_digit(source[end])))
    ++end;
  token t{token::kind::name, at, source.substr(at, end - at), 0};
  at = end;
  return t;
}

// What people write out of habit, and what it is called here.
struct habit {
  std::string_view written, what, hint;
};
constexpr std::array habits{
    habit{"&&", "'&&' is not known here", "write: and"}, habit{"||", "'||' is not known here", "write: or"},
    habit{"=<", "'=<' is not known here", "write: <="},  habit{"=>", "'=>' is not known here", "write: >="},
    habit{"<>", "'<>' is not known here", "write: !="},  habit{"≤", "'≤' is not known here", "write: <="},
    habit{"≥", "'≥' is not known here", "write: >="},    habit{"≠", "'≠' is not known here", "write: !="},
    habit{"×", "'×' is not known here", "write: *"},
};
constexpr std::array<habit, 3> late_habits{
    habit{"=", "one '=' is not known here", "write == to compare"},
    habit{"!", "'!' is not known here", "write: not"},
    habit{"/", "there is no division", "percent(x, n) is x * n / 100"},
};
constexpr std::array<std::string_view, 13> symbols{"<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "(", ")", ",", "."};

} // namespace

token next_token(std::string_view source, std::size_t& at) {
  while (at < source.size() && (source[at] == ' ' || source[at] == '\n' || source[at] == '\r' || source[at] == '\t'))
    ++at;
  if (at == source.size()) return {token::kind::end, at, {}, 0};
  const char c = source[at];
  if (is_digit(c)) return number(source, at);
  if (c == '\'' || c == '"') return text(source, at);
  if (starts_name(c)) return name(source, at);
  const auto rest = source.substr(at);
  for (const auto& h : habits)
    if (rest.starts_with(h.written)) throw expression_error{at, std::string(h.what), std::string(h.hint)};
  for (const auto s : symbols)
    if (rest.starts_with(s)) {
      token t{token::kind::symbol, at, rest.substr(0, s.size()), 0};
      at += s.size();
      return t;
    }
  for (const auto& h : late_habits)
    if (rest.starts_with(h.written)) throw expression_error{at, std::string(h.what), std::string(h.hint)};
  if (c == '%') throw expression_error{at, "'%' is not known here", "percent(x, n) is x * n / 100"};
  std::size_t end = at;
  next_character(source, end);
  throw expression_error{at, "'" + std::string(source.substr(at, end - at)) + "' does not belong in an expression", ""};
}

} // namespace tallyline::menus
