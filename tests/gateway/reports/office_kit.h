// A small registration: two counties of a province, their districts and offices, and days of work generated with a
// seed, kept beside the database so that a test can reckon for itself what the reports should say.
#pragma once

#include "gateway/reports/report.h"
#include "storage/sqlite/schema.h"
#include "storage/totals.h"
#include "tests/storage/support.h"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <random>
#include <sstream>

namespace tallyline::tests {

inline constexpr std::int64_t minute_ms = 60'000, hour_ms = 60 * minute_ms, day_ms = 24 * hour_ms;
// Saturday 2026-05-02 00:00 in Tehran, which is at UTC+3:30.
inline constexpr std::int64_t saturday = 1'777'667'400'000;

inline storage::pack_files registration_pack() {
  std::string offices = "code,area,name_fa,name_en\n", people = "msisdn,pin,role,scope,name,language\n";
  const char* const where[] = {"D1", "D1", "D2", "D2", "E1", "E1", "E2"};
  for (int o = 0; o < 7; ++o) {
    offices += fmt::format("O{0},{1},دفتر {0},Office {0}\n", o + 1, where[o]);
    people += fmt::format("98912000010{0},1234,clerk,O{0},Clerk {0},fa\n", o + 1);
  }
  people += "989120000201,1234,supervisor,C1,Omid,fa\n989120000202,1234,supervisor,C2,Nasrin,en\n"
            "989120000203,1234,supervisor,P,Parvin,fa\n989120000204,1234,board,C1,Board,fa\n";
  return {
      {"election.csv", "key,value\nname,Councils\ndate,2026-06-19\ntime_zone,Asia/Tehran\npolls_open,08:00\n"
                       "polls_close,20:00\nlanguages,fa en\n"},
      {"areas.csv",
       "code,parent,level,name_fa,name_en\nIR,,country,ایران,Iran\nP,IR,province,مازندران,Mazandaran\n"
       "C1,P,county,ساری,Sari\nC2,P,county,بابل,Babol\nD1,C1,district,مرکزی,Central\n"
       "D2,C1,district,چهاردانگه,Chahardangeh\nE1,C2,district,مرکزی,Central\nE2,C2,district,بندپی,Bandpey\n"},
      {"stations.csv", "code,area,name_fa,name_en,registered\n1001,D1,شعبه ۱,Station 1,500\n1002,D2,شعبه ۲,,600\n"
                       "2001,E1,شعبه ۳,,700\n"},
      {"contests.csv", "code,area,name_fa,name_en,seats,max_choices\nsari,C1,شورای ساری,Sari,5,5\n"
                       "babol,C2,شورای بابل,Babol,5,5\n"},
      {"candidates.csv", "contest,number,name_fa,name_en\nsari,1,یک,One\nsari,2,دو,Two\nbabol,1,سه,Three\n"},
      {"offices.csv", offices},
      {"people.csv", people},
  };
}

struct ticket {
  std::string office, code;
  std::int64_t since = 0, done = 0; // done 0: it waits
  std::int64_t seq = 0, done_seq = 0;
  storage::bearer by = storage::bearer::ussd;
};

struct registration {
  registration() { storage::test::import_small(database, registration_pack()); }

  static std::string person(std::size_t n) { return fmt::format("{:010}", n); }

  storage::report record(const std::string& form, const std::string& office, const std::string& part, std::int64_t at,
                         storage::bearer by, std::string note = "a") const {
    storage::report r;
    r.form = form;
    r.key = {office, part};
    r.pseudonyms = {1};
    r.once = true;
    if (form == "registered") r.follows = "documents";
    r.scope = office;
    r.fields = {{"contest", std::string("sari"), false}, {"note", std::move(note), false}};
    r.msisdn = 989120000100 + static_cast<std::uint64_t>(office[1] - '0');
    r.role = "clerk";
    r.by = by;
    r.menu_version = "00ff";
    r.time_ms = at;
    return r;
  }

  // Tickets and what followed them, through the store.
  void write(std::vector<ticket> all) {
    storage::test::blocking_store s(database);
    for (auto& t : all) {
      t.seq = s.submit(record("documents", t.office, t.code, t.since, t.by)).value().seq;
      if (t.done) t.done_seq = s.submit(record("registered", t.office, t.code, t.done, t.by)).value().seq;
    }
    tickets_given += static_cast<std::int64_t>(all.size());
    written.insert(written.end(), all.begin(), all.end());
  }
  void correct(const ticket& t, std::int64_t at, const std::string& note, storage::bearer by = storage::bearer::ussd) {
    storage::test::blocking_store s(database);
    REQUIRE(s.submit(record("documents", t.office, t.code, at, by, note))->what == storage::verdict::corrected);
  }

  // `n` tickets of some days, most of them done.
  std::vector<ticket> generated(std::size_t n, std::uint64_t seed, int days) {
    std::mt19937_64 random(seed);
    std::vector<ticket> all;
    for (std::size_t i = 0; i < n; ++i) {
      ticket t;
      t.office = fmt::format("O{}", 1 + random() % 6); // the seventh does nothing
      t.code = person(i + 1);
      t.since = saturday + static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(days * day_ms));
      t.by = static_cast<storage::bearer>(1 + random() % 4);
      if (random() % 5) t.done = t.since + static_cast<std::int64_t>(random() % (8 * hour_ms));
      all.push_back(t);
    }
    return all;
  }

  using report_of = gateway::table (*)(const gateway::report_source&, const gateway::report_scope&);
  gateway::table made(report_of report, const gateway::report_scope& scope, std::int64_t now) {
    const auto e = storage::load_election(database).value();
    auto reader = storage::reader::open(database).value();
    return report({reader, e, {}, now}, scope);
  }
  // As CSV without its header: neither rules nor notes.
  std::string csv(report_of report, const gateway::report_scope& scope, std::int64_t now) {
    std::ostringstream out;
    gateway::print(out, made(report, scope, now), gateway::format::csv);
    auto text = out.str();
    text.erase(std::remove(text.begin(), text.end(), '\r'), text.end());
    return text.substr(text.find('\n') + 1);
  }

  storage::test::temporary_folder folder;
  std::filesystem::path database = folder / "registration.db";
  std::vector<ticket> written;
  std::int64_t tickets_given = 0;
};

inline std::size_t column_named(const gateway::table& t, std::string_view name) {
  for (std::size_t c = 0; c < t.columns.size(); ++c)
    if (t.columns[c].name == name) return c;
  FAIL("no column ", std::string(name));
  return 0;
}
inline const gateway::cell& cell_at(const gateway::table& t, std::size_t row, std::string_view column) {
  return t.rows.at(row).at(column_named(t, column));
}
inline std::int64_t number_at(const gateway::table& t, std::size_t row, std::string_view column) {
  const auto* n = std::get_if<std::int64_t>(&cell_at(t, row, column));
  return n ? *n : -1;
}
inline std::string text_at(const gateway::table& t, std::size_t row, std::string_view column) {
  const auto* s = std::get_if<std::string>(&cell_at(t, row, column));
  return s ? *s : std::string();
}
inline std::int64_t tenths_at(const gateway::table& t, std::size_t row, std::string_view column) {
  const auto* s = std::get_if<gateway::share>(&cell_at(t, row, column));
  return s ? s->tenths : -1;
}

} // namespace tallyline::tests
