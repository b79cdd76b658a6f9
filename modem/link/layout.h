// What a record consists of, as the link's coder sees it: fields by kind and size, free of what a menu calls them.
//
// Both ends make the same layout from the same forms and roster (gateway/site/form_layout), and name it by its digest;
// a batch coded by one layout is only read by that one. Plain data; any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tallyline::modem::link {

inline constexpr std::uint16_t no_field = 0xFFFF;

struct field {
  enum class kind : std::uint8_t {
    number,  // 0 to 2^53: a number, the minutes of a time
    date,    // days since 1970, before it too
    choice,  // one of `size`, by its place from 0
    list,    // a number for each of `size` items, or of `sizes` by the choice in field `sized_by`
    numbers, // as many numbers as there are
    text,    // UTF-8
  };
  std::string name; // part of the digest only
  kind what = kind::number;
  bool optional = false; // may have no value
  std::uint32_t size = 0;
  std::uint16_t sized_by = no_field;
  std::vector<std::uint32_t> sizes;
  // Of a number: it is expected to be what these fields, numbers and lists, add up to. It is coded after all others.
  std::vector<std::uint16_t> total_of;
};

struct form {
  std::string name;
  std::vector<field> fields;
  std::uint32_t warnings = 0;   // how many can be confirmed, 64 at most
  std::uint16_t scope_list = 0; // which of layout::scopes its scope is a place in
};

struct layout {
  std::vector<form> forms;
  std::vector<std::uint32_t> scopes; // sizes: stations, offices, areas that the site may report on
};

using value = std::variant<std::monostate, std::int64_t, std::string, std::vector<std::int64_t>>;

struct record {
  std::uint16_t form = 0;
  std::uint32_t scope = 0;
  std::vector<value> values;   // a field each
  std::uint64_t confirmed = 0; // a bit a warning
  std::string reason;          // of a correction
  friend bool operator==(const record&, const record&) = default;
};

using digest = std::array<std::uint8_t, 4>;
// Over every part of the layout and over `salt`, which stands for what a layout does not show (codes, names, rules).
digest digest_of(const layout& l, std::string_view salt);

// How many numbers a list has in this record; nothing (0) when the choice it depends on is missing or out of range.
std::uint32_t list_size(const field& f, const record& r);
// Whether the record fits the layout: kinds, sizes and ranges.
bool fits(const layout& l, const record& r);

inline constexpr std::int64_t largest_number = std::int64_t{1} << 53;
inline constexpr std::int64_t farthest_day = 10'000'000;
inline constexpr std::size_t longest_text = 4096;
inline constexpr std::size_t most_numbers = 1024;

} // namespace tallyline::modem::link
