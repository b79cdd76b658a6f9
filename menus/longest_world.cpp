#include "menus/longest_world.h"

#include "menus/utf8.h"

#include <algorithm>

namespace tallyline::menus {

// Each is looked for once: an election has a hundred thousand things.
std::string_view longest_world::text(entity of, attribute what, std::string_view language) const {
  const auto [at, is_new] = texts_.try_emplace({of.kind, what, std::string(language)});
  if (is_new) {
    std::size_t most = 0;
    for (const entity e : everything_) {
      if (e.kind != of.kind) continue;
      const auto t = real_.text(e, what, language);
      if (const auto n = characters(t); n >= most) most = n, at->second = t;
    }
  }
  return at->second;
}

std::int64_t longest_world::number(entity of, attribute what) const {
  const auto [at, is_new] = numbers_.try_emplace({of.kind, what}, 0);
  if (is_new)
    for (const entity e : everything_)
      if (e.kind == of.kind) at->second = std::max(at->second, real_.number(e, what));
  return of.kind == noun::election ? real_.number(of, what) : at->second;
}

std::span<const entity> longest_world::list(entity of, attribute what) const {
  const auto [at, is_new] = lists_.try_emplace({of.kind, what});
  if (is_new)
    for (const entity e : everything_)
      if (e.kind == of.kind)
        if (const auto l = real_.list(e, what); l.size() > at->second.size()) at->second = l;
  return at->second;
}

entity longest_world::first(noun kind) const {
  for (const entity e : everything_)
    if (e.kind == kind) return e;
  return {};
}

} // namespace tallyline::menus
