// Which form and which of its fields a report reads, as the menu scripts say under `feeds:`.
#pragma once

#include "menus/model.h"

#include <fmt/format.h>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::gateway {

struct feed_names {
  std::string form;
  std::string votes, invalid, ballots, at, present; // names of fields; empty when the script names none
  std::size_t at_part = 0;                          // where `at` stands in the record's key, 0 when it is no part of it
};

// Of the first form that feeds the report; nothing when none does.
inline std::optional<feed_names> feed_of(const menus::script& script, std::string_view report) {
  for (const auto& f : script.forms)
    for (const auto& feed : f.feeds) {
      if (feed.report != report) continue;
      const auto field = [&](std::string_view role) {
        const auto q = feed.question_for(role);
        return q == menus::no_index ? std::string{} : f.ask[q].name;
      };
      feed_names n{f.name, field("votes"), field("invalid"), field("ballots"), field("at"), field("present"), 0};
      for (std::size_t k = 1; k < f.one_per.size(); ++k)
        if (f.one_per[k] == n.at) n.at_part = k;
      return n;
    }
  return std::nullopt;
}

using scripts = std::vector<std::shared_ptr<const menus::script>>;

inline feed_names need_feed(const scripts& menus, std::string_view report) {
  for (const auto& m : menus)
    if (auto feed = feed_of(*m, report)) return *std::move(feed);
  throw std::runtime_error(
      fmt::format("no form of this menu feeds '{0}'; in the form write: feeds: {{report: {0}, …}}", report));
}

} // namespace tallyline::gateway
