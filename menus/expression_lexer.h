// The words of an expression. Internal to menus/expression.
#pragma once

#include "menus/expression.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace tallyline::menus {

struct token {
  enum class kind : std::uint8_t { end, number, text, name, symbol };
  kind what = kind::end;
  std::size_t at = 0;
  std::string_view text; // of a text literal: what is between the quotes
  std::int64_t number = 0;
};

// The next token from `at` on, which moves past it. Throws expression_error.
token next_token(std::string_view source, std::size_t& at);

} // namespace tallyline::menus
