#include "gateway/reports/earlier_turnout.h"
#include "gateway/reports/feeds.h"
#include "gateway/reports/places.h"
#include "gateway/reports/report.h"
#include "storage/canonical.h"

#include <fmt/format.h>
#include <map>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

struct presence {
  std::int64_t stations = 0, present = 0, registered = 0;
};

class hours {
public:
  hours(const report_source& s, const feed_names& feed, const places& where) : s_(s), feed_(feed), where_(where) {}

  // The hour stands in the key: areas add up totals, and the keys say which stations are in.
  void from_totals() {
    must(s_.from.for_each_key(feed_.form, storage::record_state::current, [&](std::string_view key) {
      const auto station = s_.e.station_by_code(key.substr(0, key.find('/')));
      if (!station) return;
      auto* p = at(part(key, feed_.at_part), where_.row_of_station[*station]);
      if (!p) return;
      ++p->stations;
      p->registered += s_.e.stations[*station].registered;
    }));
    must(s_.from.for_each_total(feed_.form, [&](std::string_view parts, std::string_view area, const storage::sums& t) {
      const auto a = s_.e.area_by_code(area);
      const auto* present = t.find(feed_.present);
      if (!a || !present || present->list || present->items.empty()) return;
      if (auto* p = at(part(parts, feed_.at_part - 1), where_.row_of_area[*a]))
        p->present += present->items.front().value;
    }));
  }

  void from_records() {
    storage::canonical::record_view r;
    must(s_.from.for_each_current_record(feed_.form, [&](std::int64_t seq, std::string_view body) {
      if (!storage::canonical::read_record(body, r))
        throw std::runtime_error(fmt::format("record {} cannot be read: run `tallyline verify`", seq));
      const auto station = s_.e.station_by_code(r.scope);
      const auto* present = r.field(feed_.present);
      if (!station || !present) return;
      if (auto* p = at(hour_of(r), where_.row_of_station[*station])) {
        ++p->stations;
        p->present += present->number;
        p->registered += s_.e.stations[*station].registered;
      }
    }));
  }

  const auto& all() const { return by_hour_; }

private:
  static std::string_view part(std::string_view key, std::size_t which) {
    for (; which > 0 && !key.empty(); --which)
      key.remove_prefix(std::min(key.find('/'), key.size() - 1) + 1);
    return key.substr(0, key.find('/'));
  }
  std::string hour_of(const storage::canonical::record_view& r) const {
    const auto* f = r.field(feed_.at);
    if (!f) return {};
    return f->what == storage::canonical::field_view::type::number ? fmt::to_string(f->number) : std::string(f->text);
  }
  presence* at(std::string_view hour, std::uint32_t row) {
    if (row == storage::none) return nullptr;
    auto found = by_hour_.find(hour);
    if (found == by_hour_.end())
      found = by_hour_.emplace(std::string(hour), std::vector<presence>(where_.rows.size())).first;
    return &found->second[row];
  }

  const report_source& s_;
  const feed_names& feed_;
  const places& where_;
  std::map<std::string, std::vector<presence>, std::less<>> by_hour_;
};

} // namespace

table turnout(const report_source& s, const report_scope& scope) {
  const auto feed = need_feed(s.menus, "turnout");
  const places where = places_of(s.e, scope.area, scope.by);
  std::optional<earlier_turnout> before;
  if (!scope.against.empty()) before = earlier_turnout::read(scope.against);
  hours h(s, feed, where);
  const storage::reader::snapshot one_moment(s.from);
  where.by_station || feed.at_part == 0 ? h.from_records() : h.from_totals();
  table t{{{"area", "Area"},
           {"area_name", "Name"},
           {"hour", "Hour"},
           {"stations_in", "In"},
           {"stations", "of"},
           {"registered", "Registered there"},
           {"present", "Voters"},
           {"share", "Turnout"}},
          {},
          {}};
  t.grouped = 2;
  if (before) t.columns.insert(t.columns.end(), {{"against", "Earlier"}, {"difference", "Points"}});
  for (std::size_t row = 0; row < where.rows.size(); ++row)
    for (const auto& [hour, rows] : h.all()) {
      const auto& p = rows[row];
      if (!scope.key.empty() && hour != scope.key) continue;
      const cell now = share_of(p.present, p.registered);
      t.rows.push_back({where.rows[row].code, where.rows[row].name, hour, p.stations, where.rows[row].stations,
                        p.registered, p.present, now});
      if (!before) continue;
      const auto then = before->share_of(where.rows[row].code, hour);
      const auto* share_now = std::get_if<share>(&now);
      t.rows.back().push_back(then ? cell(share{*then}) : cell{});
      t.rows.back().push_back(then && share_now ? cell(share{share_now->tenths - *then}) : cell{});
    }
  t.notes.emplace_back("Turnout: of those registered at the stations that have reported that hour.");
  return t;
}

} // namespace tallyline::gateway
