#include "gateway/commands/record_text.h"

#include "storage/record_door.h"

#include <fmt/format.h>

namespace tallyline::gateway {

std::string shown_value(const storage::canonical::field_view& f) {
  using type = storage::canonical::field_view::type;
  switch (f.what) {
  case type::number:
    return fmt::to_string(f.number);
  case type::text:
    return std::string(f.text);
  case type::personal:
    return "(personal, kept apart)";
  case type::list:
    break;
  }
  std::string shown;
  for (const auto& item : f.items)
    shown += fmt::format("{}{}={}", shown.empty() ? "" : " ", item.number, item.value);
  return shown;
}

std::string shown_key(const storage::canonical::record_view& v) {
  std::string all;
  for (const auto part : v.key)
    all.append(all.empty() ? "" : " ").append(part);
  return all;
}

std::string_view shown_state(int state, bool flagged, bool decided) {
  switch (static_cast<storage::record_state>(state)) {
  case storage::record_state::current:
    return decided ? "accepted" : flagged ? "reported, flagged" : "reported";
  case storage::record_state::superseded:
    return "superseded by a later version";
  case storage::record_state::review:
    return "in review";
  case storage::record_state::pending:
    return "waits for the second entry";
  case storage::record_state::rejected:
    return "rejected";
  }
  return "unknown";
}

} // namespace tallyline::gateway
