// The receipt: nine digits drawn from the record's leaf hash and a Damm check digit. Pure, any thread.
//
// Digits, because they can be typed on any phone and read out in any language. The check digit finds every single wrong
// digit and every swap of neighbours (H. M. Damm, Total anti-symmetrische Quasigruppen, 2004).
#pragma once

#include "storage/ledger.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tallyline::storage::receipt {

// All ten digits as a number, leading zeros left out. `counter` is raised when the number is taken by another record.
std::uint64_t derive(const ledger::hash& leaf, std::uint32_t counter);

std::string to_text(std::uint64_t receipt); // "482-193-7620"

// The running number of a step with a Damm check digit, such as "57-3".
std::string ticket_text(std::int64_t ticket);
// What ticket_text gives, as a person types it; nothing when the check digit does not fit.
std::optional<std::int64_t> parse_ticket(std::string_view text);

enum class fault : std::uint8_t { none, not_ten_digits, wrong_check_digit };
struct parsed {
  fault wrong = fault::none;
  std::uint64_t receipt = 0; // as derive gives it; only when nothing is wrong
};
// Takes what a person types: spaces and dashes anywhere, Persian and Arabic digits.
parsed parse(std::string_view text);

} // namespace tallyline::storage::receipt
