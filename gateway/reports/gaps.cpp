#include "gateway/reports/gaps.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <stdexcept>
#include <unordered_map>

namespace tallyline::gateway {
namespace {

// The scope's code and the part behind it, of a key as joined_key writes it.
struct split_key {
  std::string code;
  std::string_view part;
};

void split(std::string_view key, split_key& out) {
  out.code.clear();
  std::size_t i = 0;
  for (; i < key.size() && key[i] != '/'; ++i) {
    if (key[i] == '\\' && i + 1 < key.size()) ++i;
    out.code += key[i];
  }
  out.part = i < key.size() ? key.substr(i + 1) : std::string_view();
}

class filler {
public:
  filler(const report_source& s, gaps::form& of) : s_(s), form_(of), menu_(*of.expected->menu) {
    for (std::size_t p = 0; p < of.parts.size(); ++p)
      parts_.emplace(of.parts[p].expected->part, p);
    for (auto& p : of.parts)
      p.at.assign(p.expected->where.size(), standing_of_report::missing);
  }

  // The weaker first: what is current is in, whatever else there is.
  void fill() {
    look(storage::record_state::pending, standing_of_report::waits_for_second);
    look(storage::record_state::review, standing_of_report::in_review);
    look(storage::record_state::current, standing_of_report::in);
  }

private:
  void look(storage::record_state state, standing_of_report means) {
    split_key k;
    must(s_.from.for_each_key(form_.expected->what().name, state, [&](std::string_view key) {
      split(key, k);
      const auto scope = scope_by_code(s_.e, menu_.scope, k.code);
      const auto at = parts_.find(k.part);
      if (scope == storage::none || at == parts_.end()) return;
      auto& part = form_.parts[at->second];
      const auto& where = part.expected->where;
      // Nearly always everyone is expected, and then the scope's index is its place.
      auto place = where.begin() + std::min<std::ptrdiff_t>(scope, std::ssize(where));
      if (place == where.end() || *place != scope) place = std::lower_bound(where.begin(), where.end(), scope);
      if (place != where.end() && *place == scope) part.at[static_cast<std::size_t>(place - where.begin())] = means;
    }));
  }

  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const { return std::hash<std::string_view>{}(s); }
  };
  const report_source& s_;
  gaps::form& form_;
  const menus::script& menu_;
  std::unordered_map<std::string, std::size_t, hash, std::equal_to<>> parts_;
};

[[noreturn]] void nothing_there(const std::vector<expected_form>& expected, const report_scope& scope) {
  std::vector<std::string> names;
  for (const auto& f : expected) {
    if (f.what().name == scope.form && !scope.key.empty()) {
      for (const auto& p : f.parts)
        if (names.size() < 12) names.push_back(p.part);
      throw std::runtime_error(
          fmt::format("'{}' is not expected for '{}'; it is for: {}", scope.form, scope.key, fmt::join(names, ", ")));
    }
    names.push_back(f.what().name);
  }
  throw std::runtime_error(scope.form.empty() && scope.key.empty()
                               ? std::string("no form of the menus in service is expected of anybody")
                               : fmt::format("no such report is expected; there are: {}", fmt::join(names, ", ")));
}

} // namespace

gaps gaps_of(const report_source& s, const std::vector<expected_form>& expected, const report_scope& scope,
             std::int64_t now_minute) {
  gaps out;
  bool known = false;
  for (const auto& f : expected) {
    if (!scope.form.empty() && f.what().name != scope.form) continue;
    gaps::form g{&f, {}};
    for (const auto& p : f.parts) {
      if (!scope.key.empty() && p.part != scope.key) continue;
      known = true;
      if (scope.all || !scope.key.empty() || p.due_minute <= now_minute) g.parts.push_back({&p, {}});
    }
    if (g.parts.empty()) continue;
    filler(s, g).fill();
    out.forms.push_back(std::move(g));
  }
  if (!known) nothing_there(expected, scope);
  return out;
}

} // namespace tallyline::gateway
