// Who asked for help.
#include "tests/gateway/reports/office_kit.h"

using namespace tallyline;
using namespace tallyline::tests;
using gateway::support;

namespace {

struct helped : registration {
  void ask(const std::string& office, const std::string& category, std::int64_t since, std::int64_t answered = 0) {
    storage::test::blocking_store s(database);
    auto r = record("help", office, "", since, storage::bearer::ussd);
    r.key = {office}, r.pseudonyms.clear(), r.many = true;
    r.fields = {{"category", category, false}, {"text", fmt::format("{}", since), false}};
    const auto got = s.submit(r).value();
    if (!answered) return;
    // The answer, as the store would note it.
    auto db = storage::sqlite::open_for_writing(database.string(), storage::sqlite::mode::read_write);
    db.exec(
        fmt::format("UPDATE step SET done_seq = seq, done_form = 'help_answer', done_ms = {} WHERE form = 'help' AND "
                    "ticket = {}",
                    answered, got.ticket)
            .c_str());
  }
};

} // namespace

TEST_CASE_FIXTURE(helped,
                  "Requests are counted by area and category, with the ages of the open ones and the times of the "
                  "answered ones") {
  const auto now = saturday + day_ms;
  ask("O1", "device", now - 90 * minute_ms);
  ask("O1", "device", now - 30 * minute_ms);
  ask("O1", "device", now - 300 * minute_ms, now - 280 * minute_ms);
  ask("O2", "menu", now - 300 * minute_ms, now - 200 * minute_ms);
  ask("O5", "menu", now - 300 * minute_ms, now - 260 * minute_ms);
  gateway::report_scope scope;
  scope.by = "county";
  CHECK(csv(support, scope, now) == "C1,ساری,device,,2,90,30,1,20,20\n"
                                    "C1,ساری,menu,,0,,,1,100,100\n"
                                    "C2,بابل,menu,,0,,,1,40,40\n"
                                    ",,total,,2,90,30,3,40,100\n");
  scope.by.clear(), scope.area = "C2";
  CHECK(csv(support, scope, now) == "C2,بابل,menu,,0,,,1,40,40\n,,total,,0,,,1,40,40\n");
}

TEST_CASE_FIXTURE(helped, "Each request can be listed by its ticket") {
  const auto at = saturday + 10 * hour_ms;
  ask("O1", "device", at, at + 5 * minute_ms);
  ask("O2", "menu", at);
  gateway::report_scope scope;
  scope.list = true;
  CHECK(csv(support, scope, at + hour_ms) == "1,ایران,O1,device,2026-05-02 10:00,2026-05-02 10:05,5\n"
                                             "2,ایران,O2,menu,2026-05-02 10:00,,60\n");
}

TEST_CASE_FIXTURE(helped, "Where nobody has asked for help it is said so") {
  CHECK(made(support, {}, saturday).notes.front() == "Nobody has asked for help ('help').");
}
