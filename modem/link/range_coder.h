// A binary arithmetic coder: bits, each with the probability that it is 1, to octets and back (32 bits wide, without
// carry). The same code drives both directions: `code` takes the bit when it writes and gives it when it reads.
//
// Plain steps without failure: a reader that runs past the end reads zeros, and what it then gives is checked above.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tallyline::modem::link {

// In 65536ths; a bit is never certain.
inline constexpr std::uint32_t least_chance = 16;
inline constexpr std::uint32_t most_chance = 65536 - least_chance;

class bit_coder {
public:
  virtual ~bit_coder() = default;
  virtual bool code(bool bit, std::uint32_t chance_of_one) = 0;

protected:
  // Where the interval is divided: what lies at or below belongs to a 1.
  std::uint32_t middle(std::uint32_t chance) const {
    const std::uint64_t width = high_ - low_;
    return low_ + static_cast<std::uint32_t>(width * chance >> 16);
  }
  bool first_octet_settled() const { return ((low_ ^ high_) & 0xFF000000u) == 0; }
  void shift() { low_ <<= 8, high_ = high_ << 8 | 0xFF; }

  std::uint32_t low_ = 0, high_ = 0xFFFFFFFFu;
};

class bit_writer final : public bit_coder {
public:
  bool code(bool bit, std::uint32_t chance_of_one) override {
    const auto mid = middle(chance_of_one);
    bit ? high_ = mid : low_ = mid + 1;
    while (first_octet_settled()) {
      out_ += static_cast<char>(high_ >> 24);
      shift();
    }
    return bit;
  }
  // The fewest octets after which zeros may follow.
  std::string finish() {
    for (int octets = 1; octets <= 4 && low_ != 0; ++octets) {
      const std::uint64_t step = std::uint64_t{1} << (32 - 8 * octets);
      const std::uint64_t up = (low_ + step - 1) / step * step;
      if (up > high_) continue;
      for (int i = 0; i < octets; ++i)
        out_ += static_cast<char>(up >> (24 - 8 * i));
      break;
    }
    return std::move(out_);
  }

private:
  std::string out_;
};

class bit_reader final : public bit_coder {
public:
  explicit bit_reader(std::string_view bytes) : left_(bytes) {
    for (int i = 0; i < 4; ++i)
      at_ = at_ << 8 | next();
  }
  bool code(bool, std::uint32_t chance_of_one) override {
    const auto mid = middle(chance_of_one);
    const bool bit = at_ <= mid;
    bit ? high_ = mid : low_ = mid + 1;
    while (first_octet_settled()) {
      shift();
      at_ = at_ << 8 | next();
    }
    return bit;
  }
  // Octets that nothing was read from.
  std::size_t left() const { return left_.size(); }
  // How far it has read beyond the end: more than the coder's width is damage.
  std::size_t beyond() const { return beyond_; }

private:
  std::uint32_t next() {
    if (left_.empty()) return ++beyond_, 0;
    const auto octet = static_cast<std::uint8_t>(left_.front());
    left_.remove_prefix(1);
    return octet;
  }
  std::string_view left_;
  std::size_t beyond_ = 0;
  std::uint32_t at_ = 0;
};

} // namespace tallyline::modem::link
