#include "modem/carrier_watch.h"

#include <algorithm>

namespace tallyline::modem {
namespace {

constexpr std::string_view words = "\r\nNO CARRIER\r\n";
// Less is not worth holding back: a person's Enter would wait.
constexpr std::size_t worth_holding = 3;

// How many of the words' first octets end what came: `handed_on` of them, and then `all`.
std::size_t begun(std::size_t handed_on, octets_view all) {
  const auto ends_in = [&](std::size_t n) {
    const auto earlier = n > all.size() ? n - all.size() : 0;
    if (earlier > handed_on || !words.substr(0, handed_on).ends_with(words.substr(0, earlier))) return false;
    const auto rest = words.substr(earlier, n - earlier);
    return std::equal(rest.begin(), rest.end(), all.end() - static_cast<std::ptrdiff_t>(rest.size()),
                      [](char w, std::uint8_t o) { return static_cast<std::uint8_t>(w) == o; });
  };
  for (std::size_t n = std::min(words.size(), handed_on + all.size()); n > 0; --n)
    if (ends_in(n)) return n;
  return 0;
}

} // namespace

octets_view carrier_watch::feed(octets_view octets, clock::time_point now) {
  if (!held_.empty()) {
    out_ = std::move(held_);
    out_.insert(out_.end(), octets.begin(), octets.end());
    octets = out_;
  }
  const auto matched = begun(handed_on_, octets);
  const auto held = matched < worth_holding ? 0 : std::min(matched, octets.size());
  handed_on_ = matched - held;
  const auto passed = octets.first(octets.size() - held);
  held_.assign(passed.end(), octets.end());
  due_.reset();
  if (held > 0) due_ = now + silence;
  return passed;
}

bool carrier_watch::silent(octets_view& rest) {
  const bool lost = handed_on_ + held_.size() == words.size();
  out_ = std::move(held_);
  clear();
  rest = lost ? octets_view{} : octets_view(out_);
  return lost;
}

void carrier_watch::clear() {
  held_.clear();
  handed_on_ = 0;
  due_.reset();
}

} // namespace tallyline::modem
