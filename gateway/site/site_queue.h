// What a site keeps: its key, the gateway's forms, the reports that wait for an answer, and the answers.
//
// One folder: `site.key` (32 octets, mode 0600) and `site.db` (SQLite, synchronous=FULL), in which every value is
// sealed under a key derived from the site's. What a call of these functions has written when it returns is on disk,
// whatever happens then. One process at a time writes; errors are std::runtime_error with words for a person.
#pragma once

#include "modem/link/frame.h"
#include "modem/link/layout.h"
#include "modem/link/seal.h"
#include "storage/sqlite/database.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace tallyline::gateway {

// A report as it was entered: answers by the questions' names.
struct queued_report {
  std::uint64_t number = 0; // from 1, never used again
  std::string form, scope;
  std::vector<std::pair<std::string, std::string>> answers;
  std::vector<std::string> confirmed;
  std::int64_t added_ms = 0;
  // Once it is answered:
  std::string verdict, receipt, text, question; // verdict empty: it waits
  std::int64_t answered_ms = 0;
};

class site_queue {
public:
  // Makes the folder a site's, or gives it a new key. The reports in it are kept.
  static void enrol(const std::filesystem::path& folder, const modem::link::secret& key);
  explicit site_queue(const std::filesystem::path& folder);

  const modem::link::secret& key() const { return key_; }

  std::uint64_t add(const queued_report& r); // gives the number
  std::vector<queued_report> all();          // in order of number
  std::vector<queued_report> waiting(std::size_t at_most);
  void answer(const queued_report& r); // by its number

  std::uint64_t next_call();                    // durable before it is given
  void calls_begin_above(std::uint64_t number); // what the gateway said

  std::string forms(); // packed; empty: none
  void keep_forms(const std::string& packed);
  struct part {
    modem::link::digest forms{};
    std::string octets;
  };
  std::optional<part> partial_forms();
  void keep_part(const part& p);

  // Plain settings, such as where the gateway is.
  std::string setting(const std::string& name);
  void set(const std::string& name, const std::string& value);

private:
  std::string seal(std::string_view plain) const;
  std::string open(std::string_view sealed) const;

  modem::link::secret key_;
  modem::link::secret store_key_;
  storage::sqlite::database db_;
};

} // namespace tallyline::gateway
