// The proof that a record is in the ledger, for whoever has nothing but the public key. Any thread.
#pragma once

#include "storage/head.h"
#include "storage/ledger_proof.h"
#include "storage/reader.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace tallyline::storage {

struct record_proof {
  std::int64_t seq = 0;
  std::uint64_t receipt = 0; // as receipt::derive gives it
  std::string body;          // canonical bytes
  ledger::path path;         // from the leaf of the body to the head's root
  signed_head head;
};

// What is wrong with a proof, or nothing: signature, key, path, receipt.
std::optional<std::string> wrong_with(const record_proof& p, const public_key& by);

struct found_record {
  stored_record record;
  std::optional<record_proof> proof; // none while no head is signed that covers the record
};
// Errors: no_record, as reader::open.
boost::system::result<found_record> find_with_proof(const std::filesystem::path& database, std::string_view code);

} // namespace tallyline::storage
