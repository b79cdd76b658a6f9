#include "storage/form_views.h"

#include "storage/sqlite/schema.h"

#include <algorithm>
#include <fmt/format.h>

namespace tallyline::storage {
namespace {

std::string quoted(std::string_view text, char mark) {
  std::string out(1, mark);
  for (const char c : text)
    out.append(c == mark ? 2 : 1, c);
  return out += mark;
}
std::string name(std::string_view text) { return quoted(text, '"'); }
std::string literal(std::string_view text) { return quoted(text, '\''); }

class select {
public:
  explicit select(const form_view& v) : view_(v) {}

  std::string sql() {
    own("r.seq", "record_no");
    own("f.scope", view_.scope);
    own(fmt::format("(SELECT n.name FROM name n WHERE n.kind = {} AND n.code = f.scope AND n.language = {})",
                    literal(view_.scope), first_language),
        view_.scope + "_name");
    if (view_.scope != "area") {
      const auto area = fmt::format("(SELECT s.area FROM {} s WHERE s.code = f.scope)", name(view_.scope));
      own(area, "area");
      own(fmt::format("(SELECT n.name FROM name n WHERE n.kind = 'area' AND n.code = {} AND n.language = {})", area,
                      first_language),
          "area_name");
    }
    for (const auto& c : view_.columns)
      add(value_of(c), c.name);
    own("CASE WHEN r.state = 0 AND r.decided IS NOT NULL THEN 'accepted' WHEN r.state = 0 THEN 'current' WHEN r.state "
        "= "
        "1 THEN 'superseded' WHEN r.state = 2 THEN 'review' WHEN r.state = 3 THEN 'pending' ELSE 'rejected' END",
        "state");
    own("substr(printf('%010d', r.receipt), 1, 3) || '-' || substr(printf('%010d', r.receipt), 4, 3) || '-' || "
        "substr(printf('%010d', r.receipt), 7)",
        "receipt");
    own("strftime('%Y-%m-%dT%H:%M:%SZ', f.time_ms / 1000, 'unixepoch')", "time");
    own("CASE f.bearer WHEN 1 THEN 'ussd' WHEN 2 THEN 'sms' WHEN 3 THEN 'terminal' WHEN 4 THEN 'link' ELSE 'console' "
        "END",
        "bearer");
    own("f.flags", "flags");
    own("f.reason", "reason");
    own("r.supersedes", "supersedes");
    return fmt::format("SELECT {} FROM record r CROSS JOIN fact f ON f.seq = r.seq WHERE r.form = {}", columns_,
                       literal(view_.form));
  }

private:
  // The names of one record's own columns give way to those of its answers.
  void own(std::string_view sql, std::string column) {
    const auto same = [&](const auto& c) { return c.name == column; };
    if (std::any_of(view_.columns.begin(), view_.columns.end(), same)) column = "record_" + column;
    add(sql, column);
  }
  void add(std::string_view sql, std::string_view column) {
    columns_ += fmt::format("{}{} AS {}", columns_.empty() ? "" : ", ", sql, name(column));
  }
  static std::string value_of(const form_view::column& c) {
    const auto path = [](std::string p) { return literal("$" + std::move(p)); };
    switch (c.what) {
    case form_view::column::kind::item:
      return fmt::format("json_extract(f.fields, {})", path(fmt::format(".\"{}\".\"{}\"", c.field, c.number)));
    case form_view::column::kind::personal:
      return fmt::format("(SELECT p.value FROM personal p WHERE p.seq = r.seq AND p.no > 0 AND p.name = {})",
                         literal(c.field));
    case form_view::column::kind::field:
      break;
    }
    return fmt::format("json_extract(f.fields, {})", path(fmt::format(".\"{}\"", c.field)));
  }

  static constexpr std::string_view first_language =
      "(SELECT substr(value || ' ', 1, instr(value || ' ', ' ') - 1) FROM setting WHERE key = 'languages')";
  const form_view& view_;
  std::string columns_;
};

std::vector<std::string> views_of(sqlite::database& db) {
  std::vector<std::string> all;
  sqlite::statement rows(db, "SELECT name FROM sqlite_schema WHERE type = 'view' AND name LIKE 'v\\_%' ESCAPE '\\'");
  while (rows.step())
    all.emplace_back(rows.text(0));
  return all;
}

} // namespace

boost::system::result<void> put_form_views(const std::filesystem::path& database, const std::vector<form_view>& all) {
  return sqlite::guarded("making views", [&] {
    auto db = sqlite::open_for_writing(database.string(), sqlite::mode::read_write);
    db.exec("PRAGMA busy_timeout=5000"); // a running gateway holds the database for moments only
    sqlite::transaction one(db);
    for (const auto& old : views_of(db))
      db.exec(("DROP VIEW " + name(old)).c_str());
    for (const auto& v : all)
      db.exec(fmt::format("CREATE VIEW {} AS {}", name("v_" + v.form), select(v).sql()).c_str());
    one.commit();
  });
}

boost::system::result<void> read_form_view(const std::filesystem::path& database, const form_view& view,
                                           std::string_view state, const each_view_row& each) {
  return sqlite::guarded("reading a view", [&] {
    auto db = sqlite::open_for_reading(database.string());
    // The order of seq is the order in the file: the whole table is read either way.
    std::string sql = select(view).sql() + " ORDER BY r.seq";
    const std::string of_state = state.empty()        ? ""
                                 : state == "current" ? " AND r.state = 0"
                                                      : fmt::format(" AND r.state = {}", state == "review"       ? 2
                                                                                         : state == "superseded" ? 1
                                                                                         : state == "pending"    ? 3
                                                                                                                 : 4);
    sql.insert(sql.rfind(" ORDER BY"), of_state);
    sqlite::statement rows(db, sql);
    std::vector<std::string_view> row(static_cast<std::size_t>(rows.columns()));
    for (std::size_t c = 0; c < row.size(); ++c)
      row[c] = rows.column_name(static_cast<int>(c));
    each(row);
    while (rows.step()) {
      for (std::size_t c = 0; c < row.size(); ++c)
        row[c] = rows.text(static_cast<int>(c));
      each(row);
    }
  });
}

} // namespace tallyline::storage
