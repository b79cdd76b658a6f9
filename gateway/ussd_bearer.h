// USSD over one or more SMPP links: short messages become what a subscriber said, pages become short messages.
// Network thread only.
#pragma once

#include "gateway/inbound.h"
#include "gateway/smpp/codec.h"
#include "gateway/smpp/smpp_link.h"
#include "gateway/smpp/ussd.h"
#include "menus/bearer.h"

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace tallyline::gateway {

// A page of USSD: 182 septets or 80 UCS-2 units.
class ussd_page final : public menus::bearer {
public:
  bool fits(std::string_view utf8) const override;
};

struct ussd_counters {
  std::uint64_t not_ussd = 0, bad_addresses = 0, undelivered = 0, unsent = 0;
};

class ussd_bearer final : public outlet {
public:
  using sink = std::function<void(const inbound&)>;
  explicit ussd_bearer(const smpp::dialect& dialect) : dialect_(dialect) {}

  void deliver_to(sink to) { to_ = std::move(to); }
  // The link's number is its place in the order of these calls. It must outlive the bearer's use.
  void add(smpp::smpp_link& link) { links_.push_back(&link); }

  void message_in(std::uint32_t link, const smpp::message& m);
  void submit_done(std::uint32_t link, std::uint64_t token, smpp::status s);

  void page(std::uint64_t msisdn, std::string_view code, const return_path& path, std::string_view text,
            bool last) override;
  void flush() override;

  const ussd_counters& counters() const { return counters_; }

private:
  const smpp::dialect& dialect_;
  std::vector<smpp::smpp_link*> links_;
  sink to_;
  std::string text_in_;   // reused
  smpp::buffer text_out_; // reused
  ussd_counters counters_;
};

} // namespace tallyline::gateway
