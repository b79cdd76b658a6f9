#include "gateway/exports/views.h"

#include "gateway/menu_files.h"
#include "gateway/reports/report.h"
#include "menus/types.h"
#include "storage/import.h"

#include <algorithm>
#include <fmt/format.h>
#include <set>
#include <spdlog/spdlog.h>

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

void refresh_views(const std::filesystem::path& database) {
  try {
    const auto e = must(storage::load_election(database, false));
    std::vector<std::shared_ptr<const menus::script>> menus;
    for (const auto& v : must(storage::live_menus(database)))
      menus.push_back(live_menu_of(v).script);
    must(storage::put_form_views(database, views_of(menus, e)));
  } catch (const std::exception& failed) {
    spdlog::warn("the views of the forms stay as they were: {}; to try again: tallyline export views", failed.what());
  }
}

} // namespace tallyline::gateway
