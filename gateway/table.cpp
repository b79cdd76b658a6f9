#include "gateway/table.h"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

namespace tallyline::gateway {
namespace {

// Columns that a terminal spends on a text (East Asian wide characters two, combining marks none).
std::size_t display_width(std::string_view s) {
  std::size_t width = 0;
  std::int32_t i = 0;
  const auto length = static_cast<std::int32_t>(s.size());
  while (i < length) {
    UChar32 c;
    U8_NEXT_OR_FFFD(s.data(), i, length, c);
    const auto type = u_charType(c);
    if (type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_FORMAT_CHAR) continue;
    const auto wide = u_getIntPropertyValue(c, UCHAR_EAST_ASIAN_WIDTH);
    width += wide == U_EA_WIDE || wide == U_EA_FULLWIDTH ? 2 : 1;
  }
  return width;
}

std::string grouped(std::int64_t n) {
  std::string digits = fmt::to_string(n);
  for (std::ptrdiff_t i = std::ptrdiff_t(digits.size()) - 3; i > (n < 0); i -= 3)
    digits.insert(std::size_t(i), ",");
  return digits;
}

std::string tenths(share s) {
  return fmt::format("{}{}.{}", s.tenths < 0 ? "-" : "", std::abs(s.tenths) / 10, std::abs(s.tenths) % 10);
}

std::string for_people(const cell& c) {
  if (const auto* text = std::get_if<std::string>(&c)) return *text;
  if (const auto* number = std::get_if<std::int64_t>(&c)) return grouped(*number);
  if (const auto* s = std::get_if<share>(&c)) return tenths(*s) + " %";
  return "-";
}

std::string for_csv(const cell& c) {
  if (const auto* number = std::get_if<std::int64_t>(&c)) return fmt::to_string(*number);
  if (const auto* s = std::get_if<share>(&c)) return tenths(*s);
  const auto* text = std::get_if<std::string>(&c);
  if (!text) return {};
  if (text->find_first_of(",\"\r\n") == std::string::npos) return *text;
  std::string quoted = "\"";
  for (char ch : *text)
    quoted += ch == '"' ? std::string("\"\"") : std::string(1, ch);
  return quoted + '"';
}

std::string for_json(const cell& c) {
  if (const auto* text = std::get_if<std::string>(&c)) return boost::json::serialize(boost::json::string(*text));
  const std::string plain = for_csv(c); // numbers as people write them: 64.3, not 6.43E1
  return plain.empty() ? "null" : plain;
}

bool is_text_column(const table& t, std::size_t c) {
  return std::any_of(t.rows.begin(), t.rows.end(),
                     [c](const auto& row) { return std::holds_alternative<std::string>(row[c]); });
}

void pad(std::string& line, const std::string& text, std::size_t width, bool left) {
  const std::string space(width - std::min(width, display_width(text)), ' ');
  line += left ? text + space : space + text;
}

// How many of the leading columns say what the row above says.
std::size_t repeated(const table& t, std::size_t r) {
  std::size_t same = 0;
  while (same < t.grouped && for_people(t.rows[r][same]) == for_people(t.rows[r - 1][same]))
    ++same;
  return same;
}

void print_table(std::ostream& to, const table& t) {
  std::vector<std::size_t> widths;
  std::vector<bool> left;
  for (std::size_t c = 0; c < t.columns.size(); ++c) {
    std::size_t width = display_width(t.columns[c].title);
    for (const auto& row : t.rows)
      width = std::max(width, display_width(for_people(row[c])));
    widths.push_back(width);
    left.push_back(is_text_column(t, c));
  }
  const auto line = [&](auto&& text_of) {
    std::string out;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (c) out += "  ";
      pad(out, text_of(c), widths[c], left[c]);
    }
    out.erase(out.find_last_not_of(' ') + 1);
    to << out << '\n';
  };
  const auto rule = [&] {
    std::string out;
    for (std::size_t c = 0; c < widths.size(); ++c) {
      if (c) out += "  ";
      for (std::size_t i = 0; i < widths[c]; ++i)
        out += "─";
    }
    to << out << '\n';
  };
  line([&](std::size_t c) { return t.columns[c].title; });
  rule();
  for (std::size_t r = 0; r < t.rows.size(); ++r) {
    const bool ruled = std::binary_search(t.rules.begin(), t.rules.end(), r);
    if (ruled) rule();
    std::size_t same = r == 0 || ruled ? 0 : repeated(t, r);
    line([&](std::size_t c) { return c < same ? std::string() : for_people(t.rows[r][c]); });
  }
  for (const auto& note : t.notes)
    to << note << '\n';
}

void print_csv(std::ostream& to, const table& t) {
  for (std::size_t c = 0; c < t.columns.size(); ++c)
    to << (c ? "," : "") << t.columns[c].name;
  to << "\r\n"; // RFC 4180 2
  for (const auto& row : t.rows) {
    for (std::size_t c = 0; c < row.size(); ++c)
      to << (c ? "," : "") << for_csv(row[c]);
    to << "\r\n";
  }
}

void print_json(std::ostream& to, const table& t) {
  to << "[";
  for (std::size_t r = 0; r < t.rows.size(); ++r) {
    to << (r ? ",\n " : "\n ") << '{';
    for (std::size_t c = 0; c < t.columns.size(); ++c)
      to << (c ? "," : "") << '"' << t.columns[c].name << "\":" << for_json(t.rows[r][c]);
    to << '}';
  }
  to << "\n]\n";
}

} // namespace

format format_named(std::string_view word) {
  return word == "csv" ? format::csv : word == "json" ? format::json : format::table;
}

cell share_of(std::int64_t part, std::int64_t whole) {
  if (whole <= 0) return {};
  return share{(part * 2000 + whole) / (2 * whole)};
}

void print(std::ostream& to, const table& t, format as) {
  switch (as) {
  case format::table:
    return print_table(to, t);
  case format::csv:
    return print_csv(to, t);
  case format::json:
    return print_json(to, t);
  }
}

} // namespace tallyline::gateway
