// A script's own tree and those of the files it includes. Internal to menus/script.
#pragma once

#include "menus/script.h"
#include "menus/yaml_tree.h"

#include <deque>

namespace tallyline::menus {

// The script's tree first; empty when a file is refused.
std::deque<yaml_node> read_trees(sources& texts, findings& found, const load_options& options);

// The text of a file, at most one byte more than is allowed, so that a huge one costs nothing.
std::optional<std::string> read_text(const std::filesystem::path& file);
// Of an included file below `folder`; nothing when it is not there or lies outside.
std::optional<std::string> read_inside(const std::filesystem::path& folder, std::string_view name);

} // namespace tallyline::menus
