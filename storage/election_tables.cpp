#include "storage/election_tables.h"

#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <optional>

namespace tallyline::storage::detail {
namespace {

using sqlite::statement;

[[noreturn]] void damaged(std::string_view what) {
  throw sqlite::failure(errc::corrupt, SQLITE_CORRUPT,
                        fmt::format("the election's tables do not fit together: {}", what));
}

// Where a code stands among rows. Tables mostly follow one another in the same order, so the row that was found last
// and the one behind it are looked at first; the index is made when that does not do.
template <class Rows> class finder {
public:
  explicit finder(const Rows& rows) : rows_(rows) {}
  std::uint32_t at(std::string_view code) {
    for (auto i = last_; i < rows_.size() && i < last_ + 2; ++i)
      if (rows_[i].code == code) return last_ = i;
    if (!index_) index_.emplace().fill(rows_);
    const auto found = index_->find(rows_, code);
    if (!found) damaged(code);
    return last_ = *found;
  }

private:
  const Rows& rows_;
  std::uint32_t last_ = 0;
  std::optional<code_index> index_;
};

class table_reader {
public:
  explicit table_reader(sqlite::database& db) : db_(db) {}

  election read(bool with_people) {
    settings();
    areas();
    stations();
    offices();
    contests();
    if (with_people) people();
    sites();
    return std::move(e_);
  }

private:
  void settings() {
    statement rows(db_, "SELECT key, value FROM setting");
    while (rows.step()) {
      const auto key = rows.text(0);
      const std::string value(rows.text(1));
      if (key == "name")
        e_.name = value;
      else if (key == "date")
        e_.date = value;
      else if (key == "time_zone")
        e_.time_zone = value;
      else if (key == "polls_open")
        e_.polls_open = value;
      else if (key == "polls_close")
        e_.polls_close = value;
      else if (key == "languages")
        split_languages(value);
    }
    if (e_.languages.empty()) throw sqlite::failure(errc::no_database, SQLITE_ERROR, "no election was imported yet");
  }

