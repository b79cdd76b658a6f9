#include "gateway/reports/league.h"

#include "gateway/local_time.h"
#include "gateway/share.h"
#include "gateway/yaml_settings.h"
#include "menus/calendar.h"

#include <algorithm>
#include <fmt/ranges.h>

namespace tallyline::gateway {
namespace {

constexpr std::array<std::string_view, figures> words{
    "documents",    "registrations",         "waiting",        "oldest_minutes", "median_minutes",
    "p95_minutes",  "in_time_percent",       "corrections",    "rejected",       "error_permille",
    "out_of_hours", "out_of_hours_permille", "share_permille", "load_percent",   "silent_minutes"};
constexpr std::array<std::string_view, 7> days{"monday", "tuesday",  "wednesday", "thursday",
                                               "friday", "saturday", "sunday"};
constexpr std::array<std::string_view, 7> proofs{"latest",    "fastest",  "slowest",     "waiting",
                                                 "corrected", "rejected", "out_of_hours"};

template <class All> std::size_t one_of(const settings_reader& r, const YAML::Node& n, const All& all) {
  const auto at = n.IsScalar() ? std::find(all.begin(), all.end(), n.Scalar()) : all.end();
  if (at == all.end()) r.refuse(n.Mark(), fmt::format("one of these is wanted here: {}", fmt::join(all, ", ")));
  return static_cast<std::size_t>(at - all.begin());
}

formula formula_of(const settings_reader& r, const YAML::Node& n, formula::gives what) {
  std::string source;
  r.text(source)(n);
  try {
    return formula(std::move(source), words, what);
  } catch (const bad_formula& wrong) {
    r.refuse(n.Mark(), wrong.what());
  }
}

std::int64_t time_of(const settings_reader& r, const YAML::Node& n) {
  const auto at = n.IsScalar() ? menus::parse_clock_time(n.Scalar()) : std::nullopt;
  if (!at) r.refuse(n.Mark(), "a time is wanted here, such as \"07:30\"");
  return *at;
}

void hours_of(const settings_reader& r, const YAML::Node& n, opening_rule& h) {
  r.section(n, "hours",
            {{"from", [&](const YAML::Node& v) { h.from = time_of(r, v); }},
             {"until", [&](const YAML::Node& v) { h.until = time_of(r, v); }},
             {"closed", [&](const YAML::Node& v) {
                if (!v.IsSequence()) r.refuse(v.Mark(), "closed wants a list of days, such as [friday]");
                for (const auto& day : v)
                  h.closed[one_of(r, day, days)] = true;
              }}});
  if (h.until <= h.from) r.refuse(n.Mark(), "the offices close before they open");
}

std::vector<league_rule> rules_of(const settings_reader& r, const YAML::Node& n) {
  if (!n.IsSequence()) r.refuse(n.Mark(), "a list of rules is wanted here");
  std::vector<league_rule> all;
  for (const auto& item : n) {
    league_rule rule;
    r.section(item, "a rule",
              {{"name", r.text(rule.name)},
               {"if", [&](const YAML::Node& v) { rule.when = formula_of(r, v, formula::gives::truth); }},
               {"evidence", [&](const YAML::Node& v) { rule.shows = static_cast<evidence>(one_of(r, v, proofs)); }},
               {"says", [&](const YAML::Node& v) {
                  if (!v.IsMap()) r.refuse(v.Mark(), "a text for each language is wanted here");
                  for (auto text = v.begin(); text != v.end(); ++text)
                    rule.says[text->first.as<std::string>()] = text->second.as<std::string>();
                }}});
    if (rule.name.empty() || rule.when.source().empty()) r.refuse(item.Mark(), "a rule has a name and an `if`");
    all.push_back(std::move(rule));
  }
  return all;
}

void read_all(const settings_reader& r, const YAML::Node& root, league& l) {
  r.section(root, "the league",
            {{"forms",
              [&](const YAML::Node& n) {
                r.section(n, "forms", {{"waits", r.text(l.waits)}, {"done", r.text(l.done)}});
              }},
             {"share_of", r.text(l.share_of)},
             {"hours", [&](const YAML::Node& n) { hours_of(r, n, l.hours); }},
             {"in_time_minutes", r.number(l.in_time_minutes, 1, 1'000'000)},
             {"silent_after_minutes", r.number(l.silent_after_minutes, 1, 1'000'000)},
             {"score", [&](const YAML::Node& n) { l.score = formula_of(r, n, formula::gives::number); }},
             {"commend", [&](const YAML::Node& n) { l.commend = rules_of(r, n); }},
             {"look_into", [&](const YAML::Node& n) { l.look_into = rules_of(r, n); }}});
  if (l.score.source().empty()) r.refuse(root.Mark(), "the league has no score; write, such as: score: registrations");
}

} // namespace

std::span<const std::string_view> figure_words() { return words; }

league read_league(const std::filesystem::path& file) {
  league l;
  l.file = file.empty() ? shared_file("gateway/reports/league.yaml") : file;
  read_settings(l.file, "`tallyline report offices --help` names the one that ships",
                [&](const settings_reader& r, const YAML::Node& root) { read_all(r, root, l); });
  if (l.score.source().empty()) throw std::runtime_error(l.file.string() + " is empty");
  return l;
}

} // namespace tallyline::gateway
