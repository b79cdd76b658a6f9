// What one line from a modem means: a result code (V.250 5.7.1), a message that nobody asked for, or part of an answer.
//
// Pure; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tallyline::modem {

// How a command ended.
enum class at_status : std::uint8_t {
  ok,
  error, // ERROR, +CME ERROR, +CMS ERROR
  connect,
  no_carrier,
  busy,
  no_answer,
  no_dial_tone,
  refused, // BLACKLISTED, DELAYED: the modem will not dial this now
  silent   // nothing came in time
};
std::string_view describe(at_status s) noexcept; // "no dial tone"

// A result code. `numeric`: the modem may speak in digits (V0).
struct at_code {
  at_status status = at_status::ok;
  bool equipment = false, network = false; // +CME ERROR, +CMS ERROR
  int number = -1;                         // theirs; -1: told in words
  std::string_view said;                   // what follows the colon, or CONNECT's whole text
};
std::optional<at_code> read_code(std::string_view line, bool numeric);

// "SIM PIN required (+CME ERROR 11)", "memory full (+CMS ERROR 322)", "ERROR"; for people.
std::string in_words(const at_code& code);
// 3GPP TS 27.007 9.2, 27.005 3.2.5 with 24.011 annex E and 23.040 9.2.3.22; empty when there is no such number.
std::string_view equipment_error(int number) noexcept;
std::string_view network_error(int number) noexcept;

// What nobody asked for.
struct at_event {
  enum class kind : std::uint8_t {
    ring,           // RING, +CRING
    caller,         // text: the number as told, empty when it is withheld
    carrier_gone,   // NO CARRIER outside of dialling and answering
    message_stored, // +CMTI: `number` is its index
    report_stored,  // +CDSI
    message,        // +CMT; text: the PDU in hexadecimal
    report,         // +CDS
    registration,   // +CREG: `number` is <stat>
    signal,         // `number` as of +CSQ, 0 to 31
    sim,            // +CPIN: text
    restarted,      // it says that it has booted
    other           // known to be harmless
  };
  kind what = kind::other;
  std::string text;
  int number = -1;
};
// Nothing when the line is no known unsolicited message. `asked`: the prefix of the answer that the running command
// brings, such as "+CREG:", empty without one. A message whose PDU comes in the next line is told with an empty text.
std::optional<at_event> read_event(std::string_view line, std::string_view asked);

// The line's speed from CONNECT's text, in bit/s; 0 when it is not told. Modems give the line's speed, the port's, or
// both, in any order: the port's is passed over where there is another.
unsigned connect_speed(std::string_view text, unsigned port_speed) noexcept;

// The n-th parameter of "+XXX: 1,\"a,b\",3", without quotes; empty when there is none.
std::string_view parameter(std::string_view line, std::size_t n) noexcept;
std::optional<int> number_parameter(std::string_view line, std::size_t n) noexcept;

} // namespace tallyline::modem
