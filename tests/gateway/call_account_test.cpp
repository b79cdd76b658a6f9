// Whose air time a call is.
#include "gateway/call_account.h"
#include "tests/support/memory_store.h"

#include <doctest/doctest.h>

using namespace tallyline;
using gateway::site_of_call;

namespace {

// A country with two districts, a site in each and a second one in the first; a station with an officer each.
storage::election two_districts() {
  storage::election e;
  e.languages = {"en"};
  e.areas = {
      {"C", storage::none, "country", {"Country"}}, {"D1", 0, "district", {"One"}}, {"D2", 0, "district", {"Two"}}};
  e.stations = {{"001", 1, {"First"}, 100}, {"002", 2, {"Second"}, 100}};
  for (std::uint32_t i = 0; i < 2; ++i) {
    storage::person p;
    p.msisdn = 989120000001 + i, p.role = "presiding_officer", p.scope_index = i;
    e.people.push_back(p);
  }
  e.sites = {{"S1", 1, 982100000001, ""}, {"S2", 2, 982100000002, ""}, {"S3", 1, 982100000003, ""}};
  e.let_sites_speak();
  e.index();
  return e;
}

std::string site(const storage::election& e, std::string_view peer, std::uint64_t msisdn) {
  const auto* s = site_of_call(e, peer, msisdn);
  return s ? s->code : "nobody's";
}

} // namespace

TEST_CASE("A call is the site's whose number called, however the network writes it, or logged in") {
  const auto e = two_districts();
  CHECK(site(e, "+982100000002", 0) == "S2");
  CHECK(site(e, "02100000002", 0) == "S2");
  CHECK(site(e, "2100000002", 989120000001) == "S2");
  CHECK(site(e, "", 982100000003) == "S3");
  CHECK(site(e, "", 0) == "nobody's");
  CHECK(site(e, "2", 0) == "nobody's");
  CHECK(site(e, "210.0.0.0:0002", 0) == "nobody's"); // an address is no number
}

TEST_CASE("A person's call is that of the one site for what they answer for, and nobody's where there are several") {
  const auto e = two_districts();
  CHECK(site(e, "", 989120000002) == "S2");
  CHECK(site(e, "", 989120000001) == "nobody's"); // S1 or S3
  CHECK(site(e, "", 989129999999) == "nobody's");
}

TEST_CASE("A finished call is written down with its seconds, octets, reports and how it went") {
  const auto e = two_districts();
  storage::memory_store store;
  store.at_once = true;
  gateway::call_account account(e, store, [] { return std::int64_t{100'000}; });
  modem::call_info about;
  about.line = "first", about.peer = "+982100000001";
  modem::call_figures carried{300, 900, std::chrono::seconds(42)};
  account.over({about, carried, "person", 989120000001, 2, modem::call_end::carrier_lost});
  about.peer.clear();
  account.over({about, carried, "not known", 0, 0, modem::call_end::carrier_lost}); // nobody knows whose
  REQUIRE(store.calls.size() == 1);
  const auto& c = store.calls.front();
  CHECK(c.site == "S1");
  CHECK(c.by == "terminal first");
  CHECK(c.took_ms == 42'000);
  CHECK(c.began_ms == 58'000);
  CHECK(c.octets_in == 300);
  CHECK(c.reports == 2);
  CHECK(c.ended == "carrier lost");
  CHECK_FALSE(c.by_key);
}
