// Cuts what is to be said into pages that fit the bearer: at line ends, else between words, else between characters.
#pragma once

#include "menus/bearer.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace tallyline::menus {

struct paged {
  std::string text;
  bool more = false; // another page follows
};

// Page number `page` (from 0; one past the end gives the last) of `whole`. A single page carries `hint` when there is room
// for it; with several, each that another one follows carries `more`.
paged page_of(std::string_view whole, std::size_t page, std::string_view hint, std::string_view more, const bearer& on);

} // namespace tallyline::menus
