// Who asked for help, in what, and how long it took until the answer came.
#include "gateway/local_time.h"
#include "gateway/reports/places.h"
#include "gateway/reports/ranks.h"
#include "gateway/reports/report.h"

#include <fmt/format.h>
#include <map>

namespace tallyline::gateway {
namespace {

constexpr std::string_view default_form = "help", category = "category";

struct tickets {
  std::int64_t answered = 0;
  std::vector<std::int64_t> ages, took; // ms: of those that are open, and until the answer came
  void add(const tickets& o) {
    answered += o.answered;
    ages.insert(ages.end(), o.ages.begin(), o.ages.end());
    took.insert(took.end(), o.took.begin(), o.took.end());
  }
};

class support_report {
public:
  support_report(const report_source& s, const report_scope& scope)
      : s_(s), form_(scope.form.empty() ? std::string(default_form) : scope.form),
        where_(places_of(s.e, scope.area, scope.by)), clock_(s.e.time_zone) {
    read_labels();
    scope.list ? list() : count();
  }
  table made() { return std::move(t_); }

private:
  // What the menu calls the categories, in its first language.
  void read_labels() {
    for (const auto& m : s_.menus)
      for (const auto& f : m->forms)
        for (const auto& q : f.ask)
          if (f.name == form_ && q.name == category)
            for (const auto& o : q.options)
              if (o.label != menus::no_text) labels_.emplace(o.text, m->text(o.label, 0).literal);
  }
  std::string label(std::string_view value) const {
    const auto at = labels_.find(value);
    return at == labels_.end() ? std::string() : at->second;
  }

  template <class Each> void each(Each f) {
    must(s_.from.for_each_ticket(form_, category, [&](const auto& r, std::string_view value) {
      if (r.done_ms != 0 && r.done_form.empty()) return; // rejected: it is no request
      if (const auto row = where_.row_of_scope(s_.e, r.scope); row != storage::none) f(row, r, value);
    }));
  }

  void count() {
    t_.columns = {{"area", "Area"},
                  {"area_name", "Name"},
                  {"category", "Category"},
                  {"category_name", ""},
                  {"open", "Open"},
                  {"oldest_minutes", "Oldest, min"},
                  {"median_age_minutes", "Median age"},
                  {"answered", "Answered"},
                  {"median_minutes", "Median to answer, min"},
                  {"p95_minutes", "p95"}};
    t_.grouped = 2;
    std::map<std::pair<std::uint32_t, std::string>, tickets> by;
    each([&](std::uint32_t row, const auto& r, std::string_view value) {
      auto& of = by[{row, std::string(value)}];
      if (r.done_ms == 0) return of.ages.push_back(s_.now_ms - r.since_ms);
      ++of.answered;
      of.took.push_back(std::max<std::int64_t>(r.done_ms - r.since_ms, 0));
    });
    tickets all;
    for (auto& [key, of] : by) {
      all.add(of);
      const auto& at = where_.rows[key.first];
      line(at.code, at.name, key.second, of);
    }
    if (by.empty()) return t_.notes.push_back(fmt::format("Nobody has asked for help ('{}').", form_));
    t_.rules.push_back(t_.rows.size());
    line("", "", "total", all);
    t_.notes.emplace_back("Minutes; --list names each request.");
  }

  void line(const std::string& code, const std::string& name, const std::string& what, tickets& of) {
    const auto at = [](std::vector<std::int64_t>& values, int percent) {
      return values.empty() ? cell{} : cell(rank_in(values, percent) / ms_of_minute);
    };
    t_.rows.push_back({code, name, what, label(what), static_cast<std::int64_t>(of.ages.size()), at(of.ages, 100),
                       at(of.ages, 50), of.answered, at(of.took, 50), at(of.took, 95)});
  }

  void list() {
    t_.columns = {{"ticket", "Ticket"}, {"area_name", "Area"},    {"scope", "Of"},          {"category", "Category"},
                  {"since", "Asked"},   {"answered", "Answered"}, {"minutes", "After, min"}};
    each([&](std::uint32_t row, const auto& r, std::string_view value) {
      const bool open = r.done_ms == 0;
      t_.rows.push_back({r.ticket, where_.rows[row].name, std::string(r.scope), std::string(value), at(r.since_ms),
                         open ? cell{} : cell(at(r.done_ms)),
                         ((open ? s_.now_ms : r.done_ms) - r.since_ms) / ms_of_minute});
    });
    t_.notes.emplace_back("Of what is not answered, the minutes until now.");
  }
  std::string at(std::int64_t ms) const { return local_text(clock_.minutes_at(ms)); }

  const report_source& s_;
  std::string form_;
  places where_;
  local_clock clock_;
  std::map<std::string, std::string, std::less<>> labels_;
  table t_;
};

} // namespace

table support(const report_source& s, const report_scope& scope) {
  const storage::reader::snapshot one_moment(s.from);
  return support_report(s, scope).made();
}

} // namespace tallyline::gateway
