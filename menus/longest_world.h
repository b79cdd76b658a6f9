// An election in which everything is as long and as large as the longest and largest of a real one: what fits here fits
// everybody. Internal to menus/check.
#pragma once

#include "menus/world.h"

#include <array>
#include <map>
#include <string>
#include <vector>

namespace tallyline::menus {

class longest_world final : public world {
public:
  longest_world(const world& real, const std::vector<entity>& everything) : real_(real), everything_(everything) {}

  std::string_view text(entity of, attribute what, std::string_view language) const override;
  std::int64_t number(entity of, attribute what) const override;
  entity link(entity of, attribute what) const override { return real_.link(of, what); }
  std::span<const entity> list(entity of, attribute what) const override;
  std::int64_t local_minutes() const override { return real_.local_minutes(); }

  entity first(noun kind) const;

private:
  const world& real_;
  const std::vector<entity>& everything_;
  mutable std::map<std::tuple<noun, attribute, std::string>, std::string_view> texts_;
  mutable std::map<std::pair<noun, attribute>, std::int64_t> numbers_;
  mutable std::map<std::pair<noun, attribute>, std::span<const entity>> lists_;
};

} // namespace tallyline::menus
