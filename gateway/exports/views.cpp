#include "gateway/exports/views.h"

#include "menus/types.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>

namespace tallyline::gateway {
namespace {

constexpr std::size_t most_columns = 100;
using column = storage::form_view::column;

std::vector<std::int64_t> numbers_of(const menus::question& q, const storage::election& e) {
  std::set<std::int64_t> all;
  if (q.of == menus::noun::candidate)
    for (const auto& c : e.candidates)
      all.insert(c.number);
  for (std::size_t o = 0; o < q.options.size(); ++o)
    all.insert(q.numeric ? q.options[o].number : static_cast<std::int64_t>(o + 1));
  return {all.begin(), all.end()};
}

void add(std::vector<column>& columns, const menus::question& q, const storage::election& e) {
  if (q.personal) return columns.push_back({q.name, q.name, column::kind::personal, 0});
  const auto numbers = q.each ? numbers_of(q, e) : std::vector<std::int64_t>();
  if (numbers.empty() || numbers.size() > most_columns)
    return columns.push_back({q.name, q.name, column::kind::field, 0});
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const bool named = !q.numeric && i < q.options.size();
    const std::string item = named ? q.options[i].text : fmt::to_string(numbers[i]);
    columns.push_back({q.name + "_" + item, q.name, column::kind::item, numbers[i]});
  }
}

} // namespace

std::vector<storage::form_view> views_of(const std::vector<std::shared_ptr<const menus::script>>& menus,
                                         const storage::election& e) {
  std::vector<storage::form_view> all;
  for (const auto& m : menus)
    for (const auto& f : m->forms) {
      if (std::any_of(all.begin(), all.end(), [&](const auto& v) { return v.form == f.name; })) continue;
      auto& v = all.emplace_back(storage::form_view{f.name, std::string(menus::word(m->scope)), {}});
      for (const auto& q : f.ask)
        if (!q.of_reason) add(v.columns, q, e);
    }
  return all;
}

} // namespace tallyline::gateway
