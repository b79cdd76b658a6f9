// Where the files that ship with tallyline are: menu scripts, shared texts, the demo's election pack.
#pragma once

#include <filesystem>
#include <string_view>

namespace tallyline::gateway {

// `inside` such as "menus/scripts/polling.yaml". Looked for in $TALLYLINE_SHARE, then beside the binary
// (../share/tallyline), then in the source tree it was built from. Throws std::runtime_error that names the places.
std::filesystem::path shared_file(std::string_view inside);

} // namespace tallyline::gateway
