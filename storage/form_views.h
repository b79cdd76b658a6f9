// A view for each form, for analysts: one row a record, its columns named as the form names its answers.
//
// They open the database read-only while the gateway runs (sqlite3 -readonly night.db "SELECT * FROM v_count"); nothing
// is kept for them beyond the facts beside each record (storage/facts.h). Columns of every view: record_no, the scope's
// code, name and area, the parts of the key and the answers, then state, receipt, time, bearer, flags, reason and
// supersedes; where an answer has one of these names, the view's own is called record_NAME.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::storage {

struct form_view {
  struct column {
    enum class kind : std::uint8_t { field, item, personal };
    std::string name;        // of the column
    std::string field;       // the answer
    kind what = kind::field; // a list as JSON; one item of a list; what can be forgotten
    std::int64_t number = 0; // of the item
  };
  std::string form;            // the view is v_FORM
  std::string scope;           // "station", "office" or "area"
  std::vector<column> columns; // in the form's order
};

// Makes or replaces the views, and removes those of forms that are not among these. Works beside a gateway that runs.
// Errors: no_database, busy, newer_schema, corrupt, disk_full, io.
boost::system::result<void> put_form_views(const std::filesystem::path& database, const std::vector<form_view>& all);

// The rows that the view shows, whether it is there or not: first the columns' names, then the records in a state, or
// all of them when it is empty. A value that is not there is an empty text.
using each_view_row = std::function<void(const std::vector<std::string_view>&)>;
boost::system::result<void> read_form_view(const std::filesystem::path& database, const form_view& view,
                                           std::string_view state, const each_view_row& each);

} // namespace tallyline::storage
