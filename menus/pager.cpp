#include "menus/pager.h"

#include "menus/utf8.h"

namespace tallyline::menus {
namespace {

std::string with_line(std::string_view text, std::string_view line) {
  std::string out;
  out.reserve(text.size() + line.size() + 1);
  out += text;
  if (!line.empty()) {
    if (!out.empty()) out += '\n';
    out += line;
  }
  return out;
}

std::size_t whole_characters(std::string_view text, std::size_t upto) {
  while (upto > 0 && upto < text.size() && continues_character(text[upto])) --upto;
  return upto;
}

// The largest number of octets, at a character's end, with which `fits` holds; longer never fits when shorter does not.
template <class Fits> std::size_t longest(std::string_view text, Fits fits) {
  std::size_t good = 0, bad = text.size() + 1;
  while (bad - good > 1) {
    const std::size_t middle = good + (bad - good) / 2, cut = whole_characters(text, middle);
    if (cut <= good) { // within one character
      std::size_t next = middle;
      while (next < text.size() && continues_character(text[next])) ++next;
      if (next >= bad || !fits(text.substr(0, next))) bad = middle;
      else good = next;
    } else if (fits(text.substr(0, cut))) {
      good = cut;
    } else {
      bad = cut;
    }
  }
  return good;
}

// Where to break so that no line, or at least no word, is cut: not in the first half, which would waste the page.
std::size_t break_before(std::string_view text, std::size_t most) {
  if (most >= text.size()) return text.size();
  for (const char at : {'\n', ' '})
    if (const auto found = text.rfind(at, most); found != std::string_view::npos && found >= most / 3 && found > 0) return found;
  return most;
}

} // namespace

paged page_of(std::string_view whole, std::size_t page, std::string_view hint, std::string_view more, const bearer& on) {
  if (page == 0) {
    if (auto with_hint = with_line(whole, hint); on.fits(with_hint)) return {std::move(with_hint), false};
    if (on.fits(whole)) return {std::string(whole), false};
  }
  std::string_view rest = whole;
  for (std::size_t p = 0;; ++p) {
    if (p > 0 && on.fits(rest)) return {on.fits(with_line(rest, hint)) ? with_line(rest, hint) : std::string(rest), false};
    std::size_t take = break_before(rest, longest(rest, [&](std::string_view t) { return on.fits(with_line(t, more)); }));
    if (take == 0) { // the bearer has no room for the hint: show one character rather than nothing
      take = 1;
      while (take < rest.size() && continues_character(rest[take])) ++take;
    }
    if (p == page || take >= rest.size()) return {with_line(rest.substr(0, take), more), take < rest.size()};
    rest.remove_prefix(take);
    while (!rest.empty() && (rest.front() == '\n' || rest.front() == ' ')) rest.remove_prefix(1);
  }
}

} // namespace tallyline::menus
