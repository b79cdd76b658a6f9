#include "storage/verify.h"

#include "storage/key_file.h"
#include "storage/sqlite/schema.h"
#include "tests/storage/proved_night.h"

#include <fmt/format.h>
#include <random>

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

// Changes the database behind everybody's back, has it verified, and puts it back.
struct tampered : proved_night {
  tampered() {
    sqlite::database db(database.string(), sqlite::mode::read_write);
    db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    pristine = folder / "pristine.db";
    std::filesystem::copy_file(database, pristine);
  }
  // With SQLite's own check off, which would not be of help against somebody who writes by SQL.
  std::optional<wrong_row> after(const std::string& sql) {
    for (const char* end : {"-wal", "-shm"})
      std::filesystem::remove(database.string() + end);
    std::filesystem::copy_file(pristine, database, std::filesystem::copy_options::overwrite_existing);
    {
      sqlite::database db(database.string(), sqlite::mode::read_write);
      db.exec("PRAGMA foreign_keys=OFF");
      db.exec(sql.c_str());
      CHECK_MESSAGE(db.number("SELECT total_changes()") > 0, sql);
    }
    verify_options o;
    o.check_file = false;
    return verified(o).wrong;
  }
  std::filesystem::path pristine;
};

} // namespace

TEST_CASE_FIXTURE(proved_night, "a night with everything in it is good, and what was counted is told") {
  const auto v = verified();
  REQUIRE_MESSAGE(!v.wrong, to_text(*v.wrong));
  CHECK(v.what.records == 6);
  CHECK(v.what.decisions == 1);
  CHECK(v.what.heads == 2);
  CHECK(v.what.unsigned_entries == 0);
  CHECK(v.what.personal == 6 + 3);
  CHECK(v.what.newest->root == v.what.root);
}

TEST_CASE_FIXTURE(proved_night, "it is verified while a gateway runs, and what came after the head is told") {
  blocking_store s(database);
  s.submit(count_of("1002", reza, 64)).value();
  const auto v = verified();
  CHECK_FALSE(v.wrong.has_value());
  CHECK(v.what.unsigned_entries == 1);
}

TEST_CASE_FIXTURE(tampered, "a changed value in any column of any row is found, and its table is named") {
  struct column {
    const char *table, *where, *name;
    std::vector<std::string> found; // the tables that may be named for it
  };
  const std::vector<column> columns = {
      {"entry", "seq", "kind", {"entry"}},
      {"entry", "seq", "body", {"entry"}},
      {"entry", "seq", "leaf", {"entry"}},
      {"record", "seq", "form", {"record"}},
      {"record", "seq", "key", {"record"}},
      {"record", "seq", "state", {"record"}},
      {"record", "seq", "receipt", {"record"}},
      {"record", "seq", "flagged", {"record"}},
      {"record", "seq", "supersedes", {"record"}},
      {"record", "seq", "superseded_by", {"record"}},
      {"record", "seq", "decided", {"record"}},
      {"personal", "seq*100+no", "salt", {"personal"}},
      {"personal", "seq*100+no", "name", {"personal"}},
      {"personal", "seq*100+no", "value", {"personal"}},
      {"decision", "seq*100+record", "state", {"decision"}},
      {"decision", "seq*100+record", "by", {"decision"}},
      {"decision", "seq*100+record", "reason", {"decision"}},
      {"decision", "seq*100+record", "time_ms", {"decision"}},
      {"head", "size", "root", {"head"}},
      {"head", "size", "time_ms", {"head"}},
      {"head", "size", "key", {"head"}},
      {"head", "size", "signature", {"head"}},
      {"policy", "rowid", "value", {"policy"}},
      {"menu_version", "number", "digest", {"menu_version"}},
      {"menu_version", "number", "live", {"menu_version"}},
  };
  for (const auto& c : columns) {
    std::vector<std::int64_t> rows;
    {
      sqlite::database db(pristine.string(), sqlite::mode::read_only);
      const std::string where = std::string(c.where) == "rowid" ? "row_number() OVER ()" : c.where;
      sqlite::statement all(db, fmt::format("SELECT {} FROM {}", where, c.table));
      while (all.step())
        rows.push_back(all.number(0));
    }
    REQUIRE_FALSE(rows.empty());
    for (const auto row : rows) {
      const std::string one = std::string(c.where) == "rowid" ? "1" : fmt::format("{} = {}", c.where, row);
      // Another value of the same type: what SQLite's STRICT would take.
      const std::string value =
          fmt::format("CASE typeof({0}) WHEN 'integer' THEN {0} + 1 WHEN 'text' THEN {0} || 'x' WHEN 'blob' THEN "
                      "CAST({0} || x'00' AS BLOB) ELSE 1 END",
                      c.name);
      const std::string sql =
          std::string(c.table) == "personal" && std::string(c.name) == "name"
              ? fmt::format("UPDATE personal SET name = coalesce(name, '') || 'x' WHERE {}", one)
          : std::string(c.table) == "record" && std::string(c.name) == "state"
              ? fmt::format("UPDATE record SET state = CASE state WHEN 1 THEN 4 ELSE 1 END WHERE {}", one)
              : fmt::format("UPDATE {} SET {} = {} WHERE {}", c.table, c.name,
                            std::string(c.name) == "key" && std::string(c.table) == "head" ? "zeroblob(32)" : value,
                            one);
      const auto wrong = after(sql);
      REQUIRE_MESSAGE(wrong.has_value(), sql);
      CHECK_MESSAGE(std::find(c.found.begin(), c.found.end(), wrong->table) != c.found.end(), sql, " gave ",
                    to_text(*wrong));
    }
  }
}

