// Rules and texts over the figures of one thing, in the words of the menu language's expressions: `waiting > 20 and
// median_minutes > 60`. Only numbers have names here: whatever would need an election, a form or a clock is refused.
//
// Compiled once, immutable afterwards; any thread.
#pragma once

#include "menus/text.h"

#include <cstdint>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::gateway {

using figure_names = std::span<const std::string_view>;
using figures_of_one = std::span<const std::optional<std::int64_t>>; // in step with the names; nothing: it has none

struct bad_formula : std::runtime_error {
  using runtime_error::runtime_error;
};

class formula {
public:
  enum class gives : std::uint8_t { number, truth };
  formula() = default;
  // Throws bad_formula that says what is wrong and which names there are.
  formula(std::string source, figure_names names, gives what);

  const std::string& source() const { return source_; }
  // Nothing when a figure it uses is not there, or when it overflows.
  std::optional<std::int64_t> number(figures_of_one f) const;
  bool holds(figures_of_one f) const { return number(f).value_or(0) != 0; }
  // The places of the names that it uses.
  std::vector<std::size_t> uses() const;

private:
  std::string source_;
  menus::program program_;
};

} // namespace tallyline::gateway
