#include "storage/pack_rows.h"

#include "storage/text.h"

#include <algorithm>
#include <sodium.h>

namespace tallyline::storage::detail {
namespace {

constexpr std::int64_t most_registered = 1'000'000;
constexpr std::int64_t most_seats = 1'000;
constexpr std::int64_t largest_candidate_number = 999'999;

// The line a key was first seen on, when it is there already; otherwise keeps this one.
std::optional<std::uint32_t> seen(std::unordered_map<std::string, std::uint32_t>& lines, std::string key,
                                  std::uint32_t line) {
  const auto [it, fresh] = lines.emplace(std::move(key), line);
  if (fresh) return std::nullopt;
  return it->second;
}

} // namespace

bool pack_rows::claim(const sheet_row& row, std::string_view file, const std::string& code, scope_kind kind,
                      std::size_t index) {
  const auto [it, fresh] = claimed_.emplace(code, place{file, row.line()});
  if (!fresh) {
    row.complain(0, fmt::format("the code {} is already on line {} of {}", code, it->second.line, it->second.file),
                 "areas, stations and offices need codes that differ from each other");
    return false;
  }
  targets_.emplace(code, target{kind, static_cast<std::uint32_t>(index)});
  return true;
}

std::uint32_t pack_rows::area_at(const sheet_row& row, std::size_t column) const {
  const auto it = targets_.find(std::string(row.text(column)));
  if (it != targets_.end() && it->second.kind == scope_kind::area) return it->second.index;
  if (areas_whole_)
    row.complain(column, fmt::format("there is no area “{}” in areas.csv", row.text(column).substr(0, 64)));
  return none;
}

void pack_rows::areas(std::string_view bytes) {
  std::vector<std::string> parents;
  std::vector<std::uint32_t> lines;
  const sheet what{"areas.csv", {"code", "parent", "level"}, true};
  areas_whole_ = read_sheet(what, bytes, election_.languages, wrong_, [&](const sheet_row& row) {
    const auto code = row.code(0);
    if (!code || !claim(row, what.file, *code, scope_kind::area, election_.areas.size())) return;
    if (!is_identifier(row.text(2)))
      row.complain(2, fmt::format("the level “{}” is not a word of a-z, 0-9 and _", row.text(2).substr(0, 64)),
                   "such as province");
    election_.areas.push_back({*code, none, std::string(row.text(2)), row.in_languages()});
    parents.emplace_back(row.text(1));
    lines.push_back(row.line());
  });
  link_parents(parents, lines);
  refuse_cycles(lines);
  if (election_.areas.empty() && wrong_.none())
    wrong_.add(what.file, 1, 0, "there is no area in it", "the whole country is one");
}

void pack_rows::link_parents(const std::vector<std::string>& parents, const std::vector<std::uint32_t>& lines) {
  for (std::size_t i = 0; i < parents.size(); ++i) {
    if (parents[i].empty()) continue;
    const auto it = targets_.find(parents[i]);
    if (it == targets_.end() && !areas_whole_) continue;
    if (it == targets_.end())
      wrong_.add("areas.csv", lines[i], 0,
                 fmt::format("there is no area “{}” to be the parent", parents[i].substr(0, 64)),
                 "leave the parent empty for the topmost area");
    else
      election_.areas[i].parent = it->second.index;
  }
}

void pack_rows::refuse_cycles(const std::vector<std::uint32_t>& lines) {
  enum class mark : std::uint8_t { fresh, on_path, done };
  std::vector<mark> marks(election_.areas.size(), mark::fresh);
  std::vector<std::uint32_t> path;
  for (std::uint32_t start = 0; start < marks.size(); ++start) {
    path.clear();
    std::uint32_t at = start;
    for (; at != none && marks[at] == mark::fresh; at = election_.areas[at].parent) {
      marks[at] = mark::on_path;
      path.push_back(at);
    }
    if (at != none && marks[at] == mark::on_path) {
      wrong_.add("areas.csv", lines[at], 0, fmt::format("the area {} lies within itself", election_.areas[at].code),
                 "follow its parents: they lead back to it");
      election_.areas[at].parent = none;
    }
    for (const std::uint32_t i : path)
      marks[i] = mark::done;
  }
}

void pack_rows::stations(std::string_view bytes) {
  const sheet what{"stations.csv", {"code", "area", "registered"}, true};
  scopes_whole_ &= read_sheet(what, bytes, election_.languages, wrong_, [&](const sheet_row& row) {
    const auto code = row.code(0);
    if (!code || !claim(row, what.file, *code, scope_kind::station, election_.stations.size())) return;
    const auto area = area_at(row, 1);
    const auto registered = row.number(2, 0, most_registered);
    election_.stations.push_back({*code, area, row.in_languages(), registered.value_or(0)});
  });
}

void pack_rows::offices(std::string_view bytes) {
  const sheet what{"offices.csv", {"code", "area"}, true};
  scopes_whole_ &= read_sheet(what, bytes, election_.languages, wrong_, [&](const sheet_row& row) {
    const auto code = row.code(0);
    if (!code || !claim(row, what.file, *code, scope_kind::office, election_.offices.size())) return;
    election_.offices.push_back({*code, area_at(row, 1), row.in_languages()});
  });
}

void pack_rows::contests(std::string_view bytes) {
  std::unordered_map<std::string, std::uint32_t> lines;
  const sheet what{"contests.csv", {"code", "area", "seats", "max_choices"}, true};
  contests_whole_ = read_sheet(what, bytes, election_.languages, wrong_, [&](const sheet_row& row) {
    const auto code = row.code(0);
    if (!code) return;
    if (const auto line = seen(lines, *code, row.line())) {
      row.complain(0, fmt::format("the contest {} is already on line {}", *code, *line));
      return;
    }
    contest_by_code_.emplace(*code, static_cast<std::uint32_t>(election_.contests.size()));
    const auto area = area_at(row, 1);
    const auto seats = row.number(2, 1, most_seats), choices = row.number(3, 1, most_seats);
    election_.contests.push_back({*code, area, row.in_languages(), seats.value_or(1), choices.value_or(1), {}});
  });
  if (election_.contests.empty() && wrong_.none())
    wrong_.add(what.file, 1, 0, "there is no contest in it", "an election has at least one");
}

void pack_rows::candidates(std::string_view bytes) {
  std::unordered_map<std::string, std::uint32_t> lines;
  read_sheet({"candidates.csv", {"contest", "number"}, true}, bytes, election_.languages, wrong_,
             [&](const sheet_row& row) { candidate_row(row, lines); });
  for (auto& contest : election_.contests)
    std::sort(contest.candidates.begin(), contest.candidates.end(), [this](std::uint32_t a, std::uint32_t b) {
      return election_.candidates[a].number < election_.candidates[b].number;
    });
}

void pack_rows::candidate_row(const sheet_row& row, std::unordered_map<std::string, std::uint32_t>& lines) {
  const auto contest = contest_by_code_.find(std::string(row.text(0)));
  if (contest == contest_by_code_.end() && contests_whole_)
    row.complain(0, fmt::format("there is no contest “{}” in contests.csv", row.text(0).substr(0, 64)));
  const auto number = row.number(1, 1, largest_candidate_number);
  names all = row.in_languages();
  if (contest == contest_by_code_.end() || !number) return;
  if (const auto line = seen(lines, fmt::format("{} {}", contest->second, *number), row.line())) {
    row.complain(1, fmt::format("candidate {} of {} is already on line {}", *number, contest->first, *line));
    return;
  }
  election_.contests[contest->second].candidates.push_back(static_cast<std::uint32_t>(election_.candidates.size()));
  election_.candidates.push_back({contest->second, *number, std::move(all)});
}

void pack_rows::people(std::string_view bytes) {
  std::unordered_map<std::string, std::uint32_t> lines;
  read_sheet({"people.csv", {"msisdn", "pin", "role", "scope", "name", "language"}, false}, bytes, election_.languages,
             wrong_, [&](const sheet_row& row) { person_row(row, lines); });
}

void pack_rows::person_row(const sheet_row& row, std::unordered_map<std::string, std::uint32_t>& lines) {
  person who;
  std::string pin;
  bool good = number_pin_role(row, who, pin);
  good &= scope_of(row, who);
  if (row.text(4).size() > 200) row.complain(4, "a name longer than 200 bytes", "shorten it"), good = false;
  const auto& known = election_.languages;
  if (std::find(known.begin(), known.end(), row.text(5)) == known.end()) {
    row.complain(5, fmt::format("the language “{}” is not one of the election's", row.text(5).substr(0, 40)),
                 fmt::format("use one of {}", fmt::join(known, ", ")));
    good = false;
  }
  if (!good) return;
  if (const auto line = seen(lines, fmt::format("{} {}", who.msisdn, who.role), row.line()))
    return row.complain(0, fmt::format("{} is already {} on line {}", who.msisdn, who.role, *line),
                        "one line a number and role");
  who.name = row.text(4);
  who.language = row.text(5);
  election_.people.push_back(std::move(who));
  pack_.pins.push_back(std::move(pin));
}

bool pack_rows::number_pin_role(const sheet_row& row, person& who, std::string& pin) {
  bool good = true;
  const auto number = ascii_digits(row.text(0));
  if (!number || number->size() < 6 || number->size() > 15 || number->front() == '0') {
    row.complain(0, fmt::format("“{}” is not a telephone number", row.text(0).substr(0, 40)),
                 "6 to 15 digits with the country code, without + or 00 in front");
    good = false;
  } else {
    who.msisdn = static_cast<std::uint64_t>(*parse_number(*number));
  }
  const auto digits = ascii_digits(row.text(1));
  if (!digits || digits->size() < 4 || digits->size() > 8) {
    row.complain(1, "the PIN is not 4 to 8 digits"); // never the PIN itself: this text is shown and logged
    good = false;
  } else {
    pin = *digits;
  }
  who.role = row.text(2);
  if (is_identifier(who.role)) return good;
  row.complain(2, fmt::format("the role “{}” is not a word of a-z, 0-9 and _", row.text(2).substr(0, 64)),
               "such as presiding_officer");
  return false;
}

bool pack_rows::scope_of(const sheet_row& row, person& who) {
  const auto it = targets_.find(std::string(row.text(3)));
  if (it == targets_.end()) {
    if (areas_whole_ && scopes_whole_)
      row.complain(3, fmt::format("there is no station, office or area “{}”", row.text(3).substr(0, 64)));
    return false;
  }
  who.scope = it->second.kind;
  who.scope_index = it->second.index;
  return true;
}

void pack_rows::sites(std::string_view bytes) {
  read_sheet({"sites.csv", {"code", "area", "caller_id", "key"}, false}, bytes, election_.languages, wrong_,
             [&](const sheet_row& row) { site_row(row); });
}

void pack_rows::site_row(const sheet_row& row) {
  site s;
  s.code = row.code(0).value_or(std::string());
  s.area = area_at(row, 1);
  const auto number = ascii_digits(row.text(2));
  if (!number || number->size() > 15 || number->front() == '0')
    row.complain(2, "the caller_id is not a telephone number", "its international form without the +, such as 995322000001");
  else
    s.msisdn = static_cast<std::uint64_t>(*parse_number(*number));
  for (const auto& other : election_.sites) {
    if (other.code == s.code) row.complain(0, fmt::format("site “{}” was there before", s.code));
    if (s.msisdn != 0 && other.msisdn == s.msisdn) row.complain(2, fmt::format("site “{}” has the same caller_id", other.code));
  }
  std::array<unsigned char, 33> key{};
  std::size_t size = 0;
  const std::string_view text = row.text(3);
  const int failed = sodium_base642bin(key.data(), key.size(), text.data(), text.size(), nullptr, &size, nullptr,
                                       sodium_base64_VARIANT_ORIGINAL);
  s.key.assign(key.begin(), key.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(size, 32)));
  sodium_memzero(key.data(), key.size());
  // Without a key it is enrolled by a code.
  if (!text.empty() && (failed != 0 || size != 32))
    row.complain(3, "the key is not 32 bytes in base64", "leave it empty and make a code with `tallyline site invite`");
  election_.sites.push_back(std::move(s));
}

} // namespace tallyline::storage::detail
