#include "gateway/smpp/framer.h"

#include "gateway/smpp/octets.h"

#include <algorithm>
#include <cstring>

namespace tallyline::smpp {

std::span<std::uint8_t> framer::room(std::size_t min) {
  if (read_ == end_) read_ = end_ = 0;
  if (octets_.size() - end_ < min && read_ > 0) {
    std::memmove(octets_.data(), octets_.data() + read_, end_ - read_);
    end_ -= read_;
    read_ = 0;
  }
  // Grows to the largest PDU that really came, never to what a length field merely announces.
  if (octets_.size() - end_ < min) octets_.resize(end_ + min);
  return std::span(octets_).subspan(end_);
}

void framer::filled(std::size_t octets) { end_ += std::min(octets, octets_.size() - end_); }

framer::verdict framer::next(std::span<const std::uint8_t>& pdu) {
  const std::size_t available = end_ - read_;
  if (available < 4) return verdict::need_more;
  const std::uint32_t length = get_u32(octets_.data() + read_);
  if (length < header_size || length > max_pdu) return verdict::garbage;
  if (available < length) return verdict::need_more;
  pdu = std::span<const std::uint8_t>(octets_).subspan(read_, length);
  read_ += length;
  return verdict::pdu;
}

} // namespace tallyline::smpp
