// Reads a menu script: YAML text to model, or a list of what is wrong with it.
#pragma once

#include "menus/diagnostic.h"
#include "menus/model.h"

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::menus {

struct load_options {
  std::filesystem::path texts; // the folder of texts.yaml, with the engine's own texts
};

struct load_result {
  std::unique_ptr<script> menu;     // empty when there is an error
  std::vector<diagnostic> problems; // in the order found; at most 20
  explicit operator bool() const { return menu != nullptr; }
};

// Nothing is half loaded: any error, and there is no script. `name` is what diagnostics call the text. Neither throws
// on whatever the input may be, short of running out of memory.
load_result load_script_text(std::string_view text, std::string name, const load_options& options);
load_result load_script(const std::filesystem::path& file, const load_options& options);

} // namespace tallyline::menus
