// Errands by terminal: a call each to the gateway's port for callers, where somebody logs in, answers and says bye.
#pragma once

#include "gateway/rehearsal/office_errand.h"

#include <boost/asio/io_context.hpp>
#include <cstdint>

namespace tallyline::rehearsal {

class office_terminals final : public errand_way {
public:
  office_terminals(boost::asio::io_context& io, std::uint16_t port) : io_(io), port_(port) {}
  void run(const office_errand& what, errand_done done) override;
  std::uint64_t calls() const { return calls_; }

private:
  boost::asio::io_context& io_;
  std::uint16_t port_;
  std::uint64_t calls_ = 0;
};

} // namespace tallyline::rehearsal
