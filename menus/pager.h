// Cuts what is to be said into pages that fit the bearer: between choices, else between words, else between characters.
#pragma once

#include "menus/bearer.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace tallyline::menus {

struct page_request {
  std::string_view before; // a line about what came before; not part of the body and never turned back to
  std::string_view body;
  std::size_t from = 0;        // where in the body this page begins
  std::size_t choices_at = 0;  // from here on the body is broken between lines only, where these fit
  std::string_view back, more; // hints beside their keys; `back` may be empty
};

struct page {
  std::string text;     // fits the bearer
  std::size_t next = 0; // where in the body the next page begins
  bool more = false;    // there is one
};

// A page that another one follows carries `more`; `back` is added where there is room. Over all pages no character of
// the body is lost but the spaces and line ends at the breaks.
page lay_out(const page_request& r, const bearer& on);

// Where the page before the one that begins at `from` begins, when pages are turned from the start.
std::size_t page_before(page_request r, std::size_t from, const bearer& on);

// A text that cannot be turned: as much of it as fits, cut between words.
std::string cut_to_fit(std::string_view text, const bearer& on);

} // namespace tallyline::menus
