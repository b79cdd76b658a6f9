#include "modem/traffic_log.h"

#include <array>
#include <ctime>
#include <fmt/format.h>
#include <stdexcept>

namespace tallyline::modem {
namespace {

constexpr std::size_t longest = 512;
constexpr std::array<const char*, 32> control = {
    "NUL", "SOH", "STX", "ETX",  "EOT", "ENQ", "ACK", "BEL", "BS",  "TAB", "LF",  "VT",  "FF", "CR", "SO", "SI",
    "DLE", "XON", "DC2", "XOFF", "DC4", "NAK", "SYN", "ETB", "CAN", "EM",  "SUB", "ESC", "FS", "GS", "RS", "US"};

std::string time_of_day() {
  const auto now = std::chrono::system_clock::now();
  const auto seconds = std::chrono::system_clock::to_time_t(now);
  const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(now.time_since_epoch()).count() % 1000;
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return fmt::format("{:02}:{:02}:{:02}.{:03}", local.tm_hour, local.tm_min, local.tm_sec, ms);
}

// Every command that carries a PIN or a password (27.007 8.3, 7.4, 7.5).
bool begins_secret(const std::string& line) {
  for (const std::string_view key : {"+CPIN=", "+CLCK=", "+CPWD=", "+CPIN2="})
    if (line.size() >= key.size() &&
        std::equal(key.begin(), key.end(), line.end() - static_cast<std::ptrdiff_t>(key.size()),
                   [](char a, char b) { return a == (b >= 'a' && b <= 'z' ? b - 32 : b); }))
      return true;
  return false;
}

} // namespace

traffic_log::traffic_log(const std::filesystem::path& file) : out_(file, std::ios::app) {
  if (!out_)
    throw std::runtime_error(fmt::format("{} cannot be written; give traffic_log another place", file.string()));
}

traffic_log::~traffic_log() { flush(); }

void traffic_log::octets(bool outgoing, octets_view octets) {
  if (!out_) return;
  if (outgoing != outgoing_) end_line();
  outgoing_ = outgoing;
  for (const auto octet : octets)
    add(octet);
  out_.flush();
}

void traffic_log::add(std::uint8_t octet) {
  const bool ends = octet == '\r' || octet == '\n';
  if ((ended_ && !ends) || line_.size() >= longest) end_line();
  ended_ = ends;
  if (line_.empty()) began_ = time_of_day();
  if (ends) masked_from_ = std::string::npos;
  if (masks(octet))
    line_ += "·";
  else if (octet >= 0x80)
    line_ += fmt::format("<{:02X}>", octet);
  else if (octet == 0x7F)
    line_ += "<DEL>";
  else if (octet < 0x20)
    line_ += fmt::format("<{}>", control[octet]);
  else
    line_ += static_cast<char>(octet);
  if (octet == '=' && begins_secret(line_)) masked_from_ = line_.size();
}

bool traffic_log::masks(std::uint8_t octet) {
  if (octet < 0x20) {
    if (!outgoing_ && octet == '\r' && hiding_ == hiding::next_line) hiding_ = hiding::all;
    return false;
  }
  if (masked_from_ != std::string::npos) return octet != '"' && octet != ',';
  return !outgoing_ && hiding_ == hiding::all;
}

void traffic_log::end_line() {
  if (!line_.empty()) out_ << began_ << (outgoing_ ? " → " : " ← ") << line_ << '\n';
  line_.clear();
  ended_ = false;
}

void traffic_log::remark(std::string_view text) {
  end_line();
  out_ << time_of_day() << " · " << text << '\n';
  out_.flush();
}

void traffic_log::flush() {
  end_line();
  out_.flush();
}

} // namespace tallyline::modem
