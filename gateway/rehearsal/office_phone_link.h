// Errands by USSD: a phone on the simulated SMSC that answers page after page, and dials again when the network drops
// it.
#pragma once

#include "gateway/rehearsal/office_errand.h"
#include "gateway/rehearsal/smsc.h"

#include <cstdint>

namespace tallyline::rehearsal {

class office_phone final : public errand_way {
public:
  // `exchange` outlives it; it outlives its errands.
  explicit office_phone(boost::asio::io_context& io, smsc& exchange) : io_(io), exchange_(exchange) {}
  void run(const office_errand& what, errand_done done) override;

  std::uint64_t turns() const { return turns_; }
  std::uint64_t redials() const { return redials_; }

private:
  struct call;
  void dial(const std::shared_ptr<call>& c);
  void shown(const std::shared_ptr<call>& c, const page& p);
  void again(const std::shared_ptr<call>& c);

  boost::asio::io_context& io_;
  smsc& exchange_;
  std::uint64_t turns_ = 0, redials_ = 0;
};

} // namespace tallyline::rehearsal
