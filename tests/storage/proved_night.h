// A night with every kind of entry in it, and heads signed: what verify, bundles and backups are tried on.
#pragma once

#include "storage/decision.h"
#include "storage/head_signer.h"
#include "storage/menu_versions.h"
#include "storage/settings.h"
#include "storage/sites.h"
#include "storage/verify.h"
#include "tests/storage/support.h"

namespace tallyline::storage::test {

inline decision ruling_of(std::string receipt, bool accept) {
  return {std::move(receipt), accept, "duty officer", "the signed sheet says so", 1'780'000'100'000};
}

inline report with_witness(report r) {
  r.fields.push_back({"witness", std::string("Zahra"), true});
  r.fields.push_back({"national_id", std::int64_t{1234567890}, true});
  r.fields.push_back({"numbers", std::vector<list_item>{{1, 5}, {2, 6}}, true});
  return r;
}

struct proved_night : night {
  proved_night() {
    auto signer = head_signer::open(database).value();
    note_settings(database, {{"version", "1"}}, "serve", 1000).value();
    set_menu_policy(database, {true, 0, 0}, "admin", 1000).value();
    set_menu_policy(database, {}, "admin", 1001).value();
    menu_version v;
    v.menu = "polling", v.digest = "00ff", v.bundle = "text", v.by = "admin", v.time_ms = 1002;
    publish_menu(database, v).value();
    // A site that was invited, revoked, invited again, and then called.
    for (const bool invited : {true, false, true})
      set_site_key(database, "S1", invited ? std::optional(site_secret{1}) : std::nullopt, "admin", 1003).value();
    {
      blocking_store s(database);
      std::optional<boost::system::error_code> saved;
      s.worker->save_call({"S1", "first", 1004, 50, 10, 10, 0, 1, "over"}, [&](auto e) { saved = e; });
      s.network().run_until([&] { return saved.has_value(); });
      first = s.submit(with_witness(count_of("1001", sara, 60))).value();
      corrected = s.submit(count_of("1001", sara, 61)).value();
      dissent = s.submit(count_of("1001", omid, 62, "supervisor")).value();
      signer.sign(2000).value();
      auto flagged = count_of("1002", reza, 63);
      flagged.flags = {"many"};
      flagged.reason = "counted again";
      other = s.submit(flagged).value();
      auto entry = count_of("1001", mina, 70, "clerk");
      entry.form = "sheet";
      entry.entries = 2;
      s.submit(entry).value();
      entry.msisdn = sara, entry.role = "presiding_officer";
      agreed = s.submit(entry).value();
      s.decide(ruling_of(dissent.receipt, true)).value();
    }
    signer.sign(3000).value();
  }
  verification verified(const verify_options& o = {}) {
    auto v = verify_database(database, o);
    REQUIRE_MESSAGE(v.has_value(), v.error().message());
    return *v;
  }
  outcome first, corrected, dissent, other, agreed;
};

} // namespace tallyline::storage::test