TEST_CASE_FIXTURE(tampered, "a flipped bit in any body, leaf, salt, value, root or signature is found in its row") {
  std::mt19937 random(6962);
  struct blob {
    const char *table, *column, *where;
  };
  for (const blob b : {blob{"entry", "body", "seq"}, blob{"entry", "leaf", "seq"},
                       blob{"personal", "salt", "seq*100+no"}, blob{"personal", "value", "seq*100+no"},
                       blob{"head", "root", "size"}, blob{"head", "key", "size"}, blob{"head", "signature", "size"}}) {
    std::vector<std::pair<std::int64_t, std::string>> rows;
    {
      sqlite::database db(pristine.string(), sqlite::mode::read_only);
      sqlite::statement all(
          db, fmt::format("SELECT {}, {} FROM {} WHERE typeof({}) = 'blob'", b.where, b.column, b.table, b.column));
      while (all.step())
        rows.emplace_back(all.number(0), all.blob(1));
    }
    REQUIRE_FALSE(rows.empty());
    for (const auto& [row, bytes] : rows)
      for (int i = 0; i < 4; ++i) {
        auto flipped = bytes;
        const auto at = random() % flipped.size();
        flipped[at] = static_cast<char>(flipped[at] ^ (1 << random() % 8));
        const auto hex = to_hex({reinterpret_cast<const std::uint8_t*>(flipped.data()), flipped.size()});
        const auto sql = fmt::format("UPDATE {} SET {} = x'{}' WHERE {} = {}", b.table, b.column, hex, b.where, row);
        const auto wrong = after(sql);
        REQUIRE_MESSAGE(wrong.has_value(), sql);
        CHECK_MESSAGE(wrong->table == b.table, sql, " gave ", to_text(*wrong));
        if (std::string(b.table) == "entry") CHECK(wrong->seq == row);
      }
  }
}

