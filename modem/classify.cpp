#include "modem/classify.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tallyline::modem {
namespace {

using namespace std::string_view_literals;

// So much without a start is nobody's protocol: two of the link's longest frames, all escaped.
constexpr std::size_t most_held = 4 * link::longest_frame;

struct start {
  caller_is who;
  std::string_view octets;
};
// RFC 1662: flag, address FF, control 03, protocol C0 21; a sender may escape the control octet, leave out address and
// control, or escape both. RFC 1662 4.2: an escaped octet is 7D and the octet with bit 6 turned over.
// ZMODEM: ZPAD ZPAD ZDLE, then a hex header (B), or ZPAD ZDLE and a binary one (A, C); `rz` and a return go ahead of
// it.
constexpr std::array starts{start{caller_is::ppp, "\x7E\xFF\x7D\x23"sv},
                            start{caller_is::ppp, "\x7E\xFF\x03\xC0\x21"sv},
                            start{caller_is::ppp, "\x7E\x7D\xDF\x7D\x23"sv},
                            start{caller_is::ppp, "\x7E\xC0\x21"sv},
                            start{caller_is::zmodem, "**\x18"
                                                     "B0"sv},
                            start{caller_is::zmodem, "*\x18"
                                                     "A0"sv},
                            start{caller_is::zmodem, "*\x18"
                                                     "C"sv},
                            start{caller_is::zmodem, "rz\r"sv}};

constexpr std::size_t longest_start = 5;

bool is_text(std::uint8_t o) { return (o >= 0x20 && o < 0x7F) || o == '\r' || o == '\n' || o == '\t' || o == 8; }

} // namespace

classifier::classifier(classify_settings s, clock::time_point connected)
    : settings_(std::move(s)), connected_(connected), last_(connected) {}

classifier::step classifier::decide(caller_is who, std::size_t from) {
  is_ = who;
  begins_ = from;
  decided_ = true;
  return step::decided;
}

std::optional<classifier::step> classifier::find_start(std::size_t from) {
  const auto find = [&](auto begin, auto end) {
    const auto at = std::search(held_.begin() + static_cast<std::ptrdiff_t>(from), held_.end(), begin, end);
    return at == held_.end() ? held_.size() : static_cast<std::size_t>(at - held_.begin());
  };
  std::size_t first = held_.size();
  caller_is who = caller_is::person;
  for (const auto& s : starts) {
    std::vector<std::uint8_t> octets(s.octets.begin(), s.octets.end());
    if (const auto at = find(octets.begin(), octets.end()); at < first) first = at, who = s.who;
  }
  if (first == held_.size()) return std::nullopt;
  return decide(who, first);
}

classifier::step classifier::take(octets_view octets, clock::time_point now) {
  if (decided_) {
    held_.insert(held_.end(), octets.begin(), octets.end());
    return step::decided;
  }
  last_ = now;
  const std::size_t before = held_.size();
  bool framed = false;
  frames_.take({reinterpret_cast<const char*>(octets.data()), octets.size()}, [&](const link::deframer::found& f) {
    framed = framed || f.what == link::deframer::found::kind::frame;
  });
  for (const std::uint8_t o : octets) {
    held_.push_back(o);
    text_only_ = text_only_ && is_text(o);
    entered_ = entered_ || o == '\r' || o == '\n';
    marked_ = marked_ || o == link::frame_mark || o == link::seven_bit_mark;
  }
  if (framed) return decide(caller_is::link, 0); // its reader passes over what stands in front
  // A start may have begun in what came before.
  if (const auto found = find_start(before - std::min(before, longest_start))) return *found;
  // Somebody who has pressed Enter after nothing but text wants an answer at once; a file's `rz` and Enter was found
  // above.
  if (text_only_ && entered_) return decide(caller_is::person, 0);
  if (held_.size() > most_held) return decide(caller_is::person, held_.size() - most_held);
  return step::wait;
}

classifier::step classifier::tick(clock::time_point now) {
  if (decided_) return step::decided;
  if (now < deadline()) return step::wait;
  if (!held_.empty()) return decide(caller_is::person, 0);
  if (greeted_) return step::silent;
  greeted_ = true;
  return step::greet;
}

clock::time_point classifier::deadline() const {
  if (!held_.empty()) return last_ + (marked_ ? settings_.mark_quiet : settings_.quiet);
  return connected_ + (greeted_ ? std::chrono::milliseconds(settings_.give_up) : settings_.greet_after);
}

} // namespace tallyline::modem
