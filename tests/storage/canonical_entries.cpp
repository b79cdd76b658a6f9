#include "storage/canonical.h"

#include <doctest/doctest.h>

using namespace tallyline::storage;
using namespace tallyline::storage::canonical;

namespace {

// Every way of reading an entry; how many of them take these bytes.
int readers_of(std::string_view bytes) {
  record_view v;
  return is_import(bytes) + read_menu(bytes).has_value() + read_policy(bytes).has_value() +
         read_decision(bytes).has_value() + read_settings(bytes).has_value() + read_forgetting(bytes).has_value() +
         read_numbering(bytes).has_value() + read_roster(bytes).has_value() + read_account(bytes).has_value() +
         read_site_key(bytes).has_value() + read_enrolment(bytes).has_value() + read_record(bytes, v);
}

constexpr std::string_view digest = "0123456789abcdef0123456789abcdef";

const std::vector<std::string> samples = {
    import_bytes({}, {}, 5),
    menu_bytes({"polling", 2, "00ff", "admin", 7, "second", "urgent"}),
    menu_bytes({"polling", 0, "", "admin", 7, "", ""}),
    policy_bytes({{"approval", 1}, {"freeze_from_ms", -5}}, "admin", 9),
    decision_bytes({{4}, {2, 3}, "why", "officer", 11}),
    decision_bytes({{}, {300}, "", "officer", 11}),
    settings_bytes({{"version", "1"}, {"pin.tries", "5"}}, "serve", 13),
    forgetting_bytes({{2, 9}, "term over", "office", 15}),
    forgetting_bytes({{}, "", "office", 15}),
    roster_bytes({"replace_phone", 7, "clerk", "O1", digest, digest, 99, "", 17}),
    roster_bytes({"unlock", 0, "clerk", "O1", digest, {}, 0, "office", 17}),
    account_bytes({"maryam", "supervisor", "P02", "owner", 19}),
    account_bytes({"maryam", "none", "", "owner", 19}),
    site_key_bytes({"S1", true, "office", 17}),
    site_key_bytes({"S1", false, "office", 17}),
    enrolment_bytes({"S1", 9, 19}),
};

} // namespace

TEST_CASE("each entry is read by its own reader and by no other, and its kind is known") {
  const kind kinds[] = {kind::import,   kind::menu,     kind::menu,       kind::policy,    kind::decision,
                        kind::decision, kind::settings, kind::forgetting, kind::forgetting,
                        kind::roster,   kind::roster,   kind::account,  kind::account,   kind::site_key,
                        kind::site_key, kind::enrolment};
  for (std::size_t i = 0; i < samples.size(); ++i) {
    CHECK(readers_of(samples[i]) == 1);
    CHECK(kind_of(samples[i]) == kinds[i]);
  }
  const auto d = read_decision(samples[4]).value();
  CHECK(d.accepted == std::vector<std::int64_t>{4});
  CHECK(d.rejected == std::vector<std::int64_t>{2, 3});
  CHECK(d.by == "officer");
  CHECK(d.reason == "why");
  CHECK(read_forgetting(samples[7])->records == std::vector<std::int64_t>{2, 9});
  CHECK(read_settings(samples[6])->values[1].second == "5");
}

TEST_CASE("an entry that is cut off anywhere, or has a byte too many, is none") {
  for (const auto& s : samples) {
    for (std::size_t size = 0; size < s.size(); ++size)
      CHECK(readers_of(std::string_view(s).substr(0, size)) == 0);
    CHECK(readers_of(s + '\0') == 0);
  }
}

TEST_CASE("a decision that decides nothing, accepts two, or names a record twice is none") {
  CHECK_FALSE(read_decision(decision_bytes({{}, {}, "", "officer", 1})).has_value());
  CHECK_FALSE(read_decision(decision_bytes({{1, 2}, {}, "", "officer", 1})).has_value());
  CHECK_FALSE(read_decision(decision_bytes({{}, {3, 3}, "", "officer", 1})).has_value());
  CHECK_FALSE(read_decision(decision_bytes({{}, {3, 2}, "", "officer", 1})).has_value());
  CHECK_FALSE(read_decision(decision_bytes({{}, {0}, "", "officer", 1})).has_value());
}
