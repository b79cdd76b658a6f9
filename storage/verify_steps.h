// What the table `step` must hold, worked out from the ledger in order. Internal to storage; see storage/steps.h.
#pragma once

#include "storage/sqlite/database.h"
#include "storage/verify.h"

#include <boost/unordered/unordered_flat_map.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::storage::verifying {

struct entry_facts;

class step_rows {
public:
  using stands_of = std::function<bool(std::uint32_t key)>; // a record of this key does
  // After the record got its state. `key`: the number of its key.
  std::optional<wrong_row> take_record(const entry_facts& f, std::uint32_t key, const stands_of& standing);
  // After a decision changed states; `seq` is the record it speaks of last.
  void take_decision(std::int64_t seq, std::uint32_t key, bool stand, std::int64_t time_ms);
  std::optional<wrong_row> compare(sqlite::database& db) const;

private:
  struct row {
    std::int64_t seq = 0, ticket = 0, since_ms = 0, done_seq = 0, done_ms = 0;
    std::uint32_t key = 0, done_key = 0;
    std::string scope, done_form;
    bool done = false;
  };
  struct use { // of a record
    std::string form;
    row *own = nullptr, *followed = nullptr;
  };
  row* find(std::string_view form, std::string_view part);

  boost::unordered_flat_map<std::string, std::unique_ptr<row>> rows_; // form, a zero byte, part
  boost::unordered_flat_map<std::string, std::int64_t> tickets_;      // the last one of a form
  boost::unordered_flat_map<std::int64_t, use> uses_;                 // by seq
  std::string name_;
};

} // namespace tallyline::storage::verifying
