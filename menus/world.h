// What a menu may ask about the election: entities, their attributes, and the names they have in each language.
//
// The menu language knows these nouns and nothing of where they are kept: the gateway implements `world` over the
// election in memory, the tests over a few lines of literals. Names are resolved to `attribute` when a script loads, so
// a step at run time is array look-ups only.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace tallyline::menus {

enum class noun : std::uint8_t { nothing, area, station, contest, candidate, office, person };

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
  stations,    // list of station: area (all below it)
  candidates,  // list of candidate: contest, in order of number
  number,      // number: candidate
  seats,       // number: contest
  max_choices, // number: contest
  msisdn,      // text: person
  role,        // text: person
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
};

} // namespace tallyline::menus
