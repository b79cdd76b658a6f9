// What a menu may ask about the election: entities, their attributes, and the names they have in each language.
//
// The menu language knows these nouns and nothing of where they are kept: the gateway implements `world` over the
// election in memory, the tests over a few lines of literals. Names are resolved to `attribute` when a script loads, so
// a step at run time is array look-ups only.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace tallyline::menus {

// `record` is one of the earlier records that the dialogue was given (menus/past.h); the world is not asked about it.
enum class noun : std::uint8_t { nothing, area, station, contest, candidate, office, person, election, record };

// One thing of the election. `index` is the world's own and stable for as long as the world is.
struct entity {
  noun kind = noun::nothing;
  std::uint32_t index = 0;
  friend bool operator==(entity, entity) = default;
};

// Each attribute belongs to the nouns named beside it; `catalogue()` in menus/types.h holds the typed table.
enum class attribute : std::uint8_t {
  code,        // text: area, station, contest, office
  name,        // text: every noun
  level,       // text: area ("province", …)
  parent,      // area: area
  area,        // area: station, contest, office
  registered,  // number: station
  contests,    // list of contest: station (those whose area contains the station), area
  contests_within, // list of contest: area, office (those whose area is its own or lies in it)
  stations,    // list of station: area (all below it)
  candidates,  // list of candidate: contest, in order of number
  number,      // number: candidate
  seats,       // number: contest
  max_choices, // number: contest
  msisdn,      // text: person
  role,        // text: person
  place,       // text: person, the code of what they answer for
  people,      // list of person: area (all who answer for something below it)
  delegates,   // list of person: area (those of them who act for another until a time)
  offices,     // list of office: area (all below it)
  date,        // date: election, in days since 1970-01-01
  polls_open,  // time: election, in minutes of the day
  polls_close, // time: election
  receipt,     // text: record, as shown
  key,         // text: record, what it is about beside the scope, as "12:00"
  made_at,     // time: record, when it came in, in the election's time zone
};

// Read-only, called from the network thread only. A returned view or span stays valid as long as the world.
class world {
public:
  virtual ~world() = default;
  // `language` is a language tag such as "fa"; a name missing in it comes in the pack's first language.
  virtual std::string_view text(entity of, attribute what, std::string_view language) const = 0;
  virtual std::int64_t number(entity of, attribute what) const = 0;
  virtual entity link(entity of, attribute what) const = 0;
  virtual std::span<const entity> list(entity of, attribute what) const = 0;
  // Minutes since 1970-01-01 00:00 by the clock on the wall in the election's time zone.
  virtual std::int64_t local_minutes() const = 0;
};

// What a record says for the entity: its code; a candidate's number, a person's MSISDN.
std::string code_of(const world& election, entity e);

} // namespace tallyline::menus
