#include "gateway/call_account.h"

#include <algorithm>
#include <fmt/format.h>

namespace tallyline::gateway {
namespace {

// Of a number, as lists of callers are compared (modem/pool.h): what is before them is how one dials it from here.
constexpr std::size_t compared_digits = 9;

std::string tail_of(std::string_view number) {
  std::string digits;
  for (const char c : number)
    if (c >= '0' && c <= '9') digits += c;
  return digits.size() < compared_digits ? std::string() : digits.substr(digits.size() - compared_digits);
}

std::uint32_t area_of(const storage::election& e, const storage::person& p) {
  switch (p.scope) {
  case storage::scope_kind::station:
    return e.stations[p.scope_index].area;
  case storage::scope_kind::office:
    return e.offices[p.scope_index].area;
  case storage::scope_kind::area:
    break;
  }
  return p.scope_index;
}

// From the area upwards: the first that has sites, if it has one only.
const storage::site* site_around(const storage::election& e, std::uint32_t area) {
  for (; area != storage::none; area = e.areas[area].parent) {
    const auto in = [&](const storage::site& s) { return s.area == area; };
    const auto first = std::find_if(e.sites.begin(), e.sites.end(), in);
    if (first == e.sites.end()) continue;
    return std::find_if(first + 1, e.sites.end(), in) == e.sites.end() ? &*first : nullptr;
  }
  return nullptr;
}

} // namespace

const storage::site* site_of_call(const storage::election& e, std::string_view peer, std::uint64_t msisdn) {
  // A caller over TCP is an address, whose digits say nothing.
  const auto number = peer.find(':') == std::string_view::npos ? tail_of(peer) : std::string();
  for (const auto& s : e.sites)
    if (s.msisdn != 0 && (s.msisdn == msisdn || (!number.empty() && tail_of(fmt::to_string(s.msisdn)) == number)))
      return &s;
  if (msisdn == 0) return nullptr;
  for (const auto p : e.people_with(msisdn))
    if (const auto* s = site_around(e, area_of(e, e.people[p]))) return s;
  return nullptr;
}

void call_account::over(const finished_call& f) {
  const auto* site = site_of_call(election_, f.about.peer, f.msisdn);
  if (!site) return;
  storage::call_record r;
  r.site = site->code;
  r.by = fmt::format("{} {}", f.what == "person" ? "terminal" : f.what, f.about.line);
  r.took_ms = f.carried.lasted.count();
  r.began_ms = now_ms_() - r.took_ms;
  r.octets_in = f.carried.octets_in, r.octets_out = f.carried.octets_out;
  r.reports = f.reports;
  r.ended = modem::describe(f.why);
  r.by_key = false;
  store_.save_call(std::move(r), {});
}

} // namespace tallyline::gateway
