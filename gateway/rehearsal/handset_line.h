// The JSON lines between a phone and the handset port: read, checked, written. No sockets. See handset_port.h for them.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace tallyline::rehearsal {

struct handset_request {
  enum class kind : std::uint8_t { dial, answer, hang_up, sms, listen } what = kind::hang_up;
  std::string text; // the dial string, or what was typed
  std::uint64_t msisdn = 0;
  std::string to = {}; // of an SMS
};

struct handset_reply {
  enum class kind : std::uint8_t { question, final, error, sms } what = kind::error;
  std::string text;
};

// A value, or a sentence on what is wrong that is meant for the other side.
template <class T> using understood = boost::system::result<T, std::string>;

understood<handset_request> read_request(std::string_view line);
understood<handset_reply> read_reply(std::string_view line);

// 5 to 15 digits (E.164), a plus in front allowed; 0 when it is no number.
std::uint64_t read_msisdn(std::string_view text) noexcept;

// Each ends in a newline.
std::string dial_line(std::string_view code, std::string_view msisdn);
std::string answer_line(std::string_view text);
std::string hang_up_line();
std::string sms_line(std::string_view text, std::string_view to, std::string_view msisdn);
std::string listen_line(std::string_view msisdn);
std::string sms_came_line(std::string_view text, std::string_view from);
std::string page_line(std::string_view text, bool more);
std::string error_line(std::string_view what);

} // namespace tallyline::rehearsal
