// A batch of records as octets: each field coded with what the batch has shown of it so far, texts together by zstd.
//
// Pure; any thread. The bytes are specified in modem/LINK.md.
#pragma once

#include "modem/link/layout.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::modem::link {

inline constexpr std::size_t most_records = 4096; // of a batch

// The records must fit the layout (std::logic_error).
std::string encode_records(const layout& l, std::span<const record> records);
// Nothing for what encode_records could not have written by this layout.
std::optional<std::vector<record>> decode_records(const layout& l, std::string_view bytes);

} // namespace tallyline::modem::link