TEST_CASE_FIXTURE(tampered, "a row that is gone, or that was put in, is found") {
  for (const auto& [sql, table] : std::vector<std::pair<std::string, std::string>>{
           {"DELETE FROM entry WHERE seq = 3", "entry"},
           {"DELETE FROM entry WHERE seq = (SELECT max(seq) FROM entry)", "record"},
           {"DELETE FROM record WHERE seq = (SELECT min(seq) FROM record)", "record"},
           {"DELETE FROM personal WHERE no = 0 AND seq = (SELECT min(seq) FROM record)", "personal"},
           {"DELETE FROM personal WHERE no = 2", "personal"},
           {"DELETE FROM decision", "decision"},
           {"DELETE FROM decision WHERE record = (SELECT max(record) FROM decision)", "decision"},
           {"INSERT INTO record SELECT 1, form, 'k', 1, 7, flagged, NULL, NULL, NULL FROM record LIMIT 1", "record"},
           {"INSERT INTO record SELECT 900, form, 'k', 1, 7, flagged, NULL, NULL, NULL FROM record LIMIT 1", "record"},
           {"INSERT INTO personal SELECT seq, 9, salt, name, value FROM personal LIMIT 1", "personal"},
           {"INSERT INTO personal SELECT 900, 0, salt, name, value FROM personal LIMIT 1", "personal"},
           {"INSERT INTO decision SELECT seq, 1, state, by, reason, time_ms FROM decision LIMIT 1", "decision"},
           {"INSERT INTO decision SELECT 900, record, state, by, reason, time_ms FROM decision LIMIT 1", "decision"},
           {"INSERT INTO entry(kind, body, leaf) SELECT kind, body, zeroblob(32) FROM entry WHERE seq = 2", "entry"},
           {"INSERT INTO head SELECT size + 1, root, time_ms, key, signature FROM head LIMIT 1", "head"},
           {"INSERT INTO subtree VALUES(0, zeroblob(32))", "subtree"},
           {"UPDATE entry SET seq = seq + 5 WHERE seq = (SELECT max(seq) FROM entry)", "entry"}}) {
    const auto wrong = after(sql);
    REQUIRE_MESSAGE(wrong.has_value(), sql);
    CHECK_MESSAGE(wrong->table == table, sql, " gave ", to_text(*wrong));
  }
}

TEST_CASE_FIXTURE(tampered, "the first wrong row is the one that is named") {
  const auto wrong = after("UPDATE entry SET leaf = zeroblob(32) WHERE seq IN (7, 5, 9)");
  REQUIRE(wrong.has_value());
  CHECK(to_text(*wrong) == "entry 5: its leaf is not the hash of its body");
}

TEST_CASE_FIXTURE(tampered, "whoever rewrites an entry with its leaf cannot rewrite the signed heads") {
  // The body of an import with another time: canonical, and its leaf fits.
  const auto body = canonical::import_bytes({}, {}, 77);
  const auto leaf = ledger::leaf_hash(body);
  const auto hex = [](std::string_view b) {
    return to_hex({reinterpret_cast<const std::uint8_t*>(b.data()), b.size()});
  };
  const auto wrong =
      after(fmt::format("UPDATE entry SET body = x'{}', leaf = x'{}' WHERE seq = 1", hex(body), to_hex(leaf)));
  REQUIRE(wrong.has_value());
  CHECK(wrong->table == "head");
}

TEST_CASE_FIXTURE(proved_night, "a key that is given must have signed every head") {
  verify_options o;
  o.key = head_signer::open(database).value().key();
  CHECK_FALSE(verified(o).wrong.has_value());
  (*o.key)[0] ^= 1;
  const auto wrong = verified(o).wrong;
  REQUIRE(wrong.has_value());
  CHECK(wrong->table == "head");
  CHECK(wrong->what == "it is signed by another key than the one given");
}

TEST_CASE_FIXTURE(proved_night, "what others keep beside the records is checked on the same snapshot") {
  verify_options o;
  o.more.push_back([](sqlite::database& db) {
    return std::optional(wrong_row{"total", db.number("SELECT count(*) FROM record"), "is off"});
  });
  const auto wrong = verified(o).wrong;
  REQUIRE(wrong.has_value());
  CHECK(to_text(*wrong) == "total 6: is off");
}

TEST_CASE_FIXTURE(proved_night, "fewer entries than the head beside the database says are told") {
  auto later = *head_beside(database);
  later.size += 10;
  auto key = signing_key::open(database).value();
  key.sign(later);
  REQUIRE(key_file::replace(head_file(database), to_text(later)) == errc{});
  const auto wrong = verified().wrong;
  REQUIRE(wrong.has_value());
  CHECK(wrong->table == "head");
}
