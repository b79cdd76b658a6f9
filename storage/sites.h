// Sites on the report link as the database keeps them: their keys, how far their calls have counted, their calls.
//
// Keys lie sealed under the key file beside the database (storage/pin.h): the database alone opens no line. A key made
// by invitation stands before the pack's and outlives imports; a revoked one leaves none. Any thread, each call opens
// the database for itself; a running gateway reads again when it is told to.
#pragma once

#include "storage/errors.h"
#include "storage/pin.h"
#include "storage/store.h"

#include <array>
#include <boost/system/result.hpp>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::storage {

using site_secret = std::array<std::uint8_t, 32>;

struct known_site {
  std::string code, area;
  std::uint64_t msisdn = 0;
  std::optional<site_secret> key; // none: never enrolled, or revoked
  bool revoked = false;
  std::uint64_t last_call = 0;
};

// In the pack's order. Errors: no_database, key_exposed, bad_key, corrupt, io.
result<std::vector<known_site>> load_sites(const std::filesystem::path& database);
// A new key, with the calls and answers of the one before forgotten; without one, the site is revoked. `by`: who does
// it, for the ledger.
// Errors: not_on_roster when there is no such site; else as above.
result<void> set_site_key(const std::filesystem::path& database, std::string_view code,
                          const std::optional<site_secret>& key, std::string_view by, std::int64_t now_ms);

// A site with what its calls have cost, for `report sites`.
struct site_calls {
  std::string code, area;
  bool enrolled = false;
  std::int64_t calls = 0, took_ms = 0, octets_in = 0, octets_out = 0, retries = 0, reports = 0;
  std::int64_t last_call_ms = 0, last_report_ms = 0; // 0: none
  std::string last_end;
};
result<std::vector<site_calls>> load_site_calls(const std::filesystem::path& database);

// Sealing for what lies in the database or in a pack that goes there. Opening gives nothing for what was not sealed so.
std::string seal_secret(const pin_key& key, std::string_view code, const site_secret& secret);
std::optional<site_secret> open_secret(const pin_key& key, std::string_view code, std::string_view sealed);

} // namespace tallyline::storage
