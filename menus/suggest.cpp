#include "menus/suggest.h"

#include <algorithm>
#include <vector>

namespace tallyline::menus {
namespace {

// Edits with a swap of neighbours as one (optimal string alignment).
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before, last(b.size() + 1), now(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    now[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t change = a[i - 1] == b[j - 1] ? 0 : 1;
      now[j] = std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + change});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) now[j] = std::min(now[j], before[j - 2] + 1);
    }
    before = last;
    last = now;
  }
  return last[b.size()];
}

constexpr std::size_t longest_word = 64; // longer ones are no typing mistakes, and would cost time
constexpr std::size_t most_listed = 12;

} // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  if (word.size() > longest_word) return {};
  std::string_view best;
  std::size_t least = std::max<std::size_t>(1, (word.size() + 1) / 3) + 1;
  for (const auto candidate : known) {
    if (candidate.size() > longest_word) continue;
    const auto edits = distance(word, candidate);
    if (edits < least) {
      least = edits;
      best = candidate;
    }
  }
  return best;
}

std::string suggestion(std::string_view word, std::span<const std::string_view> known) {
  if (known.empty()) return {};
  if (const auto best = nearest(word, known); !best.empty()) return "did you mean '" + std::string(best) + "'?";
  std::string list = "known here: ";
  for (std::size_t i = 0; i < known.size() && i < most_listed; ++i) {
    if (i) list += ", ";
    list += known[i];
  }
  if (known.size() > most_listed) list += ", …";
  return list;
}

} // namespace tallyline::menus