  void split_languages(std::string_view rest) {
    while (!rest.empty()) {
      const auto end = std::min(rest.find(' '), rest.size());
      e_.languages.emplace_back(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  // Names of one kind into the rows that `row_of` finds by code; names of what is not there are a damage.
  template <class Rows, class Where> void names_of(const char* kind, Rows& rows, Where& where) {
    for (auto& row : rows)
      row.name.resize(e_.languages.size());
    statement all(db_, "SELECT code, language, name FROM name WHERE kind = ?1");
    all.bind_text(1, kind);
    while (all.step()) {
      const auto language = std::find(e_.languages.begin(), e_.languages.end(), all.text(1));
      if (language == e_.languages.end()) damaged("a name in an unknown language");
      rows[where.at(all.text(0))].name[static_cast<std::size_t>(language - e_.languages.begin())] = all.text(2);
    }
  }

  void areas() {
    statement rows(db_, "SELECT code, level, parent FROM area ORDER BY pos");
    std::vector<std::string> parents;
    while (rows.step()) {
      e_.areas.push_back({std::string(rows.text(0)), none, std::string(rows.text(1)), {}});
      parents.emplace_back(rows.text(2));
    }
    for (std::size_t i = 0; i < parents.size(); ++i)
      if (!parents[i].empty()) e_.areas[i].parent = area_at_.at(parents[i]);
    names_of("area", e_.areas, area_at_);
  }

  void stations() {
    statement rows(db_, "SELECT code, area, registered FROM station ORDER BY pos");
    while (rows.step()) {
      e_.stations.push_back({std::string(rows.text(0)), area_at_.at(rows.text(1)), {}, rows.number(2)});
    }
    names_of("station", e_.stations, station_at_);
  }

  void offices() {
    statement rows(db_, "SELECT code, area FROM office ORDER BY pos");
    while (rows.step()) {
      e_.offices.push_back({std::string(rows.text(0)), area_at_.at(rows.text(1)), {}});
    }
    names_of("office", e_.offices, office_at_);
  }

  void contests() {
    statement rows(db_, "SELECT code, area, seats, max_choices FROM contest ORDER BY pos");
    while (rows.step())
      e_.contests.push_back(
          {std::string(rows.text(0)), area_at_.at(rows.text(1)), {}, rows.number(2), rows.number(3), {}});
    finder contest_at(e_.contests);
    names_of("contest", e_.contests, contest_at);
    candidates(contest_at);
    for (auto& contest : e_.contests)
      std::sort(contest.candidates.begin(), contest.candidates.end(),
                [this](std::uint32_t a, std::uint32_t b) { return e_.candidates[a].number < e_.candidates[b].number; });
  }

  void candidates(finder<std::vector<contest>>& contest_at) {
    struct coded {
      std::string code; // CONTEST/NUMBER
      names name;
    };
    std::vector<coded> named;
    statement rows(db_, "SELECT contest, number FROM candidate ORDER BY pos");
    while (rows.step()) {
      const auto index = static_cast<std::uint32_t>(e_.candidates.size());
      named.push_back({fmt::format("{}/{}", rows.text(0), rows.number(1)), {}});
      e_.candidates.push_back({contest_at.at(rows.text(0)), rows.number(1), {}});
      e_.contests[e_.candidates.back().contest].candidates.push_back(index);
    }
    finder candidate_at(named);
    names_of("candidate", named, candidate_at);
    for (std::size_t i = 0; i < named.size(); ++i)
      e_.candidates[i].name = std::move(named[i].name);
  }

  void people() {
    statement rows(db_, "SELECT msisdn, role, scope_kind, scope, name, language, pin_hash, wrong_pins, locked_until_ms, "
                        "until_ms FROM person ORDER BY pos");
    while (rows.step()) {
      person who;
      who.msisdn = static_cast<std::uint64_t>(rows.number(0));
      who.role = rows.text(1);
      who.scope = static_cast<scope_kind>(rows.number(2));
      who.scope_index = who.scope == scope_kind::station  ? station_at_.at(rows.text(3))
                        : who.scope == scope_kind::office ? office_at_.at(rows.text(3))
                                                          : area_at_.at(rows.text(3));
      who.name = rows.text(4);
      who.language = rows.text(5);
      if (rows.blob(6).size() != who.pin_hash.size()) damaged("a PIN hash");
      std::memcpy(who.pin_hash.data(), rows.blob(6).data(), who.pin_hash.size());
      who.wrong_pins = static_cast<int>(rows.number(7));
      who.locked_until_ms = rows.number(8);
      who.until_ms = rows.number(9);
      e_.people.push_back(std::move(who));
    }
  }

  void sites() {
    statement rows(db_, "SELECT code, area, msisdn, key FROM site ORDER BY pos");
    while (rows.step())
      e_.sites.push_back({std::string(rows.text(0)), area_at_.at(rows.text(1)),
                          static_cast<std::uint64_t>(rows.number(2)), std::string(rows.blob(3))});
  }

  sqlite::database& db_;
  election e_;
  finder<std::vector<area>> area_at_{e_.areas};
  finder<std::vector<station>> station_at_{e_.stations};
  finder<std::vector<office>> office_at_{e_.offices};
};

class table_writer {
public:
  table_writer(sqlite::database& db, const election& e)
      : db_(db), e_(e), name_(db, "INSERT INTO name(kind, code, language, name) VALUES(?1, ?2, ?3, ?4)") {}

  void write() {
    for (const char* table : {"setting", "site", "person", "candidate", "contest", "office", "station", "area", "name"})
      db_.exec(fmt::format("DELETE FROM {}", table).c_str());
    settings();
    areas();
    stations_and_offices();
    contests();
    people();
    sites();
  }

private:
  void sites() {
    statement insert(db_, "INSERT INTO site(code, pos, area, msisdn, key) VALUES(?1, ?2, ?3, ?4, ?5)");
    for (std::size_t i = 0; i < e_.sites.size(); ++i) {
      const auto& s = e_.sites[i];
      insert.bind_text(1, s.code).bind(2, static_cast<std::int64_t>(i)).bind_text(3, e_.areas.at(s.area).code);
      insert.bind(4, static_cast<std::int64_t>(s.msisdn)).bind_blob(5, s.key).run();
    }
  }

  void settings() {
    statement insert(db_, "INSERT INTO setting(key, value) VALUES(?1, ?2)");
    const std::string languages = fmt::format("{}", fmt::join(e_.languages, " "));
    const std::pair<const char*, const std::string&> all[] = {{"name", e_.name},
                                                              {"date", e_.date},
                                                              {"time_zone", e_.time_zone},
                                                              {"polls_open", e_.polls_open},
                                                              {"polls_close", e_.polls_close},
                                                              {"languages", languages}};
    for (const auto& [key, value] : all)
      insert.bind_text(1, key).bind_text(2, value).run();
  }

  void names_of(const char* kind, std::string_view code, const names& all) {
    for (std::size_t i = 0; i < all.size() && i < e_.languages.size(); ++i)
      if (!all[i].empty())
        name_.bind_text(1, kind).bind_text(2, code).bind_text(3, e_.languages[i]).bind_text(4, all[i]).run();
  }

  void areas() {
    statement insert(db_, "INSERT INTO area(pos, code, level, parent) VALUES(?1, ?2, ?3, ?4)");
    for (std::size_t i = 0; i < e_.areas.size(); ++i) {
      const auto& a = e_.areas[i];
      insert.bind(1, static_cast<std::int64_t>(i)).bind_text(2, a.code).bind_text(3, a.level);
      a.parent == none ? insert.bind_null(4) : insert.bind_text(4, e_.areas[a.parent].code);
      insert.run();
      names_of("area", a.code, a.name);
    }
  }

  void stations_and_offices() {
    statement station(db_, "INSERT INTO station(pos, code, area, registered) VALUES(?1, ?2, ?3, ?4)");
    for (std::size_t i = 0; i < e_.stations.size(); ++i) {
      const auto& s = e_.stations[i];
      station.bind(1, static_cast<std::int64_t>(i))
          .bind_text(2, s.code)
          .bind_text(3, e_.areas.at(s.area).code)
          .bind(4, s.registered)
          .run();
      names_of("station", s.code, s.name);
    }
    statement office(db_, "INSERT INTO office(pos, code, area) VALUES(?1, ?2, ?3)");
    for (std::size_t i = 0; i < e_.offices.size(); ++i) {
      const auto& o = e_.offices[i];
      office.bind(1, static_cast<std::int64_t>(i)).bind_text(2, o.code).bind_text(3, e_.areas.at(o.area).code).run();
      names_of("office", o.code, o.name);
    }
  }

  void contests() {
    statement contest(db_, "INSERT INTO contest(pos, code, area, seats, max_choices) VALUES(?1, ?2, ?3, ?4, ?5)");
    for (std::size_t i = 0; i < e_.contests.size(); ++i) {
      const auto& c = e_.contests[i];
      contest.bind(1, static_cast<std::int64_t>(i)).bind_text(2, c.code).bind_text(3, e_.areas.at(c.area).code);
      contest.bind(4, c.seats).bind(5, c.max_choices).run();
      names_of("contest", c.code, c.name);
    }
    statement candidate(db_, "INSERT INTO candidate(pos, contest, number) VALUES(?1, ?2, ?3)");
    for (std::size_t i = 0; i < e_.candidates.size(); ++i) {
      const auto& c = e_.candidates[i];
      const auto& of = e_.contests.at(c.contest).code;
      candidate.bind(1, static_cast<std::int64_t>(i)).bind_text(2, of).bind(3, c.number).run();
      names_of("candidate", fmt::format("{}/{}", of, c.number), c.name);
    }
  }

  const std::string& scope_code(const person& who) const {
    switch (who.scope) {
    case scope_kind::station:
      return e_.stations.at(who.scope_index).code;
    case scope_kind::office:
      return e_.offices.at(who.scope_index).code;
    case scope_kind::area:
      break;
    }
    return e_.areas.at(who.scope_index).code;
  }

  void people() {
    statement insert(db_, "INSERT INTO person(pos, msisdn, role, scope_kind, scope, name, language, pin_hash, "
                          "wrong_pins, locked_until_ms, until_ms) "
                          "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)");
    for (std::size_t i = 0; i < e_.people.size(); ++i) {
      const auto& p = e_.people[i];
      const std::string_view hash(reinterpret_cast<const char*>(p.pin_hash.data()), p.pin_hash.size());
      insert.bind(1, static_cast<std::int64_t>(i)).bind(2, static_cast<std::int64_t>(p.msisdn)).bind_text(3, p.role);
      insert.bind(4, static_cast<int>(p.scope))
          .bind_text(5, scope_code(p))
          .bind_text(6, p.name)
          .bind_text(7, p.language);
      insert.bind_blob(8, hash).bind(9, p.wrong_pins).bind(10, p.locked_until_ms);
      insert.bind(11, p.until_ms).run();
    }
  }

  sqlite::database& db_;
  const election& e_;
  statement name_;
};

} // namespace

bool has_election(sqlite::database& db) { return db.number("SELECT count(*) FROM setting") > 0; }
election read_tables(sqlite::database& db, bool with_people) { return table_reader(db).read(with_people); }
void write_tables(sqlite::database& db, const election& e) { table_writer(db, e).write(); }

} // namespace tallyline::storage::detail
