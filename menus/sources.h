// The texts that a script is read from (the file itself and those it includes), and where in them something stands.
//
// A place is an offset into all texts one behind the other, so that one number says file, line and column.
#pragma once

#include "menus/diagnostic.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::menus {

class sources {
public:
  struct file {
    std::string name; // as diagnostics call it
    std::string text;
    std::uint32_t base = 0; // the place of its first byte
  };
  // Returns the file's number. Files stay where they are.
  std::size_t add(std::string name, std::string text);
  const file& operator[](std::size_t number) const { return *files_[number]; }
  std::size_t size() const { return files_.size(); }
  const file& of(std::size_t place) const;

  // A diagnostic with file, line, column and the line itself.
  diagnostic tell(diagnostic::severity level, std::size_t place, std::string what, std::string hint) const;
  // The place of byte `offset` of the value of the scalar that is written at `scalar`, found through quotes, escapes
  // and indentation.
  std::size_t inside(std::size_t scalar, std::size_t offset) const;

private:
  std::vector<std::unique_ptr<file>> files_;
};

} // namespace tallyline::menus
