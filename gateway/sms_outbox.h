// Short messages on their way out over the SMPP links and GSM modems: in parts, by whichever bind is up, until the SMSC
// has them.
//
// What is not with the SMSC after a moment is put on disk, so that a restart sends it. Network thread only; the store's
// completions run there too.
#pragma once

#include "gateway/smpp/codec.h"
#include "gateway/sms/delivery.h"
#include "gateway/sms/way.h"
#include "storage/store.h"

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace tallyline::gateway {

struct sms_counters {
  std::uint64_t received = 0, parts_in = 0, damaged = 0; // damaged: a header that is none
  std::uint64_t sent = 0, parts_out = 0, refused = 0, resent = 0;
  std::uint64_t kept = 0; // messages that went to disk before the SMSC had them
  std::uint64_t delivered = 0, undelivered = 0, unknown_receipts = 0;
  std::uint64_t put_off = 0; // answered ESME_RX_T_APPN
};

class sms_outbox {
public:
  using moment = std::chrono::steady_clock::time_point;
  static constexpr std::uint64_t sms_token = std::uint64_t{1} << 63; // set in its tokens, and in no one else's
  // Longer than an SMSC's answer takes, and not long for one that waits for a deliver_sm_resp.
  static constexpr std::chrono::milliseconds hold{200};

  // Both must outlive it.
  sms_outbox(storage::store& store, sms_counters& counters) : store_(store), counters_(counters) {}
  void add_way(sms::way& by, std::uint32_t smsc, std::string_view name);
  // Told when the SMSC or the disk has message `serial`.
  void on_safe(std::function<void(std::uint64_t msisdn, std::uint64_t serial)> told) { safe_ = std::move(told); }
  // Told of one that must arrive and did not, as far as this process remembers it.
  void on_undelivered(std::function<void(std::uint64_t msisdn, std::string_view text)> told) {
    undelivered_ = std::move(told);
  }

  struct message {
    std::uint64_t msisdn = 0;
    std::uint32_t smsc = 0, bind = 0; // where the subscriber was heard
    std::string_view code, text;
    bool last = false;    // of its dialogue: a delivery receipt is asked for
    bool at_once = false; // to disk: nothing would bring it again
    bool must_arrive = false;
  };
  // Returns its serial, never 0. `on_safe` is never called from within. Leaves at flush.
  std::uint64_t send(const message& m);
  // At start, before the first send: a message that the disk kept; after the last one `all_found`.
  void found(const storage::waiting_message& m);
  void all_found();

  void submit_done(std::uint64_t token, smpp::status s, std::string_view message_id);
  void settle(const sms::delivery& d);
  // A bind is up: parts that found none leave now.
  void bind_up();
  void flush();

  std::optional<moment> next_due();
  void tick(moment now);
  std::size_t waiting() const { return alive_; }

private:
  struct bind {
    sms::way* link;
    std::uint32_t smsc;
    std::string name;
  };
  enum class where : std::uint8_t { in_memory, being_saved, on_disk };
  struct outgoing {
    std::uint64_t serial = 0; // 0: free
    std::uint64_t msisdn = 0;
    std::uint32_t smsc = 0, bind = 0;
    std::string code, text;
    std::vector<smpp::buffer> parts;
    std::uint8_t coding = 0;
    std::size_t left = 0; // parts that the SMSC has not answered for good
    unsigned tries = 0;
    bool last = false, told = false, must_arrive = false;
    where kept = where::in_memory;
    moment since;
  };
  struct awaited {
    std::uint64_t msisdn;
    std::string text; // of one that must arrive, with the part that was taken last
  };
  struct timed {
    moment at;
    std::uint64_t serial;
    std::uint32_t place;
    std::uint8_t part;
  };
  std::uint32_t take_place();
  void fill(std::uint32_t place, std::uint8_t reference);
  bool send_part(std::uint32_t place, std::uint8_t part);
  void send_or_wait(std::uint32_t place, std::uint8_t part);
  static bool too_old(const outgoing& o);
  void give_up(std::uint32_t place, std::string_view why);
  void send_again(std::uint32_t place, std::uint8_t part, smpp::status why);
  void part_done(std::uint32_t place);
  void save(std::uint32_t place);
  void tell_safe(outgoing& o);
  void await_receipt(std::string_view message_id, const outgoing& o);
  void missed(std::uint64_t msisdn, std::string_view text);
  bool is(const timed& t) const { return messages_[t.place].serial == t.serial; }

  storage::store& store_;
  sms_counters& counters_;
  std::function<void(std::uint64_t, std::uint64_t)> safe_;
  std::function<void(std::uint64_t, std::string_view)> undelivered_;
  std::vector<bind> binds_;
  std::deque<outgoing> messages_; // by place; its slot on disk is the place and one
  std::vector<std::uint32_t> free_;
  std::size_t alive_ = 0;
  std::uint64_t last_serial_ = 0;
  std::uint8_t reference_ = 0;
  std::deque<timed> unsaved_, without_bind_;                  // the oldest first
  std::vector<timed> retries_;                                // few: the SMSC is in trouble
  std::unordered_map<std::string, awaited> awaiting_receipt_; // by message_id
  std::deque<std::string> receipt_order_;
};

} // namespace tallyline::gateway
