// One ESME's connection to the simulated SMSC: the socket, the batched write, the one timer. What the PDUs mean is
// smsc_fsm's. Lives as long as an operation is under way on it; network thread only.
#pragma once

#include "gateway/rehearsal/smsc_fsm.h"
#include "gateway/smpp/framer.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

namespace tallyline::rehearsal {

// Milliseconds of the steady clock.
std::uint64_t steady_ms() noexcept;

class smsc_link : public std::enable_shared_from_this<smsc_link> {
public:
  // Outlives the link, or calls forget() first.
  class owner {
  public:
    virtual void acted(smsc_link& link,
                       const smsc_action& a) = 0; // bound, submit or delivered; views live until it returns
    virtual void batch_end() = 0;                 // all PDUs of one read have been handed over
    virtual void gone(smsc_link& link, std::string_view why) = 0; // once, the last call

  protected:
    ~owner() = default;
  };

  // `policy` outlives the link.
  smsc_link(boost::asio::ip::tcp::socket socket, const smsc_policy& policy, std::uint32_t number, owner& on);

  void start();
  void deliver(const smpp::message& m, std::uint32_t token) { fsm_.deliver(m, token, out_); }
  void answer(const smsc_action& submit, smpp::status s) { fsm_.answer(submit, s, out_); }
  void flush(); // what was queued leaves in one write
  void unbind();
  void forget(); // closes without calling anybody
  void cut() { close("the connection was cut"); }

  std::uint32_t number() const noexcept { return number_; }
  const smsc_fsm& fsm() const noexcept { return fsm_; }

private:
  // An ESME that does not read may make us hold this much.
  static constexpr std::size_t most_unsent = std::size_t{256} << 20U;

  void read();
  void got(std::size_t octets);
  void handle(const smsc_action& a);
  void wait();
  void close(std::string_view why);

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  smsc_fsm fsm_;
  smpp::framer framer_;
  smpp::buffer out_, leaving_;
  std::uint32_t number_;
  bool writing_ = false, closing_ = false, closed_ = false;
  owner* on_; // nobody after gone() or forget()
};

} // namespace tallyline::rehearsal
