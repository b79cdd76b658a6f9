// Which commands somebody with an area may give, and the gate before all of them.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <string_view>

namespace tallyline::gateway {

enum class access : unsigned char {
  open,  // reads no records of the election
  area,  // keeps to the viewer's area (gateway/viewer.h)
  whole, // for who may see everything
};
// A command by its words, such as "menu publish". One that is in no list is for who may see everything.
access access_of(std::string_view command);

// Settles who gives the command that was parsed and on which database. Throws std::runtime_error when they may not.
void admit(const CLI::App& app);

} // namespace tallyline::gateway
