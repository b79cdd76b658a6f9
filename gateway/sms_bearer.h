// SMS over the SMPP links and the GSM modems: a line is what a subscriber said, a page is a message of one or more
// parts.
//
// Network thread only. A deliver_sm is answered when what it said is on disk and its reply is with the SMSC or on disk
// too; when that takes too long, with ESME_RX_T_APPN, so that the SMSC sends it again.
#pragma once

#include "gateway/inbound.h"
#include "gateway/smpp/smpp_link.h"
#include "gateway/sms/parts.h"
#include "gateway/sms_outbox.h"
#include "menus/bearer.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::gateway {

// A page by SMS: three parts.
class sms_page final : public menus::bearer {
public:
  bool fits(std::string_view utf8) const override;
};

class sms_bearer {
public:
  using sink = std::function<bool(const inbound&)>; // false: not taken, it is to come again
  static constexpr std::uint64_t sms_token = sms_outbox::sms_token;
  explicit sms_bearer(storage::store& store);
  void deliver_to(sink to) { to_ = std::move(to); }
  // In the order and with the numbers of ussd_bearer.
  void add_bind(smpp::smpp_link& link, std::uint32_t smsc, std::string_view smsc_name);
  // Any other way, after the binds; its number is the `by` of message_in. `smsc` is a number of its own among the
  // SMSCs'.
  std::uint32_t add_way(sms::way& w, std::uint32_t smsc, std::string_view name);
  // At start, after the binds: a message that the disk kept.
  void message_found(const storage::waiting_message& m) { outbox_.found(m); }
  void messages_known() { outbox_.all_found(); }

  // Whether the response to this message is given later: it is a short message, no USSD and no delivery receipt.
  static bool defers(const smpp::message& m);
  void message_in(std::uint32_t by, std::uint64_t ticket, const smpp::message& m);
  // A delivery receipt or status report, where message_in does not read it.
  void settle(const sms::delivery& d) { outbox_.settle(d); }
  void submit_done(std::uint64_t token, smpp::status s, std::string_view message_id) {
    outbox_.submit_done(token, s, message_id);
  }
  // A bind is up: parts that found none leave now.
  void bind_up() { outbox_.bind_up(); }

  // Tells the SMSC to bring again what this subscriber wrote. False when nothing of it is unanswered.
  bool put_off(std::uint64_t msisdn);
  void page(std::uint64_t msisdn, std::string_view code, const return_path& path, std::string_view text, bool last);
  // A text that answers nothing; when it must arrive and does not, `on_undelivered` is told.
  void tell(std::uint64_t msisdn, std::string_view code, std::string_view text, bool must_arrive) {
    outbox_.send({msisdn, 0, 0, code, text, true, true, must_arrive});
  }
  void on_undelivered(std::function<void(std::uint64_t msisdn, std::string_view text)> told) {
    outbox_.on_undelivered(std::move(told));
  }
  void flush() { outbox_.flush(); }

  // When `expire` is to be called; nothing when nothing waits.
  std::optional<std::chrono::steady_clock::time_point> next_expiry();
  void expire(std::chrono::steady_clock::time_point now);

  const sms_counters& counters() const { return counters_; }

private:
  // A bind to an SMSC, as a way.
  struct smpp_way final : sms::way {
    explicit smpp_way(smpp::smpp_link& l) : link(l) {}
    bool can_submit() const override { return link.can_submit(); }
    bool submit(const smpp::message& m, std::uint64_t token) override {
      return link.submit(m, token, smpp::command::submit_sm, smpp::urgency::receipt);
    }
    void flush() override { link.flush(); }
    void respond(std::uint64_t ticket, smpp::status s) override { link.respond(ticket, s); }
    std::uint64_t connection() const override { return link.counters().reconnects; }
    smpp::smpp_link& link;
  };
  struct bind {
    sms::way* link;
    std::uint32_t smsc;
  };
  struct unanswered {
    std::uint64_t ticket;
    std::uint32_t by;
    sms::part part;
    bool whole;          // with the others it has become what intake was given
    std::uint64_t reply; // the message that answers it, 0 as long as there is none
  };
  struct expiry {
    std::chrono::steady_clock::time_point at;
    std::uint64_t msisdn, ticket;
    std::uint32_t by;
  };
  // Answers those that `which` picks and forgets them; how many.
  template <class Which> std::size_t answer(std::uint64_t msisdn, smpp::status s, Which which);

  std::deque<smpp_way> smpp_ways_; // stay where they are
  std::vector<bind> binds_;
  sink to_;
  sms_counters counters_;
  sms_outbox outbox_;
  sms::assembly assembly_;
  boost::unordered_flat_map<std::uint64_t, std::vector<unanswered>> unanswered_; // by MSISDN
  std::deque<expiry> expiries_;                                                  // some are answered by now
  std::string text_;
};

} // namespace tallyline::gateway
