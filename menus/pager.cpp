#include "menus/pager.h"

#include "menus/utf8.h"

#include <algorithm>

namespace tallyline::menus {
namespace {

constexpr std::size_t largest_page = 4096; // octets no screen of a terminal exceeds: bounds the search in a long text

bool is_space(char c) { return c == ' ' || c == '\n'; }

std::size_t character_start(std::string_view text, std::size_t at) {
  while (at > 0 && at < text.size() && continues_character(text[at]))
    --at;
  return at;
}
std::size_t character_end(std::string_view text, std::size_t at) {
  while (at < text.size() && continues_character(text[at]))
    ++at;
  return at;
}

// head + body[from, to) + tail, built in one buffer that is used again.
class composer {
public:
  composer(std::string_view head, std::string_view body, std::string_view tail)
      : head_(head), body_(body), tail_(tail) {}
  std::string& with(std::size_t from, std::size_t to) {
    text_.clear();
    const auto add = [&](std::string_view part) {
      if (part.empty()) return;
      if (!text_.empty()) text_ += '\n';
      text_ += part;
    };
    add(head_);
    add(body_.substr(from, to - from));
    add(tail_);
    return text_;
  }

private:
  std::string_view head_, body_, tail_;
  std::string text_;
};

// The furthest character end up to which the body fits; a longer text never fits where a shorter one does not.
std::size_t furthest(composer& c, std::string_view body, std::size_t from, const bearer& on) {
  std::size_t good = from, bad = std::min(body.size(), character_end(body, from + largest_page)) + 1;
  while (bad - good > 1) {
    auto middle = character_start(body, good + (bad - good) / 2);
    if (middle <= good) middle = character_end(body, good + 1);
    if (middle >= bad) break;
    (on.fits(c.with(from, middle)) ? good : bad) = middle;
  }
  return good;
}

// Where to break at or before `most`, so that no choice is cut, a label is not parted from its figure unless most of the
// page would stay empty, or at least no word is cut.
std::size_t break_at(std::string_view body, std::size_t from, std::size_t most, std::size_t choices_at) {
  if (most >= body.size()) return body.size();
  if (most >= choices_at) {
    const auto line = body.rfind('\n', most);
    if (line != std::string_view::npos && line > from && line + 1 >= choices_at) return line;
  }
  const auto line = body.rfind('\n', most);
  if (line != std::string_view::npos && line > from && line - from >= (most - from) / 2) return line;
  for (auto at = most; at > from; --at)
    if (is_space(body[at])) return at;
  return most;
}

std::size_t skip_spaces(std::string_view body, std::size_t at) {
  while (at < body.size() && is_space(body[at]))
    ++at;
  return at;
}

void add_where_it_fits(std::string& text, std::string_view hint, const bearer& on) {
  if (hint.empty()) return;
  const auto size = text.size();
  if (!text.empty()) text += '\n';
  text += hint;
  if (!on.fits(text)) text.resize(size);
}

// The line before, and the hint where there is room for both.
std::string alone(const page_request& r, const bearer& on) {
  composer c({}, r.before, r.more);
  if (on.fits(c.with(0, r.before.size()))) return c.with(0, r.before.size());
  const auto most = furthest(c, r.before, 0, on);
  return most > 0 ? c.with(0, break_at(r.before, 0, most, r.before.size())) : cut_to_fit(r.before, on);
}

} // namespace

page lay_out(const page_request& r, const bearer& on) {
  const auto from = std::min(r.from, r.body.size());
  if (r.body.size() - from <= largest_page) {
    page whole{composer(r.before, r.body, {}).with(from, r.body.size()), r.body.size(), false};
    if (on.fits(whole.text)) {
      add_where_it_fits(whole.text, r.back, on);
      return whole;
    }
  }
  composer c(r.before, r.body, r.more);
  const auto most = furthest(c, r.body, from, on);
  const auto to = break_at(r.body, from, most, r.choices_at);
  // With no room for a word of the body the line before takes the page for itself; the body begins on the next.
  if (!r.before.empty() && (most == from || (to < r.body.size() && !is_space(r.body[to]))))
    return {alone(r, on), from, true};
  if (most == from) { // no room for the hint: at least one character, so that turning comes to an end
    composer bare({}, r.body, {});
    const auto end = std::max(furthest(bare, r.body, from, on), character_end(r.body, from + 1));
    auto text = bare.with(from, end);
    if (!on.fits(text)) text.clear();
    return {std::move(text), end, end < r.body.size()};
  }
  page p{c.with(from, to), skip_spaces(r.body, to), true};
  add_where_it_fits(p.text, r.back, on);
  return p;
}

std::size_t page_before(page_request r, std::size_t from, const bearer& on) {
  r.before = {};
  r.from = 0;
  for (;;) {
    const page p = lay_out(r, on);
    if (!p.more || p.next >= from) return r.from;
    r.from = p.next;
  }
}

std::string cut_to_fit(std::string_view text, const bearer& on) {
  if (on.fits(text)) return std::string(text);
  composer c({}, text, {});
  const auto most = furthest(c, text, 0, on);
  return most == 0 ? std::string() : c.with(0, break_at(text, 0, most, text.size()));
}

} // namespace tallyline::menus
