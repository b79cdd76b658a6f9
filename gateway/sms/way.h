// A way that short messages come and go by: a bind to an SMSC, or the GSM modems. What the bearer of short messages
// needs of either. Network thread only.
#pragma once

#include "gateway/smpp/pdu.h"

#include <cstdint>

namespace tallyline::sms {

class way {
public:
  // Whether a message can be given to it now.
  virtual bool can_submit() const = 0;
  // Queues a message of one part; what becomes of it is told to sms_bearer::submit_done with its token, never from
  // within. False when it takes none.
  virtual bool submit(const smpp::message& m, std::uint64_t token) = 0;
  virtual void flush() = 0;
  // The word on a message that came: on disk (ok), or to come again.
  virtual void respond(std::uint64_t ticket, smpp::status s) = 0;
  // Counts its connections: what was asked on another is answered nowhere.
  virtual std::uint64_t connection() const = 0;

protected:
  ~way() = default;
};

} // namespace tallyline::sms
