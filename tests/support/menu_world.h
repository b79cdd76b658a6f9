// A small election for tests of the menus: one station with a contest of three candidates, numbered 1, 5 and 41.
#pragma once

#include "menus/world.h"
#include "tests/support/bearers.h"

#include <array>

namespace tallyline::tests {

class small_world final : public menus::world {
public:
  static constexpr menus::entity station{menus::noun::station, 0}, contest{menus::noun::contest, 0},
      person{menus::noun::person, 0};

  std::string_view text(menus::entity of, menus::attribute what, std::string_view) const override {
    using menus::attribute;
    if (of.kind == menus::noun::station) return what == attribute::code ? "01001" : "Old school";
    if (of.kind == menus::noun::contest) return what == attribute::code ? "president" : "President";
    if (of.kind == menus::noun::candidate) return std::array{"Ann", "Ben", "Cleo"}[of.index];
    return "somebody";
  }
  std::int64_t number(menus::entity of, menus::attribute what) const override {
    if (what == menus::attribute::registered) return 1000;
    if (what == menus::attribute::date) return 20'781;
    if (what == menus::attribute::polls_open) return 8 * 60;
    if (what == menus::attribute::polls_close) return 20 * 60;
    if (what == menus::attribute::number && of.kind == menus::noun::candidate) return std::array{1, 5, 41}[of.index];
    return 1;
  }
  // Of the clock on the wall: 2026-11-24 18:00 unless a test says otherwise.
  std::int64_t minutes = 20'781 * std::int64_t{1440} + 18 * 60;
  std::int64_t local_minutes() const override { return minutes; }
  menus::entity link(menus::entity, menus::attribute) const override { return {}; }
  std::span<const menus::entity> list(menus::entity, menus::attribute what) const override {
    static constexpr std::array contests{contest};
    static constexpr std::array candidates{menus::entity{menus::noun::candidate, 0},
                                           menus::entity{menus::noun::candidate, 1},
                                           menus::entity{menus::noun::candidate, 2}};
    if (what == menus::attribute::contests) return contests;
    if (what == menus::attribute::candidates) return candidates;
    return {};
  }
};

} // namespace tallyline::tests
