// Reads a menu script: YAML text to model, or a list of what is wrong with it.
#pragma once

#include "menus/diagnostic.h"
#include "menus/model.h"
#include "menus/sources.h"

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::menus {

struct load_options {
  std::filesystem::path texts; // the folder of texts.yaml, with the engine's own texts
  // The text of an included file by its name as written, already known to stay inside the script's folder; nothing
  // when it cannot be read. Empty: a script that includes others is refused.
  std::function<std::optional<std::string>(std::string_view name)> include = {};
};

struct load_result {
  std::unique_ptr<script> menu;     // empty when there is an error
  std::vector<diagnostic> problems; // in the order found; at most 20
  // What it was read from: the script itself first, then what it includes in the order met, by the names written. The
  // engine's own texts are not among them.
  std::shared_ptr<const sources> texts;
  explicit operator bool() const { return menu != nullptr; }
};

// Nothing is half loaded: any error, and there is no script. `name` is what diagnostics call the text. Neither throws
// on whatever the input may be, short of running out of memory.
load_result load_script_text(std::string_view text, std::string name, const load_options& options);
// Includes are read from the script's folder and nowhere else, links that lead out of it are not followed.
load_result load_script(const std::filesystem::path& file, const load_options& options);

} // namespace tallyline::menus
