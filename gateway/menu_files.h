// Menu scripts from files and from the versions in the database, ready to serve.
#pragma once

#include "gateway/intake.h"
#include "menus/script.h"
#include "storage/menu_versions.h"

#include <filesystem>
#include <string>
#include <vector>

namespace tallyline::gateway {

// A script with what it includes and the engine's own texts that ship.
menus::load_result load_menu(const std::filesystem::path& file);
// Every diagnostic as file:line:column, the line, a caret and what to write.
std::string told(const std::vector<menus::diagnostic>& problems);

// Nothing is half loaded: any error in any script throws std::runtime_error with every diagnostic as
// file:line:column, the line, a caret and what to write. The scripts have no engine yet.
std::vector<live_menu> load_menus(const std::vector<std::filesystem::path>& files);

// A script and all it includes as one text, and its digest: hex SHA-256 of the script, or, when it includes others, of
// the bundle.
std::string bundle_of(const menus::load_result& loaded);
std::string digest_of(const menus::load_result& loaded);
// The files of a bundle by name, the script first. Empty for what bundle_of could not have written.
std::vector<std::pair<std::string, std::string>> files_of(const std::string& bundle);
menus::load_result load_bundle(const std::string& bundle);

std::int64_t now_ms(); // since 1970, UTC
// As `menu publish` and the gateway's start write it.
storage::menu_version version_of(const menus::load_result& loaded, std::string by, std::string note);
// The menu among these that is dialled by the same code; empty when there is none but the script's own.
std::string same_code(const std::vector<storage::menu_version>& in_service, const menus::script& script);
// The version as the gateway serves it. Throws std::runtime_error when this program can no longer read it.
live_menu live_menu_of(const storage::menu_version& version);

} // namespace tallyline::gateway
