// Where phones of other processes dial in to the simulated SMSC: a loopback port that speaks JSON lines. A connection
// is one phone with at most one session at a time; a broken connection hangs it up.
//
//   in   {"dial":"*140#","msisdn":"989120000001"}   {"answer":"1"}   {"hang_up":true}
//        {"sms":"COUNT 1 120","to":"140","msisdn":"989120000001"}: and SMS to that number come here from now on
//        {"listen":"989120000001"}: they do, and nothing is written
//   out  {"sms":"…","from":"140"}
//        {"page":"…","more":true|false}   {"error":"…"}
//
// An error to `dial`, or one after a page was awaited, means that there is no session (any more); an error to a line
// that cannot be understood changes nothing. Network thread only; the SMSC outlives the port.
#pragma once

#include "gateway/rehearsal/smsc.h"

namespace tallyline::rehearsal {

inline constexpr std::uint16_t default_handset_port = 2776;

class handset_port {
public:
  static constexpr std::size_t longest_line = 4096; // octets; a longer one is skipped and answered with an error
  static constexpr std::size_t most_phones = 1000;  // at once

  // 0: any free port. Throws boost::system::system_error when the port is taken.
  handset_port(boost::asio::io_context& io, smsc& exchange, std::uint16_t port);
  ~handset_port();
  handset_port(const handset_port&) = delete;
  handset_port& operator=(const handset_port&) = delete;

  std::uint16_t port() const;
  void stop(); // closes every phone's connection

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace tallyline::rehearsal
