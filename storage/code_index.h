// Where a code stands among rows that have a `code`: open addressing over the rows' own texts, nothing copied, so that
// a national roster is indexed in milliseconds.
//
// The rows stay with their owner, who hands the same ones, unchanged, to each call. Immutable once filled; any thread.
#pragma once

#include <bit>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace tallyline::storage {

class code_index {
public:
  // Of two rows with one code the first is found.
  template <class Rows> void fill(const Rows& rows) {
    slots_.assign(std::bit_ceil(rows.size() * 2 + 1), empty);
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      auto& slot = slots_[slot_of(rows, rows[i].code)];
      if (slot == empty) slot = i;
    }
  }
  template <class Rows> std::optional<std::uint32_t> find(const Rows& rows, std::string_view code) const {
    if (slots_.empty()) return std::nullopt;
    const auto found = slots_[slot_of(rows, code)];
    return found == empty ? std::nullopt : std::optional(found);
  }

private:
  static constexpr std::uint32_t empty = 0xFFFFFFFF;

  // The row's slot, or the empty one where it would stand. There always is one: at most half of them are taken.
  template <class Rows> std::size_t slot_of(const Rows& rows, std::string_view code) const {
    const auto mask = slots_.size() - 1;
    auto at = std::hash<std::string_view>{}(code)&mask;
    while (slots_[at] != empty && rows[slots_[at]].code != code)
      at = (at + 1) & mask;
    return at;
  }

  std::vector<std::uint32_t> slots_;
};

} // namespace tallyline::storage
