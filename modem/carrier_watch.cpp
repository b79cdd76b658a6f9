#include "modem/carrier_watch.h"

#include <algorithm>

namespace tallyline::modem {
namespace {

constexpr std::string_view words = "\r\nNO CARRIER\r\n";
// Less is not worth holding back: a person's Enter would wait.
constexpr std::size_t worth_holding = 3;

// How much of the end may be the beginning of the words.
std::size_t suspicious(octets_view all) {
  for (std::size_t n = std::min(words.size(), all.size()); n >= worth_holding; --n)
    if (std::equal(words.begin(), words.begin() + static_cast<std::ptrdiff_t>(n),
                   all.end() - static_cast<std::ptrdiff_t>(n),
                   [](char w, std::uint8_t o) { return static_cast<std::uint8_t>(w) == o; }))
      return n;
  return 0;
}

} // namespace

octets_view carrier_watch::feed(octets_view octets, clock::time_point now) {
  // Most reads end in nothing suspicious and are handed on as they are.
  if (held_.empty()) {
    const auto held = suspicious(octets);
    if (held == 0) return octets;
    held_.assign(octets.end() - static_cast<std::ptrdiff_t>(held), octets.end());
    due_ = now + silence;
    return octets.first(octets.size() - held);
  }
  out_ = std::move(held_);
  out_.insert(out_.end(), octets.begin(), octets.end());
  const auto held = suspicious(out_);
  held_.assign(out_.end() - static_cast<std::ptrdiff_t>(held), out_.end());
  out_.resize(out_.size() - held);
  due_.reset();
  if (held > 0) due_ = now + silence;
  return out_;
}

bool carrier_watch::silent(octets_view& rest) {
  const bool lost = held_.size() == words.size();
  out_ = std::move(held_);
  clear();
  rest = lost ? octets_view{} : octets_view(out_);
  return lost;
}

void carrier_watch::clear() {
  held_.clear();
  due_.reset();
}

} // namespace tallyline::modem
