// Text on a terminal in columns: how wide it is, and where it breaks. Terminals order right-to-left text themselves;
// what is counted here does not depend on the order.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::rehearsal {

// Columns that UTF-8 text takes: marks and joiners none, East Asian wide characters and emoji two. Octets that are not
// UTF-8 count one each.
std::size_t columns(std::string_view utf8) noexcept;

// Without control characters other than newlines: a page must not steer the terminal that shows it.
std::string printable(std::string_view utf8);

// Lines of at most `width` columns, broken at spaces where there are any and at every newline; views into `utf8`.
std::vector<std::string_view> wrap(std::string_view utf8, std::size_t width);

// A box around the text, `width` columns inside its margins; ends in a newline.
std::string framed(std::string_view utf8, std::size_t width);

} // namespace tallyline::rehearsal
