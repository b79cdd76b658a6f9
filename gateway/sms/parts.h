// Messages in several parts: put together as they come, in any order, and cut where a text is longer than one.
//
// 3GPP TS 23.040 9.2.3.24.1 and 9.2.3.24.8 (the user data header), SMPP 3.4 5.3.2.22-24 (sar TLVs). No sockets and no
// clock; one owner.
#pragma once

#include "gateway/smpp/codec.h"
#include "gateway/smpp/gsm_text.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::sms {

using moment = std::chrono::steady_clock::time_point;

// One message's place among its parts, and where its text begins.
struct part {
  std::uint16_t reference = 0;
  std::uint8_t total = 1, number = 1;    // number from 1
  std::size_t text_at = 0;               // octets of header before the text
  smpp::national_language language = {}; // of the GSM-7 text
};
// Nothing when the header is damaged. A message without one is its own only part.
std::optional<part> part_of(const smpp::message& m);
void append_text_of(const smpp::message& m, const part& p, std::string& to); // as UTF-8

// What became of a part.
struct assembled {
  enum class state : std::uint8_t {
    whole,   // `text` is the whole message, UTF-8
    waiting, // others are missing
    again,   // a part of a message that was whole a while ago: the SMSC had not heard so
  };
  state what = state::waiting;
  std::string text = {};
};

class assembly {
public:
  static constexpr std::chrono::minutes patience{10}; // for the missing parts, and for parts that come again
  static constexpr std::size_t most_open = 10'000;

  // A part that comes twice counts once.
  assembled add(std::uint64_t msisdn, const part& p, std::string text, moment now);
  // A message that was whole is to come again, and to count when it does.
  void forget(std::uint64_t msisdn, const part& p) { done_.erase({msisdn, p.reference, p.total}); }
  std::size_t open() const { return open_.size(); }
  std::uint64_t given_up() const { return given_up_; }

private:
  struct key {
    std::uint64_t msisdn;
    std::uint16_t reference;
    std::uint8_t total;
    auto operator<=>(const key&) const = default;
  };
  struct waiting {
    std::vector<std::optional<std::string>> parts;
    std::size_t missing = 0;
    moment since;
  };
  struct done {
    std::vector<std::string> parts; // the same reference may come to mean another message
    moment since;
  };
  void forget_old(moment now);

  std::map<key, waiting> open_;
  std::map<key, done> done_;
  std::uint64_t given_up_ = 0;
  std::size_t next_look_ = 2;
};

// A text as the octets of its parts, each with its header when there are several.
struct cut_text {
  std::uint8_t data_coding = 0;
  std::vector<smpp::buffer> parts;
  bool with_headers() const { return parts.size() > 1; }
};
cut_text cut(std::string_view utf8, std::uint8_t reference);
std::size_t parts_needed(std::string_view utf8);

} // namespace tallyline::sms
