#include "storage/merge.h"

#include "storage/canonical.h"

#include <algorithm>
#include <fmt/format.h>

namespace tallyline::storage::detail {
namespace {

// Names of one election in the languages of another.
names translated(const names& old, const election& from, const election& to) {
  names all(to.languages.size());
  for (std::size_t i = 0; i < to.languages.size(); ++i) {
    const auto it = std::find(from.languages.begin(), from.languages.end(), to.languages[i]);
    const auto at = static_cast<std::size_t>(it - from.languages.begin());
    if (at < old.size()) all[i] = old[at];
  }
  if (!all.empty() && all.front().empty()) all.front() = in_language(old, 0);
  return all;
}

class keeper {
public:
  keeper(election& e, const election& before, const references& spoken_of)
      : e_(e), before_(before), spoken_of_(spoken_of) {
    for (std::uint32_t i = 0; i < e_.areas.size(); ++i)
      areas_.emplace(e_.areas[i].code, i);
    for (std::uint32_t i = 0; i < e_.contests.size(); ++i)
      contests_.emplace(e_.contests[i].code, i);
    for (const auto* rows : {&e_.stations})
      for (const auto& row : *rows)
        taken_.insert(row.code);
    for (const auto& row : e_.offices)
      taken_.insert(row.code);
    for (const auto& row : e_.areas)
      taken_.insert(row.code);
  }

  std::vector<std::string> keep() {
    for (std::uint32_t i = 0; i < before_.areas.size(); ++i)
      if (is_spoken_of(before_.areas[i].code)) area(i);
    for (const auto& s : before_.stations)
      if (is_spoken_of(s.code) && taken_.insert(s.code).second) {
        e_.stations.push_back({s.code, area(s.area), translated(s.name, before_, e_), s.registered});
        kept_.push_back("station " + s.code);
      }
    for (const auto& o : before_.offices)
      if (is_spoken_of(o.code) && taken_.insert(o.code).second) {
        e_.offices.push_back({o.code, area(o.area), translated(o.name, before_, e_)});
        kept_.push_back("office " + o.code);
      }
    for (const auto& c : before_.contests)
      if (is_spoken_of(c.code)) contest(c);
    return std::move(kept_);
  }

private:
  bool is_spoken_of(const std::string& code) const { return spoken_of_.codes.contains(code); }

  // Where the old area is in the new election, taken over with its parents when it is not there.
  std::uint32_t area(std::uint32_t old) {
    const auto& a = before_.areas.at(old);
    if (const auto it = areas_.find(a.code); it != areas_.end()) return it->second;
    const std::uint32_t parent = a.parent == none ? none : area(a.parent);
    const auto index = static_cast<std::uint32_t>(e_.areas.size());
    e_.areas.push_back({a.code, parent, a.level, translated(a.name, before_, e_)});
    areas_.emplace(a.code, index);
    taken_.insert(a.code);
    kept_.push_back("area " + a.code);
    return index;
  }

  void contest(const storage::contest& c) {
    auto it = contests_.find(c.code);
    if (it == contests_.end()) {
      it = contests_.emplace(c.code, static_cast<std::uint32_t>(e_.contests.size())).first;
      e_.contests.push_back({c.code, area(c.area), translated(c.name, before_, e_), c.seats, c.max_choices, {}});
      kept_.push_back("contest " + c.code);
    }
    for (const std::uint32_t old : c.candidates)
      candidate(it->second, before_.candidates.at(old));
  }

  void candidate(std::uint32_t contest_index, const storage::candidate& c) {
    auto& of = e_.contests[contest_index];
    const bool there = std::any_of(of.candidates.begin(), of.candidates.end(),
                                   [&](std::uint32_t i) { return e_.candidates[i].number == c.number; });
    if (there || !spoken_of_.candidates.contains({of.code, c.number})) return;
    of.candidates.push_back(static_cast<std::uint32_t>(e_.candidates.size()));
    e_.candidates.push_back({contest_index, c.number, translated(c.name, before_, e_)});
    kept_.push_back(fmt::format("candidate {} of {}", c.number, of.code));
  }

  election& e_;
  const election& before_;
  const references& spoken_of_;
  std::unordered_map<std::string, std::uint32_t> areas_, contests_;
  std::unordered_set<std::string> taken_;
  std::vector<std::string> kept_;
};

void note(references& all, const canonical::record_view& record) {
  for (const auto part : record.key)
    all.codes.emplace(part);
  all.codes.emplace(record.scope);
  for (const auto& field : record.fields) {
    if (field.what == canonical::field_view::type::text) all.codes.emplace(field.text);
    // Which contest a list is about is said by the key or by another field; each part of the key may be it.
    for (const auto& item : field.items)
      for (const auto part : record.key)
        all.candidates.emplace(part, item.number);
  }
}

} // namespace

references referenced_by_records(sqlite::database& db) {
  references all;
  canonical::record_view record;
  sqlite::statement bodies(db, "SELECT body FROM entry WHERE kind = 1");
  while (bodies.step()) {
    if (!canonical::read_record(bodies.blob(0), record))
      throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT, "an entry is not a record");
    note(all, record);
  }
  sqlite::statement numbered(db, "SELECT contest, number FROM numbered"); // an import does not take numbers back
  while (numbered.step()) {
    all.codes.emplace(numbered.text(0));
    all.candidates.emplace(numbered.text(0), numbered.number(1));
  }
  return all;
}

std::vector<std::string> keep_referenced(election& e, const election& before, const references& spoken_of) {
  return keeper(e, before, spoken_of).keep();
}

std::size_t keep_pin_state(election& e, const election& before) {
  std::size_t still_there = 0;
  for (auto& who : e.people) {
    const auto old = before.person_by(who.msisdn, who.role);
    if (!old) continue;
    ++still_there;
    const auto& was = before.people[*old];
    if (was.pin_hash != who.pin_hash) continue;
    who.wrong_pins = was.wrong_pins;
    who.locked_until_ms = was.locked_until_ms;
  }
  return before.people.size() - still_there;
}

} // namespace tallyline::storage::detail
