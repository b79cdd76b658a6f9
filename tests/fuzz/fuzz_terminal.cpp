// Whatever a caller may send before and after a login: finding out who calls, line editing, character sets, wrapping.
// Nothing may be read beyond its end, a page never exceeds its screen, and a caller is one kind however the octets are
// split.
#include "modem/classify.h"
#include "modem/screen.h"
#include "modem/terminal.h"

#include <cstdlib>

using namespace tallyline::modem;

namespace {

void check_classifier(octets_view octets, std::size_t split) {
  const clock::time_point now{std::chrono::hours(1)};
  classifier whole({}, now), parts({}, now);
  const auto one = whole.take(octets, now);
  parts.take(octets.first(split), now);
  const auto two = parts.take(octets.subspan(split), now);
  // A person is taken for one at once; what stands behind the split may then be anything.
  if (one == classifier::step::decided && two == classifier::step::decided && parts.is() != caller_is::person &&
      whole.is() != parts.is() && whole.is() == caller_is::person)
    std::abort();
  if (whole.octets().size() > octets.size()) std::abort();
}

void check_terminal(octets_view octets, std::size_t split, unsigned choice) {
  const clock::time_point start{std::chrono::hours(1)};
  terminal_settings s;
  s.set = static_cast<charset>(choice % 3);
  s.columns = 20 + choice % 70;
  s.ansi = choice & 1;
  terminal t(s, start);
  auto now = start;
  for (const auto part : {octets.first(split), octets.subspan(split)}) {
    t.take(part, now);
    t.ask("> ", choice & 2);
    while (const auto said = t.next(now)) {
      for (const auto& line : wrapped(said->text, s.columns))
        if (columns_of(line) > s.columns) std::abort();
      if (t.fits(said->text)) t.page(said->text);
      t.ask("> ", choice & 4);
    }
    (void)t.output(1 << 20);
    if (const auto due = t.deadline()) now = *due - std::chrono::seconds(1);
  }
  (void)t.unread();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const octets_view octets(data + 2, size - 2);
  const std::size_t split = data[0] % (octets.size() + 1);
  check_classifier(octets, split);
  check_terminal(octets, split, data[1]);
  return 0;
}
