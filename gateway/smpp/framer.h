// Cuts a TCP stream into PDUs (SMPP 3.4, 3.2: command_length first). Owns one buffer that is reused; a PDU split
// anywhere is put together, a length that cannot be is found before anything is buffered for it.
#pragma once

#include "gateway/smpp/codec.h"

#include <cstddef>
#include <span>

namespace tallyline::smpp {

class framer {
public:
  // Largest PDU taken: a submit_sm with 64 KiB message_payload does not occur on USSD or SMS; a larger length is garbage.
  static constexpr std::uint32_t max_pdu = 70 * 1024;

  enum class verdict { need_more, pdu, garbage };

  // Where to read to: at least `min` octets of room. Invalidates spans of earlier PDUs.
  std::span<std::uint8_t> room(std::size_t min = 16 * 1024);
  void filled(std::size_t octets);

  // The next whole PDU, header included; valid until `room`. `garbage`: the length is under 16 or over max_pdu, the stream
  // cannot be trusted any more and has to be closed.
  verdict next(std::span<const std::uint8_t>& pdu);

  // Forgets what is buffered, for a new connection; keeps the memory.
  void reset() noexcept { read_ = end_ = 0; }

private:
  buffer octets_;
  std::size_t read_ = 0; // where the next PDU starts
  std::size_t end_ = 0;  // what lies behind has not been read from the socket yet
};

} // namespace tallyline::smpp
