// Texts with placeholders: "Station {station.code}: {sum(votes)} votes", compiled when a script loads.
#pragma once

#include "menus/expression.h"
#include "menus/utf8.h"

#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tallyline::menus {

struct text_template {
  struct part {
    std::uint32_t from = 0, size = 0; // in `literal`
    std::int32_t program = -1;        // or an expression to show
  };
  std::string literal;
  std::vector<part> parts;
  std::vector<program> programs;
};

// `{{` and `}}` stand for braces. An expression must give something that can be shown: a number, a text or an entity
// (which shows its name).
std::variant<text_template, expression_error> compile_text(std::string_view source, const name_table& names,
                                                           const surroundings& around = {});

// Appends to `out`. A value that is not there shows as "–".
void render(const text_template& t, const context& c, digit_style digits, std::string& out);
void append_value(const value& v, const context& c, digit_style digits, std::string& out);

} // namespace tallyline::menus
