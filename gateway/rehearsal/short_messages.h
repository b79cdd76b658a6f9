// Short messages between the phones and the ESMEs of the simulated SMSC: cut and put together, kept until an ESME has
// taken them, delivery receipts where one was asked for. No sockets and no clock: `now` is in milliseconds. One thread.
#pragma once

#include "gateway/smpp/codec.h"
#include "gateway/sms/parts.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::rehearsal {

class short_messages {
public:
  using inbox = std::function<void(std::string_view from, std::string_view text)>;
  using taken = std::function<void(smpp::status)>;
  // Gives a deliver_sm to an ESME; false when none is bound. Tokens come back through `delivered`.
  using post = std::function<bool(const smpp::message& m, std::uint32_t token)>;
  static constexpr std::uint32_t token_limit = 1U << 20U; // USSD sessions have higher ones
  static constexpr std::uint64_t retry_ms = 1000;         // after ESME_RX_T_APPN, or without an ESME

  explicit short_messages(post out) : out_(std::move(out)) {}

  // Who hears what is sent to the number, from now on. The receiver may send, and listen anew, from within.
  void listen(std::uint64_t msisdn, inbox to) { phones_[msisdn] = std::move(to); }
  void forget(std::uint64_t msisdn) { phones_.erase(msisdn); }

  // `done` is told when an ESME has taken all parts, or refused one for good.
  void send(std::uint64_t msisdn, std::string_view to, std::string_view text, taken done, std::uint64_t now);
  void delivered(std::uint32_t token, smpp::status s, std::uint64_t now);
  // A connection is gone, and with it what it had not answered: it goes to another.
  void link_gone(std::uint64_t now);

  // A submit_sm that is no USSD. The receipt to send back, when one is due: its text and state.
  struct receipt {
    std::string text;
    std::uint8_t state = 0; // message_state (SMPP 3.4 5.2.28)
  };
  std::optional<receipt> submitted(const smpp::message& m, std::string_view message_id, std::uint64_t now);

  std::optional<std::uint64_t> next_due() const;
  void tick(std::uint64_t now);
  std::size_t waiting() const { return parts_.size(); }

private:
  struct whole {
    std::size_t left = 0;
    taken done;
  };
  struct part {
    std::uint64_t msisdn = 0;
    std::string to;
    smpp::buffer octets;
    std::uint8_t coding = 0, esm_class = 0;
    std::uint32_t message = 0; // in wholes_
    std::uint64_t due = 0;     // 0: an ESME has it
  };
  void give(std::uint32_t token, std::uint64_t now);
  void later(std::uint32_t token, part& p, std::uint64_t at);
  std::uint32_t take_token();

  post out_;
  boost::unordered_flat_map<std::uint64_t, inbox> phones_;
  boost::unordered_flat_map<std::uint32_t, part> parts_; // by token
  boost::unordered_flat_map<std::uint32_t, whole> wholes_;
  std::deque<std::uint32_t> waiting_; // tokens with a due time, in its order
  sms::assembly assembly_;
  std::uint32_t last_token_ = 0, last_message_ = 0;
  std::uint8_t reference_ = 0;
  std::string text_;
};

} // namespace tallyline::rehearsal
