// Short messages of one GSM modem in PDU mode (3GPP TS 27.005 3): what it has stored is read, told upwards, and deleted
// from the SIM only when that is known to be on disk; what is to be sent goes out one at a time.
//
// A state machine without ports and clocks. It takes TPDUs as octets (3GPP TS 23.040 9.2) and looks into none. One
// owner.
#pragma once

#include "modem/at_dialog.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::modem {

// What became of a short message that was to be sent.
struct message_sent {
  std::uint64_t token = 0;
  bool ok = false;
  bool again = false;         // not sent as far as is known, and may be tried again later, perhaps over another modem
  std::uint8_t reference = 0; // TP-MR, by which a status report names it
  std::size_t line = 0;
  std::string why = {}; // when not ok: "the network is out of order (+CMS ERROR 38)"
};

class sms_fsm {
public:
  struct outcome {
    std::vector<at_command> commands; // in this order
    struct told {
      std::uint64_t ticket;
      std::vector<std::uint8_t> tpdu;
    };
    std::vector<told> messages;
    std::optional<message_sent> sent;
    std::string report; // for the log
  };
  // Its commands carry this tag and one of the next few; results with them come back to `result`.
  static constexpr unsigned first_tag = 100, last_tag = 110;
  static bool is_ours(unsigned tag) { return tag >= first_tag && tag <= last_tag; }

  explicit sms_fsm(std::string new_messages) : new_messages_(std::move(new_messages)) {}

  // The modem is set up and idle: the store is looked through, since what came while it was away told nobody. Again
  // with each check of an idle modem: a store that was full tells of nothing new (27.005 3.4.1).
  outcome in_service();
  outcome look_again(clock::time_point now);
  // Calls end all that is under way here; a message on its way out is told as `again`.
  outcome out_of_service();

  outcome event(const at_event& e, clock::time_point now);
  outcome result(const at_result& r, clock::time_point now);

  // On disk, or of no use to anybody: the SIM may forget it.
  outcome kept(std::uint64_t ticket);
  // Not now: it stays, and is told again at the next look; one that is not on the SIM, when the network tries again.
  outcome later(std::uint64_t ticket);

  bool can_send() const { return ready_ && !sending_; }
  outcome send(octets_view tpdu, std::uint64_t token);

  std::size_t unkept() const { return told_.size(); }

private:
  enum tag : unsigned { mode = first_tag, service, notify, list, read, remove, submit, acknowledge };
  struct stored {
    int index = -1; // -1: not on the SIM, it came directly
    std::vector<std::uint8_t> tpdu;
    clock::time_point since;
  };
  void tell(int index, std::string_view pdu, clock::time_point now, outcome& out);
  void damaged(int index, std::string_view pdu, outcome& out);
  void ask_for(int index, outcome& out);
  void on_list(const at_result& r, clock::time_point now, outcome& out);
  void on_submitted(const at_result& r, outcome& out);
  void command(outcome& out, tag t, std::string text, std::chrono::seconds patience);

  std::string new_messages_;
  bool ready_ = false, listing_ = false;
  bool acknowledges_ = false;                        // what comes directly waits for AT+CNMA (27.005 3.4.4)
  std::map<std::uint64_t, stored> told_;             // by ticket
  std::map<int, std::vector<std::uint8_t>> leaving_; // kept, and to be deleted: by index
  std::optional<std::uint64_t> sending_;             // its token
  std::vector<int> asked_;                           // indices of the AT+CMGR under way
  std::map<int, std::string> damaged_;               // what was read there and is no PDU, by index
  std::uint64_t last_ticket_ = 0;
};

// The TPDU of a PDU in hexadecimal, which begins with the service centre's address (27.005 3.1, <pdu>). Nothing when it
// is none, or has another number of octets than was said. `octets`: of the TPDU, as told before it; 0: not told.
std::optional<std::vector<std::uint8_t>> tpdu_of(std::string_view pdu, std::size_t octets);

} // namespace tallyline::modem
