// A record's proof as a JSON file, which anybody checks with the public key alone.
#pragma once

#include "storage/proof.h"

#include <optional>
#include <string>
#include <string_view>

namespace tallyline::gateway {

// One object, its members as in the struct, bytes in hex.
std::string to_json(const storage::record_proof& p);
// Nothing for what is no such object; extra members are passed over. At most a few hundred KiB are read.
std::optional<storage::record_proof> proof_from_json(std::string_view text);

} // namespace tallyline::gateway
