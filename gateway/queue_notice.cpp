#include "gateway/queue_notice.h"

#include "gateway/reports/expected.h"
#include "gateway/reports/ranks.h"
#include "gateway/share.h"
#include "gateway/yaml_settings.h"

#include <algorithm>
#include <optional>

namespace tallyline::gateway {
namespace {

using menus::noun;
using which = notice_texts::which;
using word = notice_texts::word;

constexpr std::array<std::string_view, notice_texts::kinds> kind_names{"office", "office_alone", "supervisor", "each",
                                                                       "each_alone"};
constexpr std::array<std::string_view, notice_texts::words> word_names{
    "office", "name", "waiting", "minutes", "near", "near_name", "near_waiting", "area", "offices", "list"};

bool is_number(std::size_t w) {
  const auto named = static_cast<word>(w);
  return named == word::waiting || named == word::minutes || named == word::near_waiting || named == word::offices;
}

menus::text_template compiled(const settings_reader& r, const YAML::Node& n) {
  menus::name_table names;
  for (std::size_t w = 0; w < word_names.size(); ++w)
    names.push_back({std::string(word_names[w]), is_number(w) ? menus::number_type : menus::text_type,
                     menus::origin::local, static_cast<std::uint16_t>(w)});
  std::string source;
  r.text(source)(n);
  auto got = menus::compile_text(source, names);
  if (const auto* wrong = std::get_if<menus::expression_error>(&got)) r.refuse(n.Mark(), wrong->what);
  auto made = std::get<menus::text_template>(std::move(got));
  for (const auto& p : made.programs)
    if (p.code.size() != 1 || p.code.front().what != menus::op::local)
      r.refuse(n.Mark(), "only the words in braces that the file's head names can stand here");
  return made;
}

void set(notice_texts::values& v, word w, menus::value value) { v[static_cast<std::size_t>(w)] = value; }

class planner {
public:
  planner(const storage::election& e, const std::vector<office_queue>& queues, const queue_settings& s,
          const notice_texts& texts, const menus::bearer& fits, std::int64_t now_ms)
      : e_(e), queues_(queues), s_(s), texts_(texts), fits_(fits), now_ms_(now_ms), near_(e, queues, now_ms),
        supervisors_(people_of(e, noun::area, "supervisor")), people_(e.offices.size()) {
    for (std::uint32_t p = 0; p < e.people.size(); ++p)
      if (e.people[p].scope == storage::scope_kind::office) people_[e.people[p].scope_index].push_back(p);
  }

  std::vector<queue_notice> plan() {
    std::map<std::uint32_t, std::vector<std::uint32_t>> by_supervisor;
    for (std::uint32_t o = 0; o < queues_.size(); ++o) {
      if (!too_old(o)) continue;
      for (const auto p : people_[o])
        tell(p, storage::reminder_kind::reminder, e_.offices[o].code, of_office(o, e_.people[p].language));
      for (const auto p : supervisors_above(e_.offices[o].area))
        by_supervisor[p].push_back(o);
    }
    for (auto& [p, offices] : by_supervisor) {
      std::stable_sort(offices.begin(), offices.end(),
                       [&](auto a, auto b) { return queues_[a].oldest_ms < queues_[b].oldest_ms; });
      const auto& area = e_.areas[e_.people[p].scope_index];
      tell(p, storage::reminder_kind::escalation, area.code, of_area(area, offices, e_.people[p].language));
    }
    return std::move(out_);
  }

  bool too_old(std::uint32_t o) const {
    return queues_[o].waiting > 0 && now_ms_ - queues_[o].oldest_ms > s_.older_than_minutes * ms_of_minute;
  }

private:
  void tell(std::uint32_t p, storage::reminder_kind kind, const std::string& key, std::string text) {
    std::replace(text.begin(), text.end(), '\n', ' ');
    out_.push_back(
        {{notice_form(s_.form), {key}, e_.people[p].msisdn, kind, s_.by}, e_.people[p].name, std::move(text)});
  }

  // Those whose area is the nearest above this one.
  const std::vector<std::uint32_t>& supervisors_above(std::uint32_t area) const {
    static const std::vector<std::uint32_t> nobody;
    for (; area != storage::none; area = e_.areas[area].parent)
      if (!supervisors_[area].empty()) return supervisors_[area];
    return nobody;
  }

  std::string_view name(const storage::names& n, std::string_view language) const {
    const auto at = std::find(e_.languages.begin(), e_.languages.end(), language);
    return storage::in_language(n, at == e_.languages.end() ? 0 : static_cast<std::size_t>(at - e_.languages.begin()));
  }

