// The ledger in one file, to hand on: entries, states, signed heads and the roster's codes. BUNDLE.md has the format.
//
// The same database at the same moment gives the same bytes. Personal values and their salts are left out unless asked
// for; without them nobody can tell from the bundle who reported. One thread for each object.
#pragma once

#include "storage/head.h"
#include "storage/verify_parts.h"

#include <boost/system/result.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace tallyline::storage {

struct bundle_options {
  bool personal = false;
  std::function<void(std::int64_t done, std::int64_t all)> progress;
};
struct bundled {
  std::int64_t entries = 0, heads = 0;
  std::uint64_t bytes = 0; // of the file
};
// Beside a running gateway, in one snapshot. All of the file or none. Errors: exists, disk_full, as reader::open.
boost::system::result<bundled> write_bundle(const std::filesystem::path& database, const std::filesystem::path& out,
                                            const bundle_options& o);

// One of these is set, or `roster` has the texts of a line of the roster.
struct bundle_item {
  std::optional<verifying::entry_row> entry;
  std::optional<signed_head> head;
  std::vector<std::string> roster;
};

class bundle_reader {
public:
  // Errors: bad_bundle, io.
  static boost::system::result<bundle_reader> open(const std::filesystem::path& file);
  // From memory; the bytes must outlive the reader.
  static boost::system::result<bundle_reader> read(std::string_view bytes);
  bundle_reader(bundle_reader&&) noexcept;
  ~bundle_reader();

  std::int64_t entries() const;
  enum class got : std::uint8_t { item, end };
  // The end has been seen to be one. Hostile bytes give bad_bundle and take no more than a few MiB.
  boost::system::result<got> next(bundle_item& item);

private:
  struct state;
  explicit bundle_reader(std::unique_ptr<state> s);
  static boost::system::result<bundle_reader> begin(std::unique_ptr<state> s);
  std::unique_ptr<state> state_;
};

} // namespace tallyline::storage
