#include "gateway/rehearsal/office_week.h"

#include "gateway/rehearsal/office_areas.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <fmt/format.h>
#include <queue>
#include <random>
#include <unordered_set>

namespace tallyline::rehearsal {
namespace {

constexpr std::int64_t minute = 60'000, hour = 60 * minute, day = 24 * hour;
constexpr std::int64_t first_midnight = 1'780'086'600'000; // Saturday 30 May 2026, 00:00 in Tehran
constexpr std::array<unsigned, 7> of_day{5, 6, 7, 9, 12, 19, 42};
// From 7:00 on, an hour each: on an ordinary day, and on the last one.
constexpr std::array<unsigned, 8> of_hour{4, 18, 24, 22, 15, 9, 6, 2};
constexpr std::array<unsigned, 11> of_last_hour{4, 10, 13, 14, 12, 10, 9, 9, 8, 7, 4};
constexpr std::int64_t opens = 7 * hour + 30 * minute, closes = 15 * hour;
constexpr std::int64_t last_closes = 18 * hour; // the deadline

constexpr std::array given{"علی",     "محمد", "حسین",   "مهدی",  "رضا",   "سعید",  "حمید",    "احمد",
                           "ابراهیم", "یاسر", "مجید",   "کاظم",  "زهرا",  "فاطمه", "مریم",    "سمیه",
                           "لیلا",    "نرگس", "معصومه", "طاهره", "راضیه", "اکرم",  "شهربانو", "پروین"};
constexpr std::array family{"احمدی", "کریمی", "رضایی", "موسوی",    "حسینی",   "یوسفی", "قاسمی",  "نوری",     "کیانی",
                            "آملی",  "بابلی", "ساروی", "لاریجانی", "تنکابنی", "رستمی", "صادقی",  "یزدانی",   "فلاح",
                            "شکری",  "اکبری", "کاظمی", "محمدی",    "اسدی",    "رحیمی", "جعفری",  "عباسی",    "باقری",
                            "نیازی", "طالبی", "گرجی",  "ملکی",     "شریفی",   "خلیلی", "درویشی", "اسماعیلی", "نصیری"};

class dice {
public:
  explicit dice(std::uint64_t seed) : bits_(seed) {}
  std::uint64_t below(std::uint64_t n) { return bits_() % n; }
  bool one_in(std::uint64_t n) { return below(n) == 0; }
  // A place in `weights`, each as likely as its weight.
  template <class Weights> std::size_t pick(const Weights& weights) {
    std::uint64_t all = 0;
    for (const auto w : weights)
      all += w;
    auto left = below(all);
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (left < weights[i]) return i;
      left -= weights[i];
    }
    return weights.size() - 1;
  }
  // About the standard normal distribution.
  double normal() {
    double sum = -6;
    for (int i = 0; i < 12; ++i)
      sum += static_cast<double>(below(1'000'000)) / 1e6;
    return sum;
  }

private:
  std::mt19937_64 bits_;
};

class maker {
public:
  maker(std::string_view areas, std::string_view province, const week_settings& s)
      : settings_(s), dice_(s.seed), areas_(read_office_areas(areas, province)) {}

  week make() {
    w_.first_ms = first_midnight;
    w_.deadline_ms = first_midnight + static_cast<std::int64_t>(of_day.size() - 1) * day + last_closes;
    contests();
    offices();
    candidates();
    for (std::uint32_t o = 0; o < w_.offices.size(); ++o)
      work_of(o);
    boards();
    std::sort(w_.corrections.begin(), w_.corrections.end());
    std::stable_sort(w_.events.begin(), w_.events.end(),
                     [](const week_event& a, const week_event& b) { return a.at_ms < b.at_ms; });
    write_office_pack(areas_, w_);
    return std::move(w_);
  }

private:
  void contests() {
    for (const auto& a : areas_.all)
      if (a.level == "city" || a.level == "rural_district") {
        w_.contests.push_back(fmt::format("K{}", a.code));
        w_.contest_areas.push_back(a.code);
        weights_.push_back(a.level == "city" ? 40 + static_cast<unsigned>(dice_.below(150)) : 25);
      }
  }

  // Every district has a counter office; the others go where most candidates are.
  void offices() {
    std::vector<std::string> districts;
    std::vector<std::uint64_t> crowd;
    for (const auto& a : areas_.all)
      if (a.level == "district") {
        districts.push_back(a.code);
        std::uint64_t sum = 0;
        for (std::size_t c = 0; c < w_.contests.size(); ++c)
          if (areas_.above(w_.contest_areas[c], "district") == a.code) sum += weights_[c];
        crowd.push_back(sum);
      }
    for (std::size_t i = 0; i < settings_.offices; ++i)
      add_office(i < districts.size() ? districts[i] : districts[dice_.pick(crowd)], false);
    for (const auto& a : areas_.all)
      if (a.level == "county") add_office(a.code, true);
  }

