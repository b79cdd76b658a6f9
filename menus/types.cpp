#include "menus/types.h"

#include <array>

namespace tallyline::menus {

std::span<const catalogue_row> catalogue() {
  using enum attribute;
  static constexpr std::array rows{
      catalogue_row{noun::area, code, "code", text_type},
      catalogue_row{noun::area, name, "name", text_type},
      catalogue_row{noun::area, level, "level", text_type},
      catalogue_row{noun::area, parent, "parent", entity_type(noun::area)},
      catalogue_row{noun::area, contests, "contests", list_of(noun::contest)},
      catalogue_row{noun::area, contests_within, "contests_within", list_of(noun::contest)},
      catalogue_row{noun::area, stations, "stations", list_of(noun::station)},
      catalogue_row{noun::area, offices, "offices", list_of(noun::office)},
      catalogue_row{noun::area, people, "people", list_of(noun::person)},
      catalogue_row{noun::area, delegates, "delegates", list_of(noun::person)},
      catalogue_row{noun::station, code, "code", text_type},
      catalogue_row{noun::station, name, "name", text_type},
      catalogue_row{noun::station, area, "area", entity_type(noun::area)},
      catalogue_row{noun::station, registered, "registered", number_type},
      catalogue_row{noun::station, contests, "contests", list_of(noun::contest)},
      catalogue_row{noun::contest, code, "code", text_type},
      catalogue_row{noun::contest, name, "name", text_type},
      catalogue_row{noun::contest, area, "area", entity_type(noun::area)},
      catalogue_row{noun::contest, candidates, "candidates", list_of(noun::candidate)},
      catalogue_row{noun::contest, seats, "seats", number_type},
      catalogue_row{noun::contest, max_choices, "max_choices", number_type},
      catalogue_row{noun::candidate, number, "number", number_type},
      catalogue_row{noun::candidate, name, "name", text_type},
      catalogue_row{noun::office, code, "code", text_type},
      catalogue_row{noun::office, name, "name", text_type},
      catalogue_row{noun::office, area, "area", entity_type(noun::area)},
      catalogue_row{noun::office, contests_within, "contests_within", list_of(noun::contest)},
      catalogue_row{noun::person, name, "name", text_type},
      catalogue_row{noun::person, msisdn, "msisdn", text_type},
      catalogue_row{noun::person, role, "role", text_type},
      catalogue_row{noun::person, place, "place", text_type},
      catalogue_row{noun::election, name, "name", text_type},
      catalogue_row{noun::election, date, "date", date_type},
      catalogue_row{noun::election, polls_open, "polls_open", time_type},
      catalogue_row{noun::election, polls_close, "polls_close", time_type},
      catalogue_row{noun::record, receipt, "receipt", text_type},
      catalogue_row{noun::record, key, "key", text_type},
      catalogue_row{noun::record, made_at, "at", time_type},
  };
  return rows;
}

const catalogue_row* find_attribute(noun of, std::string_view name) {
  for (const auto& row : catalogue())
    if (row.of == of && row.name == name) return &row;
  return nullptr;
}

namespace {
constexpr std::array<std::string_view, 9> words{"nothing", "area",   "station",  "contest", "candidate",
                                                "office",  "person", "election", "record"};
constexpr std::array<std::string_view, 9> plurals{"nothing", "areas",  "stations",  "contests", "candidates",
                                                  "offices", "people", "elections", "records"};
} // namespace

std::string_view word(noun of) { return words[static_cast<std::size_t>(of)]; }

noun noun_of(std::string_view text) {
  for (std::size_t i = 1; i < words.size(); ++i)
    if (words[i] == text) return static_cast<noun>(i);
  return noun::nothing;
}

std::string code_of(const world& election, entity e) {
  if (e.kind == noun::candidate) return std::to_string(election.number(e, attribute::number));
  if (e.kind == noun::person) return std::string(election.text(e, attribute::msisdn, {}));
  return std::string(election.text(e, attribute::code, {}));
}

std::string describe(type t) {
  if (t.what == base::entity) {
    if (t.list) return "a list of " + std::string(plurals[static_cast<std::size_t>(t.of)]);
    const std::string name(word(t.of));
    return (name.front() == 'a' || name.front() == 'o' || name.front() == 'e' ? "an " : "a ") + name;
  }
  static constexpr std::array<std::string_view, 7> singles{"nothing",   "a number", "yes or no", "a text",
                                                           "an entity", "a date",   "a time"};
  if (t.list) return "a list of numbers";
  return std::string(singles[static_cast<std::size_t>(t.what)]);
}

} // namespace tallyline::menus
