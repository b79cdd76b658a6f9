// What is said inside the seals: reports and questions up, verdicts and forms down. LINK.md, "Messages".
//
// Plain data and its octets; pure, any thread. Reading gives nothing for what could not have been written.
#pragma once

#include "modem/link/layout.h"
#include "modem/link/seal.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tallyline::modem::link {

// --- up

struct reports {
  digest coded_by{};       // the layout
  std::uint64_t first = 0; // number of the first record in the site's queue; the others follow without a gap
  std::string coded;       // see records.h
};
struct hello { // nothing to report: are the forms still the same?
  digest forms{};
};
struct fetch { // the forms, from this octet on
  digest forms{};
  std::uint64_t from = 0;
};
using up_message = std::variant<reports, hello, fetch>;

// --- down

// What there is to fetch. Of the forms that the site has already, nothing needs to be fetched.
struct offer {
  digest forms{};
  std::uint64_t size = 0; // octets, packed
};

enum class verdict : std::uint8_t {
  recorded = 0,
  duplicate,
  corrected,
  review,
  first_entry,
  agreed,
  differs,
  refused, // by a rule or a limit: `text` says why, `question` which answer
  unread,  // it cannot be a report by the forms as they are now
};
inline constexpr std::uint8_t last_verdict = static_cast<std::uint8_t>(verdict::unread);

struct decision {
  verdict what = verdict::recorded;
  bool derived = true;       // the receipt follows from the record, see LINK.md; else it is given
  std::uint64_t receipt = 0; // ten digits as a number
  std::string text, question;
};

using drawn_octets = std::array<std::uint8_t, 8>;

// What became of a run of records that were decided on together.
struct answer {
  std::uint64_t first = 0;
  std::int64_t time_ms = 0; // UTC, of all of them
  drawn_octets drawn{};     // for the salts
  std::vector<decision> decisions;
  std::optional<offer> newer; // other forms are in service
};
struct unknown_forms { // coded by a layout that is not known (any more)
  offer now;
};
struct forms_now { // in answer to hello
  offer now;
};
struct forms_part {
  digest forms{};
  std::uint64_t size = 0, at = 0;
  std::string bytes;
};
struct stale_call { // this call's number was used before: the next may be above `last`
  std::uint64_t last = 0;
};
struct not_now {}; // nothing could be kept: again later
using down_message = std::variant<answer, unknown_forms, forms_now, forms_part, stale_call, not_now>;

std::string to_octets(const up_message& m);
std::string to_octets(const down_message& m);
std::optional<up_message> read_up(std::string_view octets);
std::optional<down_message> read_down(std::string_view octets);

// --- how messages stand in a stream: their size as a varint, then the sealed octets

inline constexpr std::size_t longest_message = 64 * 1024;
void put_message(std::string& stream, std::string_view sealed);
struct next_message {
  enum class state : std::uint8_t { incomplete, whole, bad } what = state::incomplete;
  std::string_view sealed;
  std::size_t octets = 0; // of the stream, size included
};
next_message first_message(std::string_view stream);

// --- what a call begins with: version 1, the key's name, the call's number

struct opening {
  key_name key{};
  std::uint64_t call = 0;
};
inline constexpr std::uint8_t link_version = 1;
std::string to_octets(const opening& o);
struct found_opening {
  enum class state : std::uint8_t { incomplete, whole, bad } what = state::incomplete;
  opening is;
  std::size_t octets = 0;
};
found_opening read_opening(std::string_view stream);

// Why a call is refused in clear, for who cannot be spoken to under seal.
enum class refusal : std::uint8_t { unknown_key = 1, broken_seal = 2, other_version = 3 };
std::string_view in_words(refusal r);

} // namespace tallyline::modem::link
