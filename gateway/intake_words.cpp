#include "gateway/intake_words.h"

#include "storage/errors.h"

namespace tallyline::gateway {

menus::submit_verdict told_as(storage::verdict v) {
  switch (v) {
  case storage::verdict::recorded:
    return menus::submit_verdict::recorded;
  case storage::verdict::duplicate:
    return menus::submit_verdict::duplicate;
  case storage::verdict::corrected:
    return menus::submit_verdict::corrected;
  case storage::verdict::review:
    return menus::submit_verdict::review;
  case storage::verdict::first_entry:
    return menus::submit_verdict::first_entry;
  case storage::verdict::agreed:
    return menus::submit_verdict::agreed;
  case storage::verdict::differs:
    return menus::submit_verdict::differs;
  }
  return menus::submit_verdict::try_later;
}

std::optional<menus::submit_verdict> told_as(const boost::system::error_code& refused) {
  if (refused == storage::errc::correction_late) return menus::submit_verdict::correction_late;
  if (refused == storage::errc::correction_refused) return menus::submit_verdict::correction_refused;
  if (refused == storage::errc::taken_elsewhere) return menus::submit_verdict::taken_elsewhere;
  if (refused == storage::errc::nothing_to_follow) return menus::submit_verdict::nothing_to_follow;
  if (refused == storage::errc::out_of_area) return menus::submit_verdict::out_of_area;
  if (refused == storage::errc::not_below) return menus::submit_verdict::not_below;
  if (refused == storage::errc::oneself) return menus::submit_verdict::oneself;
  if (refused == storage::errc::no_such_person || refused == storage::errc::no_delegation)
    return menus::submit_verdict::no_such_person;
  if (refused == storage::errc::number_taken) return menus::submit_verdict::number_taken;
  return std::nullopt;
}

menus::message told_of(storage::roster_act what) {
  if (what == storage::roster_act::reset_pin) return menus::message::told_pin_changed;
  return what == storage::roster_act::replace_phone ? menus::message::told_replaced : menus::message::told_delegate;
}

storage::bearer recorded_as(bearer_kind by) {
  switch (by) {
  case bearer_kind::ussd:
    return storage::bearer::ussd;
  case bearer_kind::sms:
    return storage::bearer::sms;
  case bearer_kind::terminal:
    return storage::bearer::terminal;
  case bearer_kind::link:
    return storage::bearer::link;
  }
  return storage::bearer::console;
}

std::uint32_t hash_of(const inbound& in) {
  std::uint32_t hash = 0x811C9DC5U ^ static_cast<std::uint32_t>(in.what); // FNV-1a
  for (const char c : in.text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
  return hash;
}

} // namespace tallyline::gateway
