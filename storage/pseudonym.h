// What stands in a record's key for something personal, such as a national code.
//
// Keys lie open in the ledger. A code of ten digits is found from any plain hash of it in seconds, so its place in a key
// is taken by "~" and 16 characters of HMAC-SHA256 under the key beside the database. The same code gives the same
// pseudonym in every form, which is how one step finds the other. Only the gateway can make one. Any thread.
#pragma once

#include "storage/pin.h"
#include "storage/record.h"

#include <string>
#include <string_view>

namespace tallyline::storage {

// Over the text as people compare it: digits of any alphabet, Arabic letters as Persian ones, spaces and case are alike.
std::string pseudonym(const pin_key& key, std::string_view text);
std::string normalised(std::string_view text);
bool is_pseudonym(std::string_view key_part);

// Puts pseudonyms into the report's key where it says so, and one more at its end for a form of which each different
// sending is a record of its own: then over who sent what on which day.
void hide_in_key(report& r, const pin_key& key);

} // namespace tallyline::storage
