// What fits on a terminal's screen: display widths (UAX #11) and lines wrapped between words. Pure; any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::modem {

// Columns of one character: 0 for marks and format characters, 2 for wide ones.
std::size_t columns_of(char32_t c);
std::size_t columns_of(std::string_view utf8);

// The text in lines of at most so many columns, broken between words where it can be. Its own line ends stay.
std::vector<std::string> wrapped(std::string_view utf8, std::size_t columns);

} // namespace tallyline::modem
