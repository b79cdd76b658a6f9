// What one make of modem wants: a file in modem/profiles, whose README says how to write one.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::modem {

enum class caller_id : std::uint8_t { none, clip, formatted }; // +CLIP, or NMBR = lines between rings

struct profile {
  std::string name = "generic";
  std::string about;
  // Recognised when one of these stands in the answer to ATI, ATI3, +GMM, +CGMI or +CGMM; letters' case does not count.
  std::vector<std::string> recognised;
  std::vector<std::string> init{"ATE0V1Q0"}; // one after another; one that is refused is logged and passed over
  std::string caller_id_on;                  // such as AT+CLIP=1; empty: the modem cannot
  std::string answer = "ATA", hang_up = "ATH", reset = "ATZ", dial = "ATD";
  std::string escape = "+++";
  std::chrono::milliseconds guard{1100};                           // silence before and after `escape`
  std::vector<unsigned> speeds{115200, 57600, 38400, 19200, 9600}; // between us and the modem; the first that answers
  std::string flow = "hardware";                                   // or software, none
  bool gsm = false;                                                // SIM, registration, signal
  bool messages = false;                                           // SMS in PDU mode
  std::string new_messages;                                        // AT+CNMI=…
  bool carrier_follows = true; // DCD tells the carrier; false: held high whatever happens
  bool dtr_hangs_up = true;
  std::chrono::seconds answer_within{60}; // from ATA to CONNECT
  std::chrono::milliseconds pause{50};    // between two commands
};

// Throws std::runtime_error with "file:line:column: error: what", the line and a caret.
profile read_profile(const std::filesystem::path& file);
// All of a folder, by name. Throws as read_profile does.
std::vector<profile> read_profiles(const std::filesystem::path& folder);
// The one that answers to ATI and the like fit best; nullptr when none does.
const profile* recognise(const std::vector<profile>& all, std::string_view answers);

} // namespace tallyline::modem
