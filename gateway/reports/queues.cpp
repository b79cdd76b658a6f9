#include "gateway/reports/queues.h"

#include "gateway/local_time.h"
#include "gateway/reports/league.h"
#include "gateway/reports/places.h"
#include "gateway/reports/ranks.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

constexpr std::int64_t hour_ms = 60 * ms_of_minute, day_ms = 24 * hour_ms;

// What the table tells of some offices together.
struct sum_of_queues {
  std::int64_t offices = 0;
  office_queue all;
  std::vector<std::int64_t> ages;
};

class queue_table {
public:
  queue_table(const report_source& s, const report_scope& scope, const std::string& form)
      : s_(s), scope_(scope), form_(form), where_(places_of(s.e, scope.area, by_office() ? std::string() : scope.by)),
        clock_(s.e.time_zone), queues_(queues_of(s.from, s.e, form, s.now_ms)), near_(s.e, queues_, s.now_ms) {}

  table made() {
    by_office() ? offices() : areas();
    notes();
    return std::move(t_);
  }

private:
  bool by_office() const { return scope_.by.empty() || scope_.by == "office"; }
  std::uint32_t row_of(std::uint32_t office) const { return where_.row_of_area[s_.e.offices[office].area]; }

  void offices() {
    t_.columns = {{"area", "Area"},
                  {"office", "Office"},
                  {"office_name", "Name"},
                  {"waiting", "Waiting"},
                  {"oldest_minutes", "Oldest, min"},
                  {"median_minutes", "Median, min"},
                  {"done_last_hour", "Last hour"},
                  {"empty_at", "Empty at"},
                  {"near", "Less busy near"},
                  {"near_name", "Its name"},
                  {"near_waiting", "Waits there"}};
    std::vector<std::uint32_t> shown;
    for (std::uint32_t o = 0; o < queues_.size(); ++o)
      if (row_of(o) != storage::none) {
        add(all_, o);
        if (scope_.all || queues_[o].waiting > 0) shown.push_back(o);
      }
    std::stable_sort(shown.begin(), shown.end(), [&](auto a, auto b) { return age(queues_[a]) > age(queues_[b]); });
    for (const auto o : shown)
      t_.rows.push_back(row(o));
  }

  std::vector<cell> row(std::uint32_t o) const {
    const auto& office = s_.e.offices[o];
    const auto& q = queues_[o];
    std::vector<cell> cells{name(s_.e.areas[office.area].name), office.code, name(office.name), q.waiting};
    figures(cells, q, q.median_age_ms);
    const auto other = q.waiting > 0 ? near_.near(o) : std::nullopt;
    if (!other) return cells.insert(cells.end(), 3, cell{}), cells;
    const auto& less = s_.e.offices[*other];
    cells.insert(cells.end(), {less.code, name(less.name), queues_[*other].waiting});
    return cells;
  }

  void areas() {
    if (where_.by_station) throw std::runtime_error("queues are of offices: --by office, or a level such as county");
    t_.columns = {{"area", "Area"},
                  {"area_name", "Name"},
                  {"offices", "Offices"},
                  {"waiting", "Waiting"},
                  {"oldest_minutes", "Oldest, min"},
                  {"median_minutes", "Median, min"},
                  {"done_last_hour", "Last hour"},
                  {"empty_at", "Empty at"}};
    std::vector<sum_of_queues> rows(where_.rows.size());
    for (std::uint32_t o = 0; o < queues_.size(); ++o)
      if (const auto r = row_of(o); r != storage::none) add(rows[r], o), add(all_, o);
    must(s_.from.for_each_waiting(form_, [&](std::string_view scope, std::int64_t since) {
      const auto o = s_.e.office_by_code(scope);
      if (o && row_of(*o) != storage::none) rows[row_of(*o)].ages.push_back(s_.now_ms - since);
    }));
    for (std::size_t r = 0; r < rows.size(); ++r) {
      auto& sum = rows[r];
      if (sum.offices == 0) continue;
      std::vector<cell> cells{where_.rows[r].code, where_.rows[r].name, sum.offices, sum.all.waiting};
      figures(cells, sum.all, sum.ages.empty() ? 0 : rank_in(sum.ages, 50));
      t_.rows.push_back(std::move(cells));
    }
  }

  void figures(std::vector<cell>& cells, const office_queue& q, std::int64_t median) const {
    const bool any = q.waiting > 0;
    cells.push_back(any ? cell(age(q) / ms_of_minute) : cell{});
    cells.push_back(any ? cell(median / ms_of_minute) : cell{});
    cells.emplace_back(q.done_last_hour);
    cells.push_back(when_empty(q));
  }

  cell when_empty(const office_queue& q) const {
    if (q.waiting == 0) return {};
    const auto at = empty_at(q, s_.now_ms);
    return at ? local_text(clock_.minutes_at(*at + ms_of_minute - 1)) : std::string("never at this rate");
  }

