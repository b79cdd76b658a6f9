// An error or a warning about a menu script, with its place.
#pragma once

#include <string>
#include <vector>

namespace tallyline::menus {

struct diagnostic {
  enum class severity { error, warning };
  severity level = severity::error;
  std::string file;
  int line = 0;       // from 1
  int column = 0;     // from 1, in characters
  std::string what;   // what is wrong, one sentence
  std::string hint;   // what to write instead; may be empty
  std::string source; // the line of the script itself
};

// "file:line:column: error: what", the line, a caret under the column, and the hint.
std::string to_string(const diagnostic& d);

} // namespace tallyline::menus
