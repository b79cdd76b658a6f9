// Which form and which of its fields a report reads, as the menu scripts say under `feeds:`.
#pragma once

#include "menus/model.h"

#include <optional>
#include <string>
#include <string_view>

namespace tallyline::gateway {

struct feed_names {
  std::string form;
  std::string votes, invalid, at, present; // names of fields; empty when the script names none
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
      return feed_names{f.name, field("votes"), field("invalid"), field("at"), field("present")};
    }
  return std::nullopt;
}

} // namespace tallyline::gateway