  void add(sum_of_queues& to, std::uint32_t o) const {
    const auto& q = queues_[o];
    ++to.offices;
    to.all.waiting += q.waiting;
    to.all.done_last_hour += q.done_last_hour;
    if (q.waiting > 0 && (to.all.oldest_ms == 0 || q.oldest_ms < to.all.oldest_ms)) to.all.oldest_ms = q.oldest_ms;
  }

  void notes() {
    const auto empty = when_empty(all_.all);
    const auto* told = std::get_if<std::string>(&empty);
    t_.notes.push_back(fmt::format(
        "'{}': {} wait in {} offices; {} left the queue within the last hour; empty at that rate: {}.", form_,
        all_.all.waiting, all_.offices, all_.all.done_last_hour, told ? *told : std::string("nothing waits")));
    if (by_office())
      t_.notes.push_back(fmt::format(
          "Local time {}. Less busy: the shortest queue in the same district, else the same county, of an office that "
          "has worked within a day.{}",
          local_text(clock_.minutes_at(s_.now_ms)), scope_.all ? "" : " With --all also where nobody waits."));
  }

  std::int64_t age(const office_queue& q) const { return q.waiting > 0 ? s_.now_ms - q.oldest_ms : -1; }
  static std::string name(const storage::names& n) { return std::string(storage::in_language(n, 0)); }

  const report_source& s_;
  const report_scope& scope_;
  const std::string& form_;
  places where_;
  local_clock clock_;
  std::vector<office_queue> queues_;
  least_busy near_;
  sum_of_queues all_;
  table t_;
};

} // namespace

std::vector<office_queue> queues_at_a_glance(storage::reader& from, const storage::election& e,
                                             const std::string& form) {
  std::vector<office_queue> all(e.offices.size());
  must(from.for_each_queue(form, [&](std::string_view scope, std::int64_t waiting, std::int64_t oldest) {
    const auto o = e.office_by_code(scope);
    if (o) all[*o].waiting = waiting, all[*o].oldest_ms = oldest;
  }));
  return all;
}

std::vector<office_queue> queues_of(storage::reader& from, const storage::election& e, const std::string& form,
                                    std::int64_t now_ms) {
  std::vector<office_queue> all(e.offices.size());
  std::vector<std::vector<std::int64_t>> ages(e.offices.size());
  must(from.for_each_waiting(form, [&](std::string_view scope, std::int64_t since) {
    if (const auto o = e.office_by_code(scope)) ages[*o].push_back(now_ms - since); // the oldest first
  }));
  for (std::size_t o = 0; o < all.size(); ++o) {
    const auto done = must(from.done_since(form, e.offices[o].code, now_ms - hour_ms));
    all[o].done_last_hour = done.since, all[o].last_done_ms = done.last_ms;
    if (ages[o].empty()) continue;
    all[o].waiting = static_cast<std::int64_t>(ages[o].size());
    all[o].oldest_ms = now_ms - ages[o].front();
    all[o].median_age_ms = rank_in(ages[o], 50);
  }
  return all;
}

std::optional<std::int64_t> empty_at(const office_queue& q, std::int64_t now_ms) {
  if (q.waiting == 0) return now_ms;
  if (q.done_last_hour <= 0) return std::nullopt;
  return now_ms + (q.waiting * hour_ms + q.done_last_hour - 1) / q.done_last_hour;
}

least_busy::least_busy(const storage::election& e, const std::vector<office_queue>& queues, std::int64_t now_ms)
    : e_(e), queues_(queues), best_(e.areas.size(), {storage::none, storage::none}) {
  for (std::uint32_t o = 0; o < queues.size(); ++o) {
    if (queues[o].last_done_ms < now_ms - day_ms) continue;
    for (const auto area : around(o)) {
      auto& [first, second] = best_[area];
      if (first == storage::none || before(o, first))
        second = std::exchange(first, o);
      else if (second == storage::none || before(o, second))
        second = o;
    }
  }
}

bool least_busy::before(std::uint32_t a, std::uint32_t b) const {
  if (queues_[a].waiting != queues_[b].waiting) return queues_[a].waiting < queues_[b].waiting;
  return queues_[a].done_last_hour > queues_[b].done_last_hour;
}

// The areas that count as near, the smallest first.
std::vector<std::uint32_t> least_busy::around(std::uint32_t office) const {
  std::vector<std::uint32_t> all;
  for (auto a = e_.offices[office].area; a != storage::none; a = e_.areas[a].parent) {
    all.push_back(a);
    if (e_.areas[a].level == "county") return all;
  }
  all.pop_back(); // the whole is not near
  return all;
}

std::optional<std::uint32_t> least_busy::near(std::uint32_t office) const {
  for (const auto area : around(office))
    for (const auto other : best_[area])
      if (other != storage::none && other != office && queues_[other].waiting < queues_[office].waiting) return other;
  return std::nullopt;
}

table queues(const report_source& s, const report_scope& scope) {
  const storage::reader::snapshot one_moment(s.from);
  const auto form = scope.form.empty() ? read_league(scope.league).waits : scope.form;
  return queue_table(s, scope, form).made();
}

} // namespace tallyline::gateway
