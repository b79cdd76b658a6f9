// A report that headquarters makes at a command, as one line of the control socket, and what came of it. Pure.
#pragma once

#include "storage/record.h"

#include <optional>
#include <string>
#include <string_view>

namespace tallyline::gateway {

struct desk_report {
  storage::report what;    // form, key, scope, fields of text, follows, once, many
  std::uint64_t told = 0;  // who is to hear of it; 0: nobody
  std::string text;
};

// "desk {JSON}"
std::string to_line(const desk_report& r);
std::optional<desk_report> desk_report_from_line(std::string_view line);

// Whose it is, and when: no command says that of itself.
void sign(storage::report& r, const std::string& login, const std::string& area, std::int64_t now_ms);

// "RECEIPT TICKET": the ticket is 0 where there is none.
std::string to_line(const storage::outcome& o);

} // namespace tallyline::gateway
