#include "storage/scope_rows.h"

namespace tallyline::storage {

bool lies_in(sqlite::database& db, std::string_view scope, std::string_view area) {
  if (area.empty()) return true;
  // UNION, not UNION ALL: a cycle in a damaged table ends, too.
  sqlite::statement up(db, "WITH RECURSIVE up(code) AS (SELECT coalesce((SELECT area FROM station WHERE code = ?1), "
                           "(SELECT area FROM office WHERE code = ?1), ?1) UNION SELECT a.parent FROM area a "
                           "JOIN up ON a.code = up.code WHERE a.parent IS NOT NULL) SELECT 1 FROM up WHERE code = ?2");
  return up.bind_text(1, scope).bind_text(2, area).step();
}

} // namespace tallyline::storage
