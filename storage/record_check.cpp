#include "storage/record_door.h"
#include "storage/text.h"

#include <algorithm>

namespace tallyline::storage {
namespace {

constexpr std::size_t most_fields = 64, most_items = 500, most_key_parts = 8, most_flags = 64;
constexpr std::size_t longest_text = 2000, longest_key_part = 200, longest_flag = 500, longest_version = 128;

bool is_text(std::string_view text, std::size_t longest) { return text.size() <= longest && valid_utf8(text); }

// One line, something in it.
bool is_word(std::string_view text, std::size_t longest) {
  return !text.empty() && is_text(text, longest) &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; });
}

bool in_range(std::int64_t value) { return value >= -largest_number && value <= largest_number; }

bool good_list(const std::vector<list_item>& items) {
  if (items.size() > most_items) return false;
  const bool numbers = std::all_of(items.begin(), items.end(),
                                   [](const list_item& i) { return in_range(i.number) && in_range(i.value); });
  const auto by_number = [](const list_item& a, const list_item& b) { return a.number < b.number; };
  const auto not_less = [](const list_item& a, const list_item& b) { return a.number >= b.number; };
  if (!numbers || std::is_sorted(items.begin(), items.end(), by_number) == false) {
    if (!numbers) return false;
    auto sorted = items;
    std::sort(sorted.begin(), sorted.end(), by_number);
    return std::adjacent_find(sorted.begin(), sorted.end(), not_less) == sorted.end();
  }
  return std::adjacent_find(items.begin(), items.end(), not_less) == items.end();
}

bool good_value(const field_value& v) {
  if (const auto* number = std::get_if<std::int64_t>(&v)) return in_range(*number);
  if (const auto* text = std::get_if<std::string>(&v)) return is_text(*text, longest_text);
  return good_list(std::get<std::vector<list_item>>(v));
}

bool good_fields(const std::vector<field>& fields) {
  if (fields.size() > most_fields) return false;
  for (auto f = fields.begin(); f != fields.end(); ++f) {
    if (!is_identifier(f->name) || !good_value(f->value)) return false;
    if (std::any_of(fields.begin(), f, [&](const field& other) { return other.name == f->name; })) return false;
  }
  return true;
}

// Two entries and steps do not go together: whose first entry it was would be nobody's step.
bool good_step(const report& r) {
  const auto in_key = [&](std::uint8_t at) { return at > 0 && at < r.key.size(); };
  return (!r.once || (r.entries == 1 && (r.many || r.key.size() > 1))) &&
         (r.follows.empty() || (r.entries == 1 && r.key.size() > 1 && !r.many && is_form_name(r.follows))) &&
         std::all_of(r.pseudonyms.begin(), r.pseudonyms.end(), in_key) && (!r.many || r.key.size() < most_key_parts);
}

bool good_shape(const report& r) {
  const auto words = [](const auto& all, std::size_t longest) {
    return std::all_of(all.begin(), all.end(), [=](const std::string& word) { return is_word(word, longest); });
  };
  return is_form_name(r.form) && good_step(r) && !r.key.empty() && r.key.size() <= most_key_parts && words(r.key, longest_key_part) &&
         r.key.front() == r.scope && good_fields(r.fields) && r.flags.size() <= most_flags &&
         words(r.flags, longest_flag) && (r.entries == 1 || r.entries == 2) && is_text(r.reason, longest_text) &&
         is_text(r.menu_version, longest_version) && r.by >= bearer::ussd && r.by <= bearer::console &&
         r.time_ms >= 0 && r.time_ms <= largest_number;
}

} // namespace

bool answers_for(const person& who, std::string_view code, const election& roster) {
  const auto station = roster.station_by_code(code);
  const auto office = roster.office_by_code(code);
  const auto area = roster.area_by_code(code);
  switch (who.scope) {
  case scope_kind::station:
    return station && *station == who.scope_index;
  case scope_kind::office:
    return office && *office == who.scope_index;
  case scope_kind::area:
    if (station) return roster.area_contains(who.scope_index, roster.stations[*station].area);
    if (office) return roster.area_contains(who.scope_index, roster.offices[*office].area);
    return area && roster.area_contains(who.scope_index, *area);
  }
  return false;
}

bool account_answers_for(const report& r, std::string_view code, const election& roster) {
  if (r.within.empty())
    return roster.station_by_code(code) || roster.office_by_code(code) || roster.area_by_code(code);
  const auto area = roster.area_by_code(r.within);
  person all;
  all.scope = scope_kind::area, all.scope_index = area.value_or(none);
  return area && answers_for(all, code, roster);
}

boost::system::error_code check_report(const report& r, const election& roster) {
  if (!r.account.empty()) {
    if (r.msisdn != 0 || r.by != bearer::console || r.does || !good_shape(r)) return errc::bad_report;
    if (!account_answers_for(r, r.scope, roster)) return errc::outside_area;
    return {};
  }
  const auto who = roster.person_by(r.msisdn, r.role);
  if (!who || !roster.people[*who].acts_at(r.time_ms)) return errc::not_on_roster;
  if (!good_shape(r)) return errc::bad_report;
  if (!answers_for(roster.people[*who], r.scope, roster)) return errc::out_of_scope;
  return {};
}

namespace {

template <class Parts> std::string joined(const Parts& parts, std::size_t first) {
  std::string key;
  for (std::size_t i = first; i < parts.size(); ++i) {
    if (i > first) key.push_back('/');
    for (const char c : parts[i]) {
      if (c == '/' || c == '\\') key.push_back('\\');
      key.push_back(c);
    }
  }
  return key;
}

} // namespace

std::string joined_key(const std::vector<std::string>& parts, std::size_t first) { return joined(parts, first); }
std::string joined_key(const std::vector<std::string_view>& parts, std::size_t first) { return joined(parts, first); }

} // namespace tallyline::storage
