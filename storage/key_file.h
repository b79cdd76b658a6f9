// A secret in a file of its own beside the database: readable by its owner alone, on disk before it is used, all of it
// or none. Any thread.
#pragma once

#include "storage/errors.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string_view>

namespace tallyline::storage::key_file {

// Draws the bytes at random into a new file of mode 0600. Errors: disk_full, io (also when the file is there already).
errc create(const std::filesystem::path& file, std::span<std::uint8_t> key);
// Errors: key_exposed when others may read the file, bad_key when it is missing or of another size, io.
errc read(const std::filesystem::path& file, std::span<std::uint8_t> key);
// A new file of mode 0600 with these bytes; as create.
errc write_new(const std::filesystem::path& file, std::span<const std::uint8_t> bytes);

// Replaces a small file at once: whoever reads it finds the old or the new bytes. Mode 0644, no secret. disk_full, io.
errc replace(const std::filesystem::path& file, std::string_view bytes);
// So that a file that was made, renamed or removed stays so after a power cut.
bool sync_folder_of(const std::filesystem::path& file);

} // namespace tallyline::storage::key_file
