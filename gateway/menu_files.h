// Menu scripts from files, ready to serve.
#pragma once

#include "gateway/intake.h"

#include <filesystem>
#include <vector>

namespace tallyline::gateway {

// Nothing is half loaded: any error in any script throws std::runtime_error with every diagnostic as
// file:line:column, the line, a caret and what to write. The scripts have no engine yet.
std::vector<live_menu> load_menus(const std::vector<std::filesystem::path>& files);

} // namespace tallyline::gateway
