#include "modem/at_lines.h"

namespace tallyline::modem {
namespace {

constexpr std::uint8_t cr = 0x0D, lf = 0x0A, first_printable = 0x20, last_printable = 0x7E;

} // namespace

at_lines::item at_lines::push(std::uint8_t octet) {
  if (ended_) clear();
  if (octet == cr || octet == lf) return end_of_line();
  if (after_prompt_ && octet == ' ') return after_prompt_ = false, item::nothing;
  after_prompt_ = false;
  // Names and texts of operators may be in any alphabet; a line of nothing else is noise.
  if (octet < first_printable || octet > last_printable) {
    ++strange_;
    if (octet < 0x80) return item::nothing; // a control character carries no text
  }
  if (line_.size() == longest) return overlong_ = true, item::nothing;
  line_.push_back(static_cast<char>(octet));
  if (!prompt_ || line_ != ">") return item::nothing;
  prompt_ = false;
  after_prompt_ = ended_ = true;
  return item::prompt;
}

at_lines::item at_lines::end_of_line() {
  const bool empty = line_.empty();
  const bool noise = overlong_ || strange_ * 4 > line_.size();
  if (empty && strange_ == 0) return item::nothing;
  if (noise) return clear(), item::noise;
  ended_ = true;
  return item::line;
}

void at_lines::clear() {
  line_.clear();
  strange_ = 0;
  ended_ = overlong_ = false;
}

} // namespace tallyline::modem
