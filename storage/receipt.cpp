#include "storage/receipt.h"

#include "storage/text.h"

#include <array>
#include <fmt/format.h>
#include <sodium.h>

namespace tallyline::storage::receipt {
namespace {

constexpr std::uint64_t nine_digits = 1'000'000'000;

// The quasigroup of order 10 of Damm's thesis.
constexpr std::uint8_t damm[10][10] = {{0, 3, 1, 7, 5, 9, 8, 6, 4, 2}, {7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
                                       {4, 2, 0, 6, 8, 7, 1, 3, 5, 9}, {1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
                                       {6, 1, 2, 3, 0, 4, 5, 9, 7, 8}, {3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
                                       {5, 8, 6, 9, 7, 2, 0, 1, 3, 4}, {8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
                                       {9, 4, 3, 8, 6, 1, 7, 2, 0, 5}, {2, 5, 8, 1, 4, 3, 6, 7, 9, 0}};

// Over nine digits it gives the check digit, over all ten it gives zero when they fit.
std::uint8_t check(std::string_view digits) {
  std::uint8_t interim = 0;
  for (const char c : digits)
    interim = damm[interim][c - '0'];
  return interim;
}

} // namespace

std::uint64_t derive(const ledger::hash& leaf, std::uint32_t counter) {
  std::array<std::uint8_t, 36> input;
  std::copy(leaf.begin(), leaf.end(), input.begin());
  for (int i = 0; i < 4; ++i)
    input[32 + static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(counter >> (24 - 8 * i));
  ledger::hash h;
  crypto_hash_sha256(h.data(), input.data(), input.size());
  std::uint64_t drawn = 0;
  for (int i = 0; i < 8; ++i)
    drawn = drawn << 8 | h[static_cast<std::size_t>(i)];
  drawn %= nine_digits;
  std::array<char, 9> digits;
  fmt::format_to_n(digits.data(), digits.size(), "{:09}", drawn);
  return drawn * 10 + check({digits.data(), digits.size()});
}

std::string to_text(std::uint64_t receipt) {
  return fmt::format("{:03}-{:03}-{:04}", receipt / 10'000'000 % 1000, receipt / 10'000 % 1000, receipt % 10'000);
}

std::string ticket_text(std::int64_t ticket) {
  const auto digits = fmt::to_string(ticket);
  return fmt::format("{}-{}", digits, check(digits));
}

std::optional<std::int64_t> parse_ticket(std::string_view text) {
  std::string kept;
  for (const char c : text.substr(0, 100))
    if (c != ' ' && c != '-') kept.push_back(c);
  const auto digits = ascii_digits(kept);
  if (!digits || digits->size() < 2 || digits->size() > 16 || check(*digits) != 0) return std::nullopt;
  return parse_number(std::string_view(*digits).substr(0, digits->size() - 1));
}

parsed parse(std::string_view text) {
  std::string kept;
  if (text.size() <= 100)
    for (const char c : text)
      if (c != ' ' && c != '-') kept.push_back(c);
  const auto digits = ascii_digits(kept);
  if (!digits || digits->size() != 10) return {fault::not_ten_digits};
  if (check(*digits) != 0) return {fault::wrong_check_digit};
  return {fault::none, static_cast<std::uint64_t>(*parse_number(*digits))};
}

} // namespace tallyline::storage::receipt
