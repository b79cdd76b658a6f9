#include "gateway/desk.h"

#include "gateway/control_link.h"
#include "gateway/intake.h"
#include "gateway/viewer.h"
#include "storage/import.h"
#include "storage/receipt.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <fmt/format.h>
#include <stdexcept>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

std::string told_of(std::string_view receipt, std::int64_t ticket) {
  return ticket == 0 ? fmt::format("receipt {}", receipt)
                     : fmt::format("ticket {}, receipt {}", storage::receipt::ticket_text(ticket), receipt);
}

} // namespace

std::string report_from_desk(const std::filesystem::path& database, desk_report r) {
  if (const auto answer = ask_gateway(database, to_line(r))) {
    if (!answer->done) throw std::runtime_error(answer->text);
    const auto blank = answer->text.find(' ');
    std::int64_t ticket = 0;
    if (blank != std::string::npos)
      std::from_chars(answer->text.data() + blank + 1, answer->text.data() + answer->text.size(), ticket);
    return told_of(std::string_view(answer->text).substr(0, blank), ticket);
  }
  const auto now = intake_clock().unix_ms();
  const auto& who = the_viewer();
  sign(r.what, who.login.empty() ? login_of(::getuid()) : who.login, who.area, now);
  const auto done = storage::submit_offline(database, r.what);
  if (!done) throw std::runtime_error(done.error().message());
  if (r.told != 0)
    if (const auto left = storage::leave_notice(database, r.told, r.text, now); !left)
      throw std::runtime_error(left.error().message());
  return told_of(done->receipt, done->ticket);
}

storage::ticket ticket_named(const std::filesystem::path& database, const std::string& form, const std::string& typed) {
  const auto number = storage::receipt::parse_ticket(typed);
  if (!number) throw std::runtime_error(fmt::format("'{}' is no ticket: look at each digit again, as in 12-3", typed));
  auto all = storage::tickets(database, form);
  if (!all) throw std::runtime_error(fmt::format("{}: {}", database.string(), all.error().message()));
  const auto found = std::find_if(all->begin(), all->end(), [&](const auto& t) { return t.number == *number; });
  if (found == all->end()) throw std::runtime_error(fmt::format("there is no ticket {}", typed));
  if (the_viewer().limited()) {
    const auto e = storage::load_election(database, false);
    if (!e) throw std::runtime_error(fmt::format("{}: {}", database.string(), e.error().message()));
    if (!the_viewer().sees(*e, found->scope))
      throw std::runtime_error(fmt::format("ticket {} lies outside {}, the area that the account '{}' is for", typed,
                                           the_viewer().area, the_viewer().login));
  }
  return *found;
}

std::string field_of(const std::string& fields, const std::string& name) {
  boost::system::error_code failed;
  const auto parsed = boost::json::parse(fields, failed);
  if (failed || !parsed.is_object()) return {};
  const auto* value = parsed.as_object().if_contains(name);
  if (!value) return {};
  if (const auto* text = value->if_string()) return std::string(*text);
  return boost::json::serialize(*value);
}

} // namespace tallyline::gateway
