// SMS over the SMPP links: a line is what a subscriber said, a page is a message of one or more parts.
//
// Network thread only. A deliver_sm is answered when what it said is on disk and its reply is under way, or, when that
// takes too long, with ESME_RX_T_APPN, so that the SMSC sends it again.
#pragma once

#include "gateway/inbound.h"
#include "gateway/smpp/smpp_link.h"
#include "gateway/sms/parts.h"
#include "menus/bearer.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace tallyline::gateway {

// A page by SMS: three parts.
class sms_page final : public menus::bearer {
public:
  bool fits(std::string_view utf8) const override;
};

struct sms_counters {
  std::uint64_t received = 0, parts_in = 0, damaged = 0; // damaged: a header that is none
  std::uint64_t sent = 0, parts_out = 0, refused = 0, resent = 0;
  std::uint64_t delivered = 0, undelivered = 0, unknown_receipts = 0;
  std::uint64_t put_off = 0; // answered ESME_RX_T_APPN
};

class sms_bearer {
public:
  using sink = std::function<bool(const inbound&)>;                  // false: not taken, it is to come again
  static constexpr std::uint64_t sms_token = std::uint64_t{1} << 63; // set in its tokens, and in no one else's
  void deliver_to(sink to) { to_ = std::move(to); }
  // In the order and with the numbers of ussd_bearer.
  void add_bind(smpp::smpp_link& link, std::uint32_t smsc) { binds_.push_back({&link, smsc}); }

  // Whether the response to this message is given later: it is a short message, no USSD and no delivery receipt.
  static bool defers(const smpp::message& m);
  void message_in(std::uint32_t by, std::uint64_t ticket, const smpp::message& m);
  void submit_done(std::uint64_t token, smpp::status s, std::string_view message_id);
  // A bind is up: parts that found none leave now.
  void bind_up();

  // Tells the SMSC to bring again what this subscriber wrote. False when nothing of it is unanswered.
  bool put_off(std::uint64_t msisdn);
  void page(std::uint64_t msisdn, std::string_view code, const return_path& path, std::string_view text, bool last);
  void flush();

  // When `expire` is to be called; nothing when no message waits for its answer.
  std::optional<std::chrono::steady_clock::time_point> next_expiry() const;
  void expire(std::chrono::steady_clock::time_point now);

  const sms_counters& counters() const { return counters_; }

private:
  struct bind {
    smpp::smpp_link* link;
    std::uint32_t smsc;
  };
  struct unanswered {
    std::uint64_t msisdn, ticket;
    std::uint32_t by;
    std::uint32_t message; // its reference and its number of parts
    bool whole;            // with the others it has become what intake was given
    std::chrono::steady_clock::time_point until;
  };
  struct outgoing { // one part
    std::uint64_t msisdn = 0;
    std::uint32_t smsc = 0, by = 0;
    std::string code;
    smpp::buffer octets;
    std::uint8_t coding = 0, esm_class = 0, receipt = 0;
    std::chrono::steady_clock::time_point since;
  };
  bool send(std::uint64_t place);
  void send_or_wait(std::uint64_t place);
  void drop(std::uint64_t place);
  bool answer_all_of(std::uint64_t msisdn, smpp::status s);
  void settle(const smpp::message& m);

  std::vector<bind> binds_;
  sink to_;
  sms::assembly assembly_;
  std::deque<unanswered> unanswered_;
  std::deque<outgoing> outgoing_;
  std::vector<std::uint32_t> free_;
  std::deque<std::uint64_t> without_bind_;                          // places, the oldest first
  std::unordered_map<std::string, std::uint64_t> awaiting_receipt_; // by message_id: who
  std::deque<std::string> receipt_order_;
  std::uint8_t reference_ = 0;
  std::string text_;
  sms_counters counters_;
};

} // namespace tallyline::gateway
