#include "menus/text.h"

namespace tallyline::menus {
namespace {

// Where the expression that begins at `from` ends: the closing brace outside of quotes.
std::size_t closing_brace(std::string_view source, std::size_t from) {
  char quote = 0;
  for (auto at = from; at < source.size(); ++at) {
    const char c = source[at];
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '}' || c == '{') {
      return c == '}' ? at : std::string_view::npos;
    }
  }
  return std::string_view::npos;
}

void add_literal(text_template& t, std::string_view text) {
  if (text.empty()) return;
  if (t.parts.empty() || t.parts.back().program >= 0)
    t.parts.push_back({static_cast<std::uint32_t>(t.literal.size()), 0, -1});
  t.literal += text;
  t.parts.back().size += static_cast<std::uint32_t>(text.size());
}

// What it is about, and its receipt where it is about its scope as a whole.
std::string_view code_of_record(entity of, const context& c) {
  if (!c.earlier || of.index >= c.earlier->records().size()) return "–";
  const past_record& r = c.earlier->records()[of.index];
  return r.key_text.empty() ? r.receipt : r.key_text;
}

bool can_be_shown(type t) { return !t.list && t.what != base::truth && t.what != base::nothing; }

} // namespace

std::variant<text_template, expression_error> compile_text(std::string_view source, const name_table& names,
                                                           const surroundings& around) {
  text_template t;
  for (std::size_t at = 0; at < source.size();) {
    const auto brace = source.find_first_of("{}", at);
    add_literal(t, source.substr(at, brace - at));
    if (brace == std::string_view::npos) break;
    if (brace + 1 < source.size() && source[brace + 1] == source[brace]) {
      add_literal(t, source.substr(brace, 1));
      at = brace + 2;
      continue;
    }
    if (source[brace] == '}')
      return expression_error{brace, "this '}' closes nothing", "write }} for a brace in the text"};
    const auto end = closing_brace(source, brace + 1);
    if (end == std::string_view::npos)
      return expression_error{brace, "this '{' is not closed", "write {{ for a brace in the text"};
    auto compiled = compile(source.substr(brace + 1, end - brace - 1), names, around);
    if (auto* e = std::get_if<expression_error>(&compiled)) {
      e->at += brace + 1;
      return std::move(*e);
    }
    auto& p = std::get<program>(compiled);
    if (!can_be_shown(p.result))
      return expression_error{brace + 1, describe(p.result) + " cannot be shown in a text",
                              p.result.list ? "show sum(x) or count(x)" : ""};
    t.parts.push_back({0, 0, static_cast<std::int32_t>(t.programs.size())});
    t.programs.push_back(std::move(p));
    at = end + 1;
  }
  return t;
}

void append_value(const value& v, const context& c, digit_style digits, std::string& out) {
  switch (v.what) {
  case value::kind::number:
    append_number(out, v.number, digits);
    break;
  case value::kind::text:
    append_in_digits(out, v.text(), v.verbatim ? digit_style::latin : digits);
    break;
  case value::kind::date:
    append_in_digits(out, shown_date(v.number, c.days), digits);
    break;
  case value::kind::time:
    append_in_digits(out, clock_time(v.number), digits);
    break;
  case value::kind::entity:
    if (v.of.kind == noun::record) {
      append_in_digits(out, code_of_record(v.of, c), digits);
      break;
    }
    if (v.of.kind != noun::nothing) {
      append_in_digits(out, c.election->text(v.of, attribute::name, c.language), digit_style::latin);
      break;
    }
    [[fallthrough]];
  default:
    out += "–";
  }
}

void render(const text_template& t, const context& c, digit_style digits, std::string& out) {
  for (const auto& p : t.parts) {
    if (p.program < 0)
      out.append(t.literal, p.from, p.size);
    else
      append_value(evaluate(t.programs[static_cast<std::size_t>(p.program)], c), c, digits, out);
  }
}

} // namespace tallyline::menus
