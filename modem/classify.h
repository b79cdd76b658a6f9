// Who is at the other end of a call that has just been connected: a site's program, PPP, a file, or a person.
//
// A state machine over octets; pure. Whatever was read to find out is kept, so that it can be given to whom it is for.
// Modems say things of their own around CONNECT and lines crackle: a start is found wherever it stands, and only what
// is nothing but text counts as a person.
#pragma once

#include "modem/call.h"
#include "modem/link/frame.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace tallyline::modem {

enum class caller_is : std::uint8_t {
  link,   // a site's program: a frame of the link, with its checksum right
  ppp,    // LCP (RFC 1661, framed as in RFC 1662)
  zmodem, // somebody's program sends a file already
  person,
};

struct classify_settings {
  std::chrono::milliseconds greet_after{3000}; // silence, and then we speak first
  std::chrono::milliseconds quiet{1000};       // text without Enter, or garbage, and then nothing for so long
  std::chrono::milliseconds mark_quiet{8000};  // the same behind a mark of the link: a site sends again what was damaged
  std::chrono::seconds give_up{60};            // never a word, though greeted
};

class classifier {
public:
  classifier(classify_settings s, clock::time_point connected);

  enum class step : std::uint8_t {
    wait,
    greet,   // once: nobody has said anything; what comes may still be anything
    decided, // `is` and `octets` hold
    silent,  // nobody is there
  };
  step take(octets_view octets, clock::time_point now);
  step tick(clock::time_point now);
  clock::time_point deadline() const;

  caller_is is() const { return is_; }
  // All that came from where the caller begins to speak.
  octets_view octets() const { return octets_view(held_).subspan(begins_); }

private:
  step decide(caller_is who, std::size_t from);
  std::optional<step> find_start(std::size_t from);

  classify_settings settings_;
  link::deframer frames_;
  clock::time_point connected_, last_;
  std::vector<std::uint8_t> held_;
  std::size_t begins_ = 0;
  bool greeted_ = false, decided_ = false, text_only_ = true, entered_ = false, marked_ = false;
  caller_is is_ = caller_is::person;
};

} // namespace tallyline::modem
