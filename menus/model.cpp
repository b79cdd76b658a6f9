#include "menus/model.h"

#include <algorithm>

namespace tallyline::menus {
namespace {

constexpr std::array<std::string_view, messages> message_names{
    "back",
    "home",
    "more",
    "empty",
    "not_a_number",
    "too_small",
    "too_large",
    "too_short",
    "too_long",
    "unreadable",
    "not_a_time",
    "not_a_date",
    "bad_national_code",
    "bad_phone",
    "invalid_choice",
    "no_such_code",
    "be_exact",
    "taken",
    "too_many",
    "too_few",
    "item_refused",
    "understood",
    "yes",
    "no",
    "skip",
    "nothing_to_choose",
    "not_open_yet",
    "closed",
    "ask_reason",
    "reason_label",
    "ask_pin",
    "pin_not_digits",
    "wrong_pin",
    "locked",
    "not_on_roster",
    "try_later",
    "session_lost",
    "resume_question",
    "resume_continue",
    "resume_again",
    "confirm",
    "send",
    "change",
    "change_which",
    "warn_right",
    "warn_correct",
    "recorded_receipt",
    "duplicate_receipt",
    "corrected_receipt",
    "review_receipt",
    "first_entry_receipt",
    "agreed_receipt",
    "differs_receipt",
    "correction_late",
    "correction_refused",
    "taken_elsewhere",
    "nothing_to_follow",
    "out_of_area",
    "ticket",
    "no_reports",
    "training",
    "not_below",
    "oneself",
    "no_such_person",
    "number_taken",
    "not_by_sms",
    "told_pin_changed",
    "told_replaced",
    "told_delegate",
    "bad_ticket",
    "goodbye",
};
constexpr std::array<std::string_view, moments> moment_names{"min",  "max",     "given", "total",
                                                             "item", "receipt", "at",    "ticket", "pin"};

constexpr std::array limits{moment::min, moment::max};
constexpr std::array counts{moment::given, moment::total};
constexpr std::array item_limits{moment::item, moment::min, moment::max};
constexpr std::array receipts{moment::receipt, moment::ticket};
constexpr std::array tickets{moment::ticket};
constexpr std::array at{moment::at};

} // namespace

std::string_view name_of(message which) { return message_names[static_cast<std::size_t>(which)]; }
std::string_view name_of(moment which) { return moment_names[static_cast<std::size_t>(which)]; }

std::span<const moment> moments_of(message which) {
  switch (which) {
  case message::too_small:
  case message::too_large:
  case message::too_short:
  case message::too_long:
    return limits;
  case message::taken:
  case message::too_many:
  case message::too_few:
    return counts;
  case message::not_open_yet:
  case message::closed:
    return at;
  case message::item_refused:
    return item_limits;
  case message::recorded_receipt:
  case message::duplicate_receipt:
  case message::corrected_receipt:
  case message::review_receipt:
  case message::first_entry_receipt:
  case message::agreed_receipt:
  case message::differs_receipt:
    return receipts;
  case message::ticket_line:
    return tickets;
  default:
    return {};
  }
}

std::uint16_t feed::question_for(std::string_view role) const {
  for (const auto& p : parts)
    if (p.role == role) return p.question;
  return no_index;
}

std::uint32_t script::number_of_choice(std::uint32_t index) const {
  auto number = index + 1;
  for (const auto s : skipped)
    if (number >= s) ++number;
  return number;
}

std::uint32_t script::choice_of_number(std::uint32_t number) const {
  if (number == 0 || std::find(skipped.begin(), skipped.end(), number) != skipped.end()) return no_choice;
  const auto before = std::count_if(skipped.begin(), skipped.end(), [&](auto s) { return s < number; });
  return number - 1 - static_cast<std::uint32_t>(before);
}

bool script::persian_letters() const {
  const auto speaks = [this](std::string_view tag) {
    return std::any_of(languages.begin(), languages.end(), [&](const language& l) { return l.tag.starts_with(tag); });
  };
  return speaks("fa") && !speaks("ar");
}

std::uint16_t script::language_index(std::string_view tag) const {
  for (std::size_t i = 0; i < languages.size(); ++i)
    if (languages[i].tag == tag) return static_cast<std::uint16_t>(i);
  return no_index;
}

} // namespace tallyline::menus
