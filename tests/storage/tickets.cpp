// What headquarters answers, and steps that are followed by their number.
#include "storage/tickets.h"

#include "storage/receipt.h"
#include "storage/verify.h"
#include "tests/storage/support.h"

using namespace tallyline::storage;
using namespace tallyline::storage::test;

namespace {

constexpr std::uint64_t nima = 989120000005;
constexpr std::int64_t now = 1'780'000'000'000;

report call_for_help(std::string text, std::uint64_t who = sara, std::string scope = "1001",
                     std::string role = "presiding_officer") {
  report r;
  r.form = "help";
  r.once = r.many = true;
  r.scope = scope, r.key = {scope};
  r.fields = {{"category", std::string("system"), false}, {"text", std::move(text), false}};
  r.msisdn = who, r.role = std::move(role);
  r.menu_version = "00ff";
  r.time_ms = now;
  return r;
}

report from_headquarters(std::string form, std::string scope, std::string follows, std::string part, std::string within) {
  report r;
  r.form = std::move(form), r.follows = std::move(follows);
  r.scope = scope, r.key = {scope, std::move(part)};
  r.fields = {{"text", std::string("on its way"), false}, {"by", std::string("maryam"), false}};
  r.account = "maryam", r.within = std::move(within), r.role = "headquarters", r.by = bearer::console;
  r.menu_version = "console";
  r.time_ms = now + 60'000;
  return r;
}

struct helping : night {
  void good() {
    const auto v = verify_database(database, {}).value();
    CHECK_MESSAGE(!v.wrong, to_text(*v.wrong));
  }
  ticket only(const char* form) {
    const auto all = tickets(database, form).value();
    REQUIRE(all.size() == 1);
    return all[0];
  }
};

} // namespace

TEST_CASE_FIXTURE(helping, "a call for help waits with its ticket until headquarters has answered it") {
  {
    blocking_store s(database);
    CHECK(s.submit(call_for_help("printer")).value().ticket == 1);
    CHECK(s.submit(call_for_help("printer")).value().what == verdict::duplicate);
  }
  const auto t = only("help");
  CHECK(t.done_ms == 0);
  CHECK(t.msisdn == sara);
  CHECK(t.fields.find("printer") != std::string::npos);
  {
    blocking_store s(database);
    CHECK(s.submit(from_headquarters("help_answer", "1001", "help", t.part, "A1")).has_value());
  }
  CHECK(only("help").done_form == "help_answer");
  CHECK(only("help").done_fields.find("maryam") != std::string::npos);
  good();
}

TEST_CASE_FIXTURE(helping, "an account answers for its area alone, and for nothing that was never asked") {
  {
    blocking_store s(database);
    s.submit(call_for_help("printer")).value();
  }
  const auto t = only("help");
  blocking_store s(database);
  CHECK(s.submit(from_headquarters("help_answer", "1001", "help", t.part, "A2")).error() == errc::outside_area);
  CHECK(s.submit(from_headquarters("help_answer", "2001", "help", t.part, "A2")).error() == errc::out_of_area);
  CHECK(s.submit(from_headquarters("help_answer", "1001", "help", "~nothing", "A1")).error() == errc::nothing_to_follow);
  CHECK(s.submit(from_headquarters("help_answer", "XX", "help", t.part, "")).error() == errc::outside_area);
  auto phone = from_headquarters("help_answer", "1001", "help", t.part, "A1");
  phone.by = bearer::ussd; // only a console speaks for headquarters
  CHECK(s.submit(phone).error() == errc::bad_report);
  phone.by = bearer::console, phone.msisdn = sara;
  CHECK(s.submit(phone).error() == errc::bad_report);
  CHECK(s.submit(from_headquarters("help_answer", "1001", "help", t.part, "")).has_value());
}

TEST_CASE_FIXTURE(helping, "a step is followed by its number, whose check digit is looked at") {
  auto opened = from_headquarters("case", "O1", "", "", "A1");
  opened.key = {"O1"}, opened.once = opened.many = true;
  auto answered = call_for_help("we do not", nima, "O1", "clerk");
  answered.form = "case_answer", answered.many = false, answered.follows = "case";
  answered.ticket_of = "case", answered.ticket_at = 1;
  {
    blocking_store s(database);
    const auto number = s.submit(opened).value().ticket;
    auto typed = receipt::ticket_text(number);
    std::erase(typed, '-');
    auto wrong = typed;
    wrong.back() = wrong.back() == '9' ? '0' : static_cast<char>(wrong.back() + 1);
    answered.key = {"O1", wrong};
    CHECK(s.submit(answered).error() == errc::nothing_to_follow);
    answered.key = {"O1", typed};
    CHECK(s.submit(answered).value().what == verdict::recorded);
    CHECK(s.submit(answered).value().what == verdict::duplicate);
  }
  CHECK(only("case").done_form == "case_answer");
  CHECK(only("case").part == only("case_answer").part);
  auto closed = from_headquarters("case_closed", "O1", "case_answer", only("case").part, "A1");
  CHECK(submit_offline(database, closed).has_value());
  CHECK(only("case_answer").done_form == "case_closed");
  good();
}

TEST_CASE_FIXTURE(helping, "what a number is to be shown is found again after a restart, and gone when it was shown") {
  REQUIRE(leave_notice(database, sara, "12-3: on its way", now));
  {
    blocking_store s(database);
    REQUIRE(s.worker->notices().size() == 1);
    CHECK(s.worker->notices()[0].msisdn == sara);
    s.worker->save_notice(reza, "another", {});
    s.worker->drop_notices(sara, {});
  }
  blocking_store s(database);
  REQUIRE(s.worker->notices().size() == 1);
  CHECK(s.worker->notices()[0].text == "another");
}
