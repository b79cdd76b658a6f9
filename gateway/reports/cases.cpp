#include "gateway/reports/cases.h"

#include "gateway/desk.h"
#include "gateway/local_time.h"
#include "storage/receipt.h"

#include <fmt/format.h>
#include <map>

namespace tallyline::gateway {
namespace {

enum class state : unsigned char { open, answered, closed };
constexpr std::string_view state_names[] = {"open", "answered", "closed"};

struct one_case {
  storage::ticket opened;
  std::string place, rule, answer, decision;
  std::uint32_t area = storage::none;
  state at = state::open;
  std::int64_t until_ms = 0; // when it was closed; 0: not yet
};

std::vector<storage::ticket> steps_of(const std::filesystem::path& database, const char* form) {
  auto all = storage::tickets(database, form);
  if (!all) throw std::runtime_error(fmt::format("{}: {}", database.string(), all.error().message()));
  return std::move(*all);
}

std::uint32_t area_of(const storage::election& e, std::string_view code) {
  if (const auto o = e.office_by_code(code)) return e.offices[*o].area;
  if (const auto s = e.station_by_code(code)) return e.stations[*s].area;
  return e.area_by_code(code).value_or(storage::none);
}

std::vector<one_case> all_cases(const std::filesystem::path& database, const storage::election& e) {
  std::map<std::string, storage::ticket> answers; // by part
  for (auto& a : steps_of(database, "case_answer"))
    answers.emplace(a.part, std::move(a));
  std::vector<one_case> all;
  for (auto& t : steps_of(database, "case")) {
    one_case c;
    const auto office = field_of(t.fields, "office");
    c.place = office.empty() ? t.scope : office;
    c.area = area_of(e, c.place);
    c.rule = field_of(t.fields, "rule");
    const auto closed_by = [&](const storage::ticket& step) {
      if (step.done_form != "case_closed") return;
      c.at = state::closed, c.until_ms = step.done_ms, c.decision = field_of(step.done_fields, "decision");
    };
    if (t.done_ms != 0) c.at = state::answered, c.answer = field_of(t.done_fields, "answer");
    closed_by(t);
    if (const auto a = answers.find(t.part); a != answers.end()) closed_by(a->second);
    c.opened = std::move(t);
    all.push_back(std::move(c));
  }
  return all;
}

// The area of this level that it lies in, or its own where there is none.
std::uint32_t row_area(const storage::election& e, std::uint32_t area, const std::string& level) {
  for (auto a = area; !level.empty() && a != storage::none; a = e.areas[a].parent)
    if (e.areas[a].level == level) return a;
  return area;
}

std::string code_of_area(const storage::election& e, std::uint32_t area) {
  return area == storage::none ? std::string() : e.areas[area].code;
}

std::string age(std::int64_t ms) { return fmt::format("{}:{:02}", ms / 3'600'000, ms / 60'000 % 60); }

table listed(const std::vector<one_case>& all, const storage::election& e, std::int64_t now_ms) {
  const local_clock clock(e.time_zone);
  table t{{{"case", "Case"}, {"area", "Area"}, {"office", "Office"}, {"rule", "Rule"}, {"text", "What"},
           {"opened", "Opened"}, {"age", "Age h:mm"}, {"state", "State"}, {"answer", "Answer"}, {"decision", "Decision"},
           {"evidence", "Evidence"}},
          {},
          {}};
  for (const auto& c : all)
    t.rows.push_back({storage::receipt::ticket_text(c.opened.number), code_of_area(e, c.area), c.place, c.rule,
                      field_of(c.opened.fields, "text"), local_text(clock.minutes_at(c.opened.since_ms)),
                      age((c.until_ms ? c.until_ms : now_ms) - c.opened.since_ms),
                      std::string(state_names[static_cast<std::size_t>(c.at)]), c.answer, c.decision,
                      field_of(c.opened.fields, "evidence")});
  return t;
}

table counted(const std::vector<one_case>& all, const storage::election& e, const std::string& level,
              std::int64_t now_ms) {
  struct sums {
    std::int64_t of[3] = {0, 0, 0}, oldest_ms = 0;
  };
  std::map<std::pair<std::string, std::string>, sums> rows;
  for (const auto& c : all) {
    auto& r = rows[{code_of_area(e, row_area(e, c.area, level)), c.rule}];
    ++r.of[static_cast<std::size_t>(c.at)];
    if (c.at != state::closed) r.oldest_ms = std::max(r.oldest_ms, now_ms - c.opened.since_ms);
  }
  table t{{{"area", "Area"}, {"name", "Name"}, {"rule", "Rule"}, {"open", "Open"}, {"answered", "Answered"},
           {"closed", "Closed"}, {"oldest", "Oldest h:mm"}},
          {},
          {}};
  for (const auto& [key, r] : rows) {
    const auto area = e.area_by_code(key.first);
    t.rows.push_back({key.first, area ? std::string(storage::in_language(e.areas[*area].name, 0)) : std::string(),
                      key.second, r.of[0], r.of[1], r.of[2], r.oldest_ms ? cell(age(r.oldest_ms)) : cell{}});
  }
  return t;
}

} // namespace

table cases(const std::filesystem::path& database, const storage::election& e, const report_scope& scope,
            std::int64_t now_ms) {
  auto all = all_cases(database, e);
  if (!scope.area.empty()) {
    const auto within = e.area_by_code(scope.area);
    if (!within) throw std::runtime_error(fmt::format("there is no area '{}'", scope.area));
    std::erase_if(all, [&](const auto& c) { return c.area == storage::none || !e.area_contains(*within, c.area); });
  }
  return scope.list ? listed(all, e, now_ms) : counted(all, e, scope.by, now_ms);
}

} // namespace tallyline::gateway
