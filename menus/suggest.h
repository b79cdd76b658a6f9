// "did you mean": the known word nearest to a misspelt one.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace tallyline::menus {

// The nearest of `known` within a third of the word's length in edits, or empty.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

// "did you mean 'x'?", or else "known here: a, b, c", or empty when nothing is known.
std::string suggestion(std::string_view word, std::span<const std::string_view> known);

} // namespace tallyline::menus
