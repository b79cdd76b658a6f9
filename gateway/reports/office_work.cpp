#include "gateway/reports/office_work.h"

#include "gateway/reports/expected.h"
#include "gateway/reports/opening_hours.h"
#include "gateway/reports/ranks.h"

#include <algorithm>
#include <string_view>

namespace tallyline::gateway {
namespace {

// The scope of a key as joined_key writes it; an office's code with a '/' in it does not occur in any pack worth it,
// but is read right.
std::string scope_of_key(std::string_view key) {
  std::string code;
  for (std::size_t i = 0; i < key.size() && key[i] != '/'; ++i) {
    if (key[i] == '\\' && i + 1 < key.size()) ++i;
    code += key[i];
  }
  return code;
}

std::int64_t permille(std::int64_t part, std::int64_t whole) { return (part * 2000 + whole) / (2 * whole); }

class gatherer {
public:
  gatherer(const report_source& s, const league& l, const office_units& units)
      : s_(s), l_(l), units_(units), hours_(l.hours, s.e.time_zone), work_(units.area_of.size()),
        took_(units.area_of.size()), oldest_(units.area_of.size(), s.now_ms), waiting_(units.area_of.size(), 0),
        tickets_(units.area_of.size(), 0), in_time_(units.area_of.size(), 0), corrected_(units.area_of.size(), 0),
        rejected_(units.area_of.size(), 0) {
    for (const auto u : units.unit_of)
      if (u != storage::none) ++work_[u].offices;
    const election_world world(s.e);
    until_ms_ = std::min(s.now_ms, closes_ms(s.menus, l.done, world).value_or(s.now_ms));
  }

  std::vector<office_work> made() {
    must(s_.from.for_each_step(l_.waits, [&](const auto& r) { step(r); }));
    for (const auto& form : {l_.waits, l_.done}) {
      must(s_.from.for_each_correction(form, [&](const auto& c) {
        const auto u = unit_of(c.scope);
        if (u != storage::none) ++corrected_[u], show(u, evidence::corrected, c.seq, c.seq), active(u, c.time_ms);
      }));
      must(s_.from.for_each_fact(form, storage::record_state::rejected, [&](const auto& f) {
        const auto u = unit_of(scope_of_key(f.key));
        if (u != storage::none) ++rejected_[u], show(u, evidence::rejected, f.seq, f.seq);
      }));
    }
    figures_of_all();
    return std::move(work_);
  }

private:
  std::uint32_t unit_of(std::string_view scope) const {
    const auto o = s_.e.office_by_code(scope);
    return o ? units_.unit_of[*o] : storage::none;
  }
  void show(std::uint32_t u, evidence e, std::int64_t measure, std::int64_t seq) {
    work_[u].shown_by[static_cast<std::size_t>(e)].add(measure, seq);
  }
  void active(std::uint32_t u, std::int64_t ms) {
    work_[u].last_ms = std::max(work_[u].last_ms, ms);
    first_ms_ = std::min(first_ms_, ms);
  }
  void happened(std::uint32_t u, std::int64_t ms, std::int64_t seq) {
    ++work_[u].events;
    active(u, ms);
    show(u, evidence::latest, ms, seq);
    if (hours_.open_at(ms)) return;
    ++work_[u].out_of_hours;
    show(u, evidence::out_of_hours, ms, seq);
  }

  void step(const storage::reader::step_row& r) {
    const auto u = unit_of(r.scope);
    if (u == storage::none) return;
    ++tickets_[u];
    happened(u, r.since_ms, r.seq);
    if (r.done_ms == 0) {
      ++waiting_[u];
      oldest_[u] = std::min(oldest_[u], r.since_ms);
      return show(u, evidence::waiting, -r.since_ms, r.seq);
    }
    if (r.done_form != l_.done) return; // taken out of the queue otherwise, such as by a decision of headquarters
    happened(u, r.done_ms, r.done_seq);
    const auto took = std::max<std::int64_t>(r.done_ms - r.since_ms, 0);
    took_[u].push_back(took);
    if (took <= l_.in_time_minutes * ms_of_minute) ++in_time_[u];
    show(u, evidence::slowest, took, r.done_seq);
    show(u, evidence::fastest, -took, r.done_seq);
  }

