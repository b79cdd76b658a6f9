// A menu script as a picture: screens and forms as boxes, choices as arrows.
#pragma once

#include "menus/model.h"

#include <map>
#include <string>
#include <string_view>

namespace tallyline::gateway {

struct graph_options {
  std::uint16_t language = 0;
  std::map<std::string, std::string> notes; // a line below a form's name, such as what was recorded
  // Unfinished reports by form and the question they wait at; at "" everything is answered and not confirmed.
  std::map<std::string, std::map<std::string, std::size_t>> stopped;
};

// Mermaid's flowchart, for pages that show it.
std::string to_mermaid(const menus::script& menu, const graph_options& options);
// A picture of its own. Boxes stand in columns by how many answers lead there.
std::string to_svg(const menus::script& menu, const graph_options& options);

} // namespace tallyline::gateway
