// USSD over one or more SMPP links: short messages become what a subscriber said, pages become short messages.
// Network thread only.
#pragma once

#include "gateway/inbound.h"
#include "gateway/smpp/codec.h"
#include "gateway/smpp/latency.h"
#include "gateway/smpp/smpp_link.h"
#include "gateway/smpp/ussd.h"
#include "menus/bearer.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::gateway {

// A page of USSD: 182 septets or 80 UCS-2 units.
class ussd_page final : public menus::bearer {
public:
  bool fits(std::string_view utf8) const override;
};

struct ussd_counters {
  std::uint64_t not_ussd = 0, bad_addresses = 0;
  std::uint64_t undelivered = 0; // pages that the SMSC refused or nobody could take
  std::uint64_t resent = 0;      // pages that went out again: throttled, or by another bind
};

class ussd_bearer final : public outlet {
public:
  using sink = std::function<void(const inbound&)>;
  // A page that cannot leave for so long is dropped: operators end a session in which nothing is heard of the gateway.
  explicit ussd_bearer(std::chrono::seconds page_valid = std::chrono::seconds(30)) : page_valid_(page_valid) {}

  void deliver_to(sink to) { to_ = std::move(to); }
  // An SMSC; its number is its place in the order of these calls. The dialect must outlive the bearer's use.
  void add_smsc(const smpp::dialect& spoken) { smscs_.push_back({&spoken, {}}); }
  // A bind to the SMSC that was added last, numbered alike over all of them. It must outlive the bearer's use.
  void add_bind(smpp::smpp_link& link);

  std::uint32_t smsc_of(std::uint32_t bind_number) const { return binds_[bind_number].smsc; }

  // False when it is no USSD: nothing was done with it.
  bool message_in(std::uint32_t by, const smpp::message& m);
  void submit_done(std::uint64_t token, smpp::status s);
  // A bind is up: pages that found none leave now.
  void bind_up();

  void page(std::uint64_t msisdn, std::string_view code, const return_path& path, std::string_view text,
            bool last) override;
  // Where a dialogue that we open goes: by the first SMSC that has a bind. Its first page is a request of ours (USSR).
  // Nothing when no bind can send. `notice`: one page that is shown and not answered (USSN).
  std::optional<return_path> open_to(std::uint64_t msisdn, bool notice);
  void flush() override;

  const ussd_counters& counters() const { return counters_; }
  // From handing a page to the bind to the SMSC's response, nanoseconds.
  const smpp::latency& latency_of(std::size_t bind_number) const { return *binds_[bind_number].took; }

private:
  struct smsc {
    const smpp::dialect* spoken;
    std::vector<std::uint32_t> binds;
  };
  struct bind {
    smpp::smpp_link* link;
    std::uint32_t smsc;
    std::unique_ptr<smpp::latency> took = std::make_unique<smpp::latency>();
  };
  // A page that has no response yet; its place here is the token. Kept whole, for when its bind dies or the SMSC wants
  // it again later.
  struct in_flight {
    std::uint64_t msisdn = 0;
    return_path path;
    std::string code, text;
    bool last = false;
    std::uint32_t by = 0; // the bind that it left by
    std::chrono::steady_clock::time_point since;
  };
  // What the dialogue's first message had and each of ours must repeat.
  // A dialogue that we opened. The network may name it as it likes from its first answer on.
  struct opened {
    std::uint64_t ours = 0, theirs = 0;
    bool notice = false, named = false;
  };
  struct memory {
    std::string id;
    std::uint8_t coding = 0;
  };
  std::uint64_t take_place();
  void drop(std::uint64_t place);
  bool send(std::uint64_t place);
  bool find_way(in_flight& p) const;
  void forget(std::uint64_t place);
  std::string_view dialled(const smpp::dialect& d, const smpp::message& m);

  std::vector<smsc> smscs_;
  std::vector<bind> binds_;
  sink to_;
  std::deque<in_flight> in_flight_;
  std::vector<std::uint32_t> free_;
  std::deque<std::uint64_t> without_bind_; // places, the oldest first
  std::chrono::seconds page_valid_;
  boost::unordered_flat_map<std::uint64_t, memory> remembered_; // by MSISDN; for dialects that need it
  boost::unordered_flat_map<std::uint64_t, opened> opened_;     // by MSISDN
  std::uint32_t last_opened_ = 0;
  std::string text_in_, dialled_;    // reused
  smpp::buffer text_out_, tlvs_out_; // reused
  ussd_counters counters_;
};

} // namespace tallyline::gateway
