#include "gateway/modem_sms.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>
#include <utility>

namespace tallyline::gateway {
namespace {

// A ticket of the bearer is a modem's place and its own ticket.
constexpr unsigned line_bits = 16;
std::uint64_t ticket_of(const modem::message_in& m) { return m.ticket << line_bits | m.line; }

// A status report names its message by the modem that sent it and TP-MR.
std::string message_id(std::size_t line, std::uint8_t reference) { return fmt::format("modem{}-{}", line, reference); }

} // namespace

modem_sms::modem_sms(sms_bearer& bearer, modem_sms_settings s)
    : bearer_(bearer), settings_(std::move(s)), number_(bearer.add_way(*this, settings_.smsc, settings_.name)) {}

void modem_sms::listen(modem::pool_handlers& h) {
  h.sms_in = [this](const modem::message_in& m) { message_in(m); };
  h.sms_sent = [this](const modem::message_sent& s) { message_sent(s); };
  h.ready = [this, others = std::move(h.ready)](std::size_t line) {
    // What waited on disk for a modem leaves with the first that serves; from then on the pool keeps the queue.
    if (!std::exchange(served_, true)) bearer_.bind_up();
    if (others) others(line);
  };
}

std::string modem_sms::full_number(const sms::delivered_message& d, std::string_view country) {
  if (d.alphanumeric) return {};
  std::string_view digits = d.from;
  if (d.international) return std::string(digits);
  if (digits.starts_with("00")) return std::string(digits.substr(2));
  if (digits.starts_with('0') && !country.empty()) return fmt::format("{}{}", country, digits.substr(1));
  return std::string(digits);
}

void modem_sms::message_in(const modem::message_in& m) {
  const auto read = sms::read_tpdu(m.tpdu);
  if (!read) {
    // Kept where it is, it would fill the SIM until nothing else comes in.
    spdlog::warn("a short message that modem {} holds is damaged and is deleted: {:02x}", m.line,
                 fmt::join(m.tpdu, ""));
    return pool_->message_kept(m.line, m.ticket);
  }
  if (const auto* report = std::get_if<sms::status_report>(&*read)) {
    bearer_.settle({message_id(m.line, report->reference), report->what(), report->in_words()});
    return pool_->message_kept(m.line, m.ticket);
  }
  auto d = std::get<sms::delivered_message>(*read);
  d.from = full_number(d, settings_.country);
  bearer_.message_in(number_, ticket_of(m), sms::as_message(d, settings_.code));
  changed();
}

void modem_sms::respond(std::uint64_t ticket, smpp::status s) {
  const auto line = static_cast<std::size_t>(ticket & ((1U << line_bits) - 1));
  if (s == smpp::status::ok)
    pool_->message_kept(line, ticket >> line_bits);
  else
    pool_->message_later(line, ticket >> line_bits);
}

bool modem_sms::can_submit() const { return pool_ != nullptr && served_; }

bool modem_sms::submit(const smpp::message& m, std::uint64_t token) {
  const auto tpdu = sms::write_submit(m);
  return tpdu && pool_ && pool_->send_message(*tpdu, token);
}

void modem_sms::message_sent(const modem::message_sent& s) {
  if (!s.ok) spdlog::warn("modem {} did not send a short message: {}", s.line, s.why);
  const auto status = s.ok ? smpp::status::ok : s.again ? smpp::status::system_error : smpp::status::unknown_error;
  bearer_.submit_done(s.token, status, s.ok ? message_id(s.line, s.reference) : std::string());
  changed();
}

} // namespace tallyline::gateway
