// What the current records add up to, kept in step with them: a row for each form, part and area.
//
// The part is the record's key without its scope, joined as joined_key does, such as "president" or "12:00", and without
// pseudonyms; the area
// is the one that the scope lies in directly, so that reports add up rows of areas and never open the records. Every
// number and every list of a record is summed, personal fields are not. Sums wrap at 2^63, so that what was put in can
// always be taken out again.
//
// Storage thread, or whoever writes in its place, inside the writer's transaction: `enters` and `leaves` only remember,
// `flush` writes, before the commit; after a rollback `forget`. Throws sqlite::failure.
#pragma once

#include "storage/canonical.h"
#include "storage/sqlite/database.h"

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tallyline::storage {

struct sums {
  struct field {
    std::string name;
    bool list = false;
    std::vector<list_item> items; // ascending by number; of a plain number one item, its number 0
    friend bool operator==(const field&, const field&) = default;
  };
  std::int64_t records = 0, flagged = 0; // flagged: with a warning that was confirmed
  std::vector<list_item> bearers;        // number: storage::bearer, value: records
  std::vector<field> fields;

  const field* find(std::string_view name) const;
  void add(const canonical::record_view& r, std::int64_t sign);
  void add(const sums& other);
  bool empty() const { return records == 0; }
  friend bool operator==(const sums&, const sums&) = default;
};

// As the table keeps bearers and fields: CBOR, an array of [name, number or list]; the bearers' name is empty.
std::string to_bytes(const sums& s);
bool from_bytes(std::string_view bytes, sums& out);

class totals {
public:
  using area_of = std::function<std::string(std::string_view scope)>;
  totals(sqlite::database& db, area_of find);

  // A record becomes current, or is no longer: to be called with each change of record.state to 0 and from 0.
  void enters(const canonical::record_view& r) { change(r, 1); }
  void leaves(const canonical::record_view& r) { change(r, -1); }
  // By its seq; of a record whose state in the table is not 0 nothing leaves.
  void enters(std::int64_t seq);
  void leaves(std::int64_t seq);

  void flush();
  void forget() noexcept { changed_.clear(); }

private:
  struct row {
    std::string form, part, area;
    sums by;
  };
  void change(const canonical::record_view& r, std::int64_t sign);
  bool read(std::int64_t seq, bool only_current);
  void write(const row& r);

  area_of area_of_;
  sqlite::statement get_, put_, drop_, record_;
  std::unordered_map<std::string, row> changed_;
  std::string key_;
  canonical::record_view view_;
};

// The area of a station, an office, or the area itself, as the database says.
totals::area_of areas_in(sqlite::database& db);

// Makes the table anew from the records.
void rebuild_totals(sqlite::database& db);
// Every total that is not what the records add up to, in words; at most `most` of them.
std::vector<std::string> wrong_totals(sqlite::database& db, std::size_t most = 20);

} // namespace tallyline::storage