  void figures_of_all() {
    std::vector<std::int64_t> registered(units_.areas, 0), offices(units_.areas, 0);
    for (std::size_t u = 0; u < work_.size(); ++u) {
      registered[units_.area_of[u]] += static_cast<std::int64_t>(took_[u].size());
      offices[units_.area_of[u]] += work_[u].offices;
    }
    for (std::size_t u = 0; u < work_.size(); ++u)
      figures_of_one(u, registered[units_.area_of[u]], offices[units_.area_of[u]]);
  }

  void figures_of_one(std::size_t u, std::int64_t in_area, std::int64_t offices) {
    auto& w = work_[u];
    auto& took = took_[u];
    const auto done = static_cast<std::int64_t>(took.size());
    w.registrations = done, w.in_area = in_area;
    w.set(figure::documents, tickets_[u]);
    w.set(figure::registrations, done);
    w.set(figure::waiting, waiting_[u]);
    if (waiting_[u] > 0) w.set(figure::oldest_minutes, (s_.now_ms - oldest_[u]) / ms_of_minute);
    if (done > 0) {
      w.set(figure::median_minutes, rank_in(took, 50) / ms_of_minute);
      w.set(figure::p95_minutes, rank_in(took, 95) / ms_of_minute);
      w.set(figure::in_time_percent, in_time_[u] * 100 / done);
    }
    w.set(figure::corrections, corrected_[u]);
    w.set(figure::rejected, rejected_[u]);
    w.errors = corrected_[u] + rejected_[u];
    w.records = tickets_[u] + done;
    if (w.records > 0) w.set(figure::error_permille, permille(w.errors, w.records));
    w.set(figure::out_of_hours, w.out_of_hours);
    if (w.events > 0) w.set(figure::out_of_hours_permille, permille(w.out_of_hours, w.events));
    if (in_area > 0 && w.offices > 0) {
      w.set(figure::share_permille, permille(done, in_area));
      w.set(figure::load_percent, done * offices * 100 / (in_area * w.offices));
    }
    // Who never did anything is silent since somebody else began.
    const auto since = w.last_ms > 0 ? w.last_ms : first_ms_;
    if (since < s_.now_ms) w.set(figure::silent_minutes, since < until_ms_ ? hours_.open_minutes(since, until_ms_) : 0);
    w.silent = w.get(figure::silent_minutes).value_or(0) > l_.silent_after_minutes;
  }

  const report_source& s_;
  const league& l_;
  const office_units& units_;
  opening_hours hours_;
  std::vector<office_work> work_;
  std::vector<std::vector<std::int64_t>> took_; // ms, by unit
  std::vector<std::int64_t> oldest_, waiting_, tickets_, in_time_, corrected_, rejected_;
  std::int64_t first_ms_ = INT64_MAX, until_ms_ = 0; // nobody is silent once there is nothing left to register
};

} // namespace

void first_three::add(std::int64_t measure, std::int64_t seq) {
  entry e{measure, seq};
  for (auto& k : kept_) {
    if (k.seq == 0) {
      k = e;
      return;
    }
    if (e.measure > k.measure) std::swap(e, k);
  }
}

std::vector<std::int64_t> first_three::records() const {
  std::vector<std::int64_t> all;
  for (const auto& k : kept_)
    if (k.seq != 0) all.push_back(k.seq);
  return all;
}

std::vector<office_work> work_of(const report_source& s, const league& l, const office_units& units) {
  return gatherer(s, l, units).made();
}

} // namespace tallyline::gateway
