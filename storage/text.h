// Small checks on text that comes from outside. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tallyline::storage {

// Where the first byte is that is not valid UTF-8 (RFC 3629: no surrogates, no overlong forms), or npos.
std::size_t bad_utf8_at(std::string_view text);
inline bool valid_utf8(std::string_view text) { return bad_utf8_at(text) == std::string_view::npos; }

// ASCII digits of a text that consists of nothing but digits, Persian (U+06F0..) and Arabic (U+0660..) ones included;
// nothing for an empty text or one with anything else in it.
std::optional<std::string> ascii_digits(std::string_view text);

// A decimal number up to 2^53, an optional minus in front; digits as above.
std::optional<std::int64_t> parse_number(std::string_view text);

// [a-z][a-z0-9_]*, at most 64 characters: what forms, fields and roles are called.
bool is_identifier(std::string_view text);
// The same, with "training." in front for what was reported in training.
bool is_form_name(std::string_view text);
inline constexpr std::string_view training_prefix = "training.";

// Numbers beyond this are refused everywhere: JSON and spreadsheets would round them.
inline constexpr std::int64_t largest_number = std::int64_t{1} << 53;

// The candidate nearest to `word` by edit distance, if it is near enough to be meant.
template <class Words> std::optional<std::string_view> did_you_mean(std::string_view word, const Words& words);
std::size_t edit_distance(std::string_view a, std::string_view b);

template <class Words> std::optional<std::string_view> did_you_mean(std::string_view word, const Words& words) {
  std::size_t best = 3;
  std::optional<std::string_view> found;
  for (const auto& candidate : words) {
    const std::size_t d = edit_distance(word, candidate);
    if (d < best) best = d, found = candidate;
  }
  return found;
}

} // namespace tallyline::storage
