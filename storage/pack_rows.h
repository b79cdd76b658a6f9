// What each file of a pack may hold. Used by the pack reader only.
#pragma once

#include "storage/pack_sheet.h"

#include <unordered_map>

namespace tallyline::storage::detail {

// Fills a pack file by file; call the readers in the order in which they are declared, since later files refer to
// earlier.
class pack_rows {
public:
  pack_rows(pack& into, complaints& wrong) : pack_(into), election_(into.contents), wrong_(wrong) {}

  void settings(std::string_view bytes);
  void areas(std::string_view bytes);
  void stations(std::string_view bytes);
  void contests(std::string_view bytes);
  void candidates(std::string_view bytes);
  void offices(std::string_view bytes);
  void people(std::string_view bytes);
  void sites(std::string_view bytes);

private:
  struct place {
    std::string_view file;
    std::uint32_t line;
  };
  struct target {
    scope_kind kind;
    std::uint32_t index;
  };

  void setting(const sheet_row& row);
  void languages(const sheet_row& row);
  void link_parents(const std::vector<std::string>& parents, const std::vector<std::uint32_t>& lines);
  void refuse_cycles(const std::vector<std::uint32_t>& lines);
  void candidate_row(const sheet_row& row, std::unordered_map<std::string, std::uint32_t>& lines);
  void person_row(const sheet_row& row, std::unordered_map<std::string, std::uint32_t>& lines);
  bool number_pin_role(const sheet_row& row, person& who, std::string& pin);
  void site_row(const sheet_row& row);
  bool scope_of(const sheet_row& row, person& who);
  // Areas, stations and offices share one space of codes, since a person's scope names any of them.
  bool claim(const sheet_row& row, std::string_view file, const std::string& code, scope_kind kind, std::size_t index);
  std::uint32_t area_at(const sheet_row& row, std::size_t column) const;

  pack& pack_;
  election& election_;
  complaints& wrong_;
  // Whether every row was read; if not, a code that is not known may be on a row that was not.
  bool areas_whole_ = true, scopes_whole_ = true, contests_whole_ = true;
  std::unordered_map<std::string, place> claimed_;
  std::unordered_map<std::string, target> targets_;
  std::unordered_map<std::string, std::uint32_t> contest_by_code_;
};

} // namespace tallyline::storage::detail