  std::string of_office(std::uint32_t o, std::string_view language) const {
    return said(o, language, which::office, which::office_alone);
  }
  std::string said(std::uint32_t o, std::string_view language, which with, which alone) const {
    notice_texts::values v;
    v.fill(menus::nothing_value());
    const auto& q = queues_[o];
    set(v, word::office, menus::text_value(e_.offices[o].code, true));
    set(v, word::name, menus::text_value(name(e_.offices[o].name, language)));
    set(v, word::waiting, menus::number_value(q.waiting));
    set(v, word::minutes, menus::number_value((now_ms_ - q.oldest_ms) / ms_of_minute));
    const auto other = near_.near(o);
    if (!other) return texts_.said(alone, language, v);
    set(v, word::near, menus::text_value(e_.offices[*other].code, true));
    set(v, word::near_name, menus::text_value(name(e_.offices[*other].name, language)));
    set(v, word::near_waiting, menus::number_value(queues_[*other].waiting));
    return texts_.said(with, language, v);
  }

  // With as many of the offices as there is room for, the oldest queue first.
  std::string of_area(const storage::area& area, const std::vector<std::uint32_t>& offices,
                      std::string_view language) const {
    for (std::size_t shown = offices.size();; --shown) {
      std::string list;
      for (std::size_t i = 0; i < shown; ++i)
        list += (i ? (menus::is_right_to_left(language) ? "؛ " : "; ") : "") +
                said(offices[i], language, which::each, which::each_alone);
      if (shown < offices.size()) list += "…";
      notice_texts::values v;
      v.fill(menus::nothing_value());
      set(v, word::area, menus::text_value(name(area.name, language)));
      set(v, word::offices, menus::number_value(static_cast<std::int64_t>(offices.size())));
      set(v, word::list, menus::text_value(list, true));
      auto text = texts_.said(which::supervisor, language, v);
      if (shown == 0 || fits_.fits(text)) return text;
    }
  }

  const storage::election& e_;
  const std::vector<office_queue>& queues_;
  const queue_settings& s_;
  const notice_texts& texts_;
  const menus::bearer& fits_;
  std::int64_t now_ms_;
  least_busy near_;
  std::vector<std::vector<std::uint32_t>> supervisors_; // by area
  std::vector<std::vector<std::uint32_t>> people_;      // by office
  std::vector<queue_notice> out_;
};

} // namespace

notice_texts::notice_texts(const std::filesystem::path& file) {
  const auto path = file.empty() ? shared_file("gateway/reports/notices.yaml") : file;
  read_settings(path, "it ships with tallyline", [&](const settings_reader& r, const YAML::Node& root) {
    std::map<std::string, settings_reader::setting> known;
    for (std::size_t k = 0; k < kinds; ++k)
      known[std::string(kind_names[k])] = [&r, &into = texts_[k]](const YAML::Node& n) {
        if (!n.IsMap()) r.refuse(n.Mark(), "a text for each language is wanted here");
        for (auto t = n.begin(); t != n.end(); ++t)
          into.push_back({t->first.as<std::string>(), compiled(r, t->second)});
      };
    r.section(root, "the notices", known);
  });
  for (std::size_t k = 0; k < kinds; ++k)
    if (texts_[k].empty())
      throw std::runtime_error(fmt::format("{} says nothing for '{}'", path.string(), kind_names[k]));
}

std::string notice_texts::said(which one, std::string_view language, const values& v) const {
  const auto& all = texts_[static_cast<std::size_t>(one)];
  auto at = std::find_if(all.begin(), all.end(), [&](const auto& t) { return t.language == language; });
  if (at == all.end()) at = all.begin();
  menus::context c;
  c.language = at->language;
  c.locals = v;
  std::string out;
  menus::render(at->made, c, menus::native_digits(at->language), out);
  return out;
}

std::string notice_form(const std::string& form) { return "queue." + form; }

bool any_too_old(const std::vector<office_queue>& queues, const queue_settings& s, std::int64_t now_ms) {
  return std::any_of(queues.begin(), queues.end(), [&](const office_queue& q) {
    return q.waiting > 0 && now_ms - q.oldest_ms > s.older_than_minutes * ms_of_minute;
  });
}

std::vector<queue_notice> plan_queue_notices(const storage::election& e, const std::vector<office_queue>& queues,
                                             const queue_settings& s, const notice_texts& texts,
                                             const menus::bearer& fits, std::int64_t now_ms) {
  return planner(e, queues, s, texts, fits, now_ms).plan();
}

} // namespace tallyline::gateway
