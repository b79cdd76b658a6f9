// NO CARRIER in the stream of a call. A modem says so when it has hung up; a caller may write the same words. So the
// words are held back until a moment shows which it was: octets that follow make them text, silence makes them the
// modem's. They come in pieces as a serial port delivers them: a line's end that was handed on, because a person's Enter
// must not wait, still counts as their beginning.
//
// No clock: the time comes in. One owner.
#pragma once

#include "modem/call.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::modem {

class carrier_watch {
public:
  static constexpr std::chrono::milliseconds silence{1000};

  // What of it, and of what was held before, is the caller's by now. Valid until the next call.
  octets_view feed(octets_view octets, clock::time_point now);
  std::optional<clock::time_point> due() const { return due_; }
  // At `due`: true when the carrier is lost; else what was held is the caller's and is in `rest`.
  bool silent(octets_view& rest);
  void clear();

private:
  std::vector<std::uint8_t> held_, out_;
  std::size_t handed_on_ = 0; // so many of the words' first octets ended what was handed on last
  std::optional<clock::time_point> due_;
};

} // namespace tallyline::modem
