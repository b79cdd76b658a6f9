// Reads an election pack: a folder of CSV files. Either the whole pack is good, or every bad line is named.
//
// Any thread; keeps nothing open. The files and their columns are in README.md ("The election pack").
#pragma once

#include "storage/election.h"
#include "storage/ledger.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tallyline::storage {

struct problem {
  std::string file;
  std::uint32_t line = 0;   // 0: the file as a whole
  std::uint32_t column = 0; // in characters from 1; 0: the line as a whole
  std::string what;
  std::string hint; // what to write instead; may be empty
};
std::string to_text(const problem& p); // "stations.csv:12: what is wrong (what to do)"

struct problems {
  static constexpr std::size_t most = 200;
  std::vector<problem> list; // the first `most`
  std::size_t total = 0;
};

struct pack {
  election contents;              // indexed; people without their PIN hashes
  std::vector<std::string> pins;  // of contents.people, ASCII digits; wiped on destruction
  ledger::hash public_digest{};   // of every file but people.csv, sites.csv and reports.csv
  ledger::hash personal_digest{}; // of people.csv and sites.csv: goes into the ledger only under the PIN key

  pack() = default;
  pack(pack&&) = default;
  pack& operator=(pack&&) = default;
  ~pack();
};

// Names of the files and what is in them, for packs that are not in a folder.
using pack_files = std::map<std::string, std::string>;

boost::system::result<pack, problems> read_pack(const std::filesystem::path& folder);
boost::system::result<pack, problems> read_pack(const pack_files& files);

} // namespace tallyline::storage