  void add_office(const std::string& area, bool governorate) {
    week_office o;
    o.code = fmt::format("{}{:03}", governorate ? "F" : "O", w_.offices.size() + 1);
    o.area = area, o.governorate = governorate;
    if (!governorate) o.way = of_way(w_.offices.size());
    if (o.way == office_way::link)
      for (int i = 0; i < 32; ++i)
        o.site_key += static_cast<char>(dice_.below(256));
    for (std::uint32_t c = 0; c < w_.contests.size(); ++c)
      if (areas_.above(w_.contest_areas[c], governorate ? "county" : "district") == area) o.contests.push_back(c);
    const auto clerks = 1 + dice_.below(3);
    for (std::uint64_t i = 0; i < clerks; ++i)
      o.clerks.push_back(add_person("clerk", o.code));
    w_.offices.push_back(std::move(o));
  }
  // Of 25 counter offices three have the link and two a terminal.
  static office_way of_way(std::size_t office) {
    const auto n = office % 25;
    return n < 3 ? office_way::link : n < 5 ? office_way::terminal : office_way::ussd;
  }

  std::uint32_t add_person(std::string role, std::string scope) {
    w_.people.push_back({989'110'000'000 + w_.people.size(), fmt::format("{:04}", dice_.below(10'000)), std::move(role),
                         std::move(scope)});
    return static_cast<std::uint32_t>(w_.people.size() - 1);
  }

  void candidates() {
    for (std::uint32_t i = 0; i < settings_.candidates; ++i) {
      week_candidate c;
      c.national_code = national_code();
      c.name = fmt::format("{} {}", given[dice_.below(given.size())], family[dice_.below(family.size())]);
      c.too_young = dice_.one_in(100);
      c.year = c.too_young ? 1388 + static_cast<int>(dice_.below(4)) : 1330 + static_cast<int>(dice_.below(52));
      c.month = 1 + static_cast<int>(dice_.below(12));
      c.day = 1 + static_cast<int>(dice_.below(29));
      c.contest = static_cast<std::uint32_t>(dice_.pick(weights_));
      c.office = office_for(w_.contest_areas[c.contest]);
      w_.candidates.push_back(std::move(c));
    }
  }

  std::string national_code() {
    for (;;) {
      const auto code = with_check_digit(fmt::format("{:09}", dice_.below(1'000'000'000)));
      if (codes_.insert(code).second) return code;
    }
  }
  // Weights 10 to 2, modulo 11.
  static std::string with_check_digit(std::string nine) {
    int sum = 0;
    for (int i = 0; i < 9; ++i)
      sum += (nine[static_cast<std::size_t>(i)] - '0') * (10 - i);
    const int rest = sum % 11;
    nine += static_cast<char>('0' + (rest < 2 ? rest : 11 - rest));
    return nine;
  }

  std::uint32_t office_for(const std::string& area) {
    const bool governorate = dice_.one_in(20);
    const auto where = areas_.above(area, governorate ? "county" : "district");
    std::vector<std::uint32_t> open;
    for (std::uint32_t o = 0; o < w_.offices.size(); ++o)
      if (w_.offices[o].area == where && w_.offices[o].governorate == governorate) open.push_back(o);
    return open[dice_.below(open.size())];
  }

  std::int64_t arrival() {
    const auto on = dice_.pick(of_day);
    const bool last = on + 1 == of_day.size();
    const auto at = last ? dice_.pick(of_last_hour) : dice_.pick(of_hour);
    const auto ms = static_cast<std::int64_t>(dice_.below(hour));
    return first_midnight + static_cast<std::int64_t>(on) * day +
           std::max(opens, 7 * hour + static_cast<std::int64_t>(at) * hour + ms);
  }

  // One office's week: documents as people come, registrations one after the other.
  void work_of(std::uint32_t office) {
    std::vector<std::pair<std::int64_t, std::uint32_t>> came;
    for (std::uint32_t c = 0; c < w_.candidates.size(); ++c)
      if (w_.candidates[c].office == office) came.emplace_back(arrival(), c);
    std::sort(came.begin(), came.end());
    using free_clerk = std::pair<std::int64_t, std::uint32_t>; // since when, and who
    std::priority_queue<free_clerk, std::vector<free_clerk>, std::greater<>> clerks;
    for (const auto c : w_.offices[office].clerks)
      clerks.emplace(first_midnight, c);
    for (const auto& [at, candidate] : came) {
      auto [free, clerk] = clerks.top();
      clerks.pop();
      take_documents(at, candidate, office, clerk);
      const double minutes = (is_slow(office) ? 32.0 : 8.0) * std::exp(0.4 * dice_.normal());
      const auto took = static_cast<std::int64_t>(minutes * static_cast<double>(minute));
      const auto done = in_hours(std::max(free, at_desk(office, at + 5 * minute)), took);
      enter(done, candidate, office, clerk);
      clerks.emplace(done, clerk);
    }
  }

  static bool is_slow(std::uint32_t office) { return office % 25 == 12; }
  static bool is_nocturnal(std::uint32_t office) { return office % 30 == 17; }
  // When somebody there turns to documents that came at this time.
  std::int64_t at_desk(std::uint32_t office, std::int64_t at) const {
    const auto evening = at - (at - first_midnight) % day + 20 * hour + 30 * minute;
    return is_nocturnal(office) && evening < w_.deadline_ms ? std::max(at, evening) : at;
  }

  // When a work of this length that could begin then is done: within an office's hours, or on a night of work.
  std::int64_t in_hours(std::int64_t from, std::int64_t took) const {
    const auto in_day = (from - first_midnight) % day, midnight = from - in_day;
    const bool last = midnight + day >= w_.deadline_ms;
    const auto begin = midnight + std::max(in_day, opens);
    if (last || begin + took <= midnight + closes || in_day >= 20 * hour) return begin + took;
    return midnight + day + opens + took;
  }

  void take_documents(std::int64_t at, std::uint32_t candidate, std::uint32_t office, std::uint32_t clerk) {
    add({at, week_event::kind::documents, candidate, office, clerk, dice_.below(100) < 3, 0});
    ++w_.documents;
    if (!dice_.one_in(100)) return;
    const auto other = other_office(office);
    if (other == office) return;
    const auto to = w_.offices[other].clerks.front();
    add({at + 50 * minute, week_event::kind::second_office, candidate, other, to, false, 0});
    ++w_.refused;
  }
  std::uint32_t other_office(std::uint32_t office) const {
    for (std::uint32_t o = 0; o < w_.offices.size(); ++o)
      if (o != office && w_.offices[o].area == w_.offices[office].area) return o;
    return office;
  }

  void enter(std::int64_t done, std::uint32_t candidate, std::uint32_t office, std::uint32_t clerk) {
    using kind = week_event::kind;
    const bool late = done >= w_.deadline_ms - 2 * minute, refused = late || w_.candidates[candidate].too_young;
    add({late ? std::max(done, w_.deadline_ms + minute) : done,
         late                                 ? kind::late
         : w_.candidates[candidate].too_young ? kind::too_young
                                              : kind::registered,
         candidate, office, clerk, dice_.below(100) < 3, 0});
    if (refused) {
      ++w_.waiting, ++w_.refused;
      return;
    }
    ++w_.registered;
    entered_.push_back(candidate);
    const auto again = done + (10 + static_cast<std::int64_t>(dice_.below(45))) * minute;
    if (dice_.below(100) >= 2 || again >= w_.deadline_ms - 2 * minute) return;
    add({again, kind::corrected, candidate, office, clerk, false, 0});
    w_.corrections.push_back(candidate);
    ++w_.corrected;
  }

  // The boards begin two days after the deadline.
  void boards() {
    std::vector<std::pair<std::string, std::uint32_t>> by_county;
    for (const auto& a : areas_.all) {
      if (a.level == "county") by_county.emplace_back(a.code, add_person("board", a.code));
      if (a.level == "county" || a.level == "province") add_person("supervisor", a.code);
    }
    std::sort(entered_.begin(), entered_.end());
    for (const auto candidate : entered_) {
      const auto county = areas_.above(w_.contest_areas[w_.candidates[candidate].contest], "county");
      const auto board =
          std::find_if(by_county.begin(), by_county.end(), [&](const auto& b) { return b.first == county; });
      const auto lot = dice_.below(100);
      const std::uint8_t what = lot < 93 ? 0 : lot < 98 ? 1 : 2;
      ++(what == 0 ? w_.accepted : what == 1 ? w_.rejected : w_.withdrawn);
      const auto at = w_.deadline_ms + 2 * day - 9 * hour + static_cast<std::int64_t>(dice_.below(6 * hour));
      add({at, week_event::kind::decided, candidate, board->second, board->second, false, what});
    }
  }

  void add(week_event e) { w_.events.push_back(e); }

  week_settings settings_;
  dice dice_;
  office_areas areas_;
  std::vector<unsigned> weights_; // of contests
  std::unordered_set<std::string> codes_;
  std::vector<std::uint32_t> entered_;
  week w_;
};

} // namespace

week make_week(std::string_view areas_csv, std::string_view province, const week_settings& s) {
  return maker(areas_csv, province, s).make();
}

} // namespace tallyline::rehearsal
