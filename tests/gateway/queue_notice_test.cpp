// Who is told of a queue that has grown old.
#include "gateway/queue_notice.h"
#include "gateway/serve_queues.h"
#include "gateway/sms_bearer.h"
#include "tests/gateway/reports/office_kit.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <fstream>

using namespace tallyline;
using namespace tallyline::gateway;
using namespace tallyline::tests;

namespace {

struct watched : registration {
  watched() : election(std::make_shared<const storage::election>(storage::load_election(database).value())) {}

  void queue(const char* office, int length, std::int64_t since) {
    std::vector<ticket> all;
    for (int i = 0; i < length; ++i)
      all.push_back({office, person(static_cast<std::size_t>(tickets_given + i + 1)), since, 0});
    write(all);
  }
  void works(const char* office, std::int64_t at) {
    write({{office, person(static_cast<std::size_t>(tickets_given + 1)), at - minute_ms, at}});
  }
  std::vector<queue_notice> planned(std::int64_t now, const menus::bearer& fits = menus::unlimited) {
    auto from = storage::reader::open(database).value();
    return plan_queue_notices(*election, queues_of(from, *election, "documents", now), settings, texts, fits, now);
  }
  const queue_notice* to(const std::vector<queue_notice>& all, std::uint64_t msisdn) {
    for (const auto& n : all)
      if (n.what.msisdn == msisdn) return &n;
    return nullptr;
  }

  std::shared_ptr<const storage::election> election;
  queue_settings settings{true, "documents", 60, 120, storage::bearer::sms};
  notice_texts texts;
};

constexpr std::uint64_t clerk_1 = 989120000101, omid = 989120000201, nasrin = 989120000202, parvin = 989120000203;

} // namespace

TEST_CASE_FIXTURE(watched, "The office and the nearest supervisor above it are told, each in their language") {
  const auto now = saturday + 12 * hour_ms;
  queue("O1", 4, now - 61 * minute_ms);
  works("O2", now - 10 * minute_ms);
  queue("O5", 2, now - 100 * minute_ms);
  queue("O6", 3, now - 59 * minute_ms); // not old yet
  const auto all = planned(now);
  REQUIRE(all.size() == 4);
  CHECK(to(all, clerk_1)->text ==
        "دفتر O1: ۴ نفر در صف، نخستین ۶۱ دقیقه. خلوت‌تر: دفتر ۲ (O2)، ۰ "
        "نفر.");
  CHECK(to(all, clerk_1)->what.kind == storage::reminder_kind::reminder);
  CHECK(to(all, omid)->text == "ساری: صف ۱ دفتر کهنه است: O1 ۴ نفر ۶۱ دقیقه ← O2");
  CHECK(to(all, nasrin)->text == "Babol: old queues in 1 offices: O5 2 waiting 100 min");
  CHECK(to(all, nasrin)->what.kind == storage::reminder_kind::escalation);
  CHECK(to(all, parvin) == nullptr); // the province has its counties' supervisors
}

TEST_CASE_FIXTURE(watched, "A supervisor gets one message, with as many offices as it has room for, the oldest first") {
  const auto now = saturday + 12 * hour_ms;
  queue("O5", 2, now - 100 * minute_ms);
  queue("O6", 2, now - 200 * minute_ms);
  queue("O7", 2, now - 300 * minute_ms);
  struct narrow final : menus::bearer {
    bool fits(std::string_view text) const override { return text.size() < 90; }
  };
  CHECK(to(planned(now, narrow()), nasrin)->text ==
        "Babol: old queues in 3 offices: O7 2 waiting 300 min; O6 2 waiting 200 min…");
}

TEST_CASE_FIXTURE(watched,
                  "While the gateway runs nobody is told twice within the set time, and what failed is kept as such") {
  const auto now = saturday + 12 * hour_ms;
  queue("O1", 1, now - 2 * hour_ms);
  boost::asio::io_context io;
  const auto work = boost::asio::make_work_guard(io);
  std::vector<queue_notice> sent;
  std::string why;
  {
    queue_watch watch(
        io, database, election, settings,
        [&](const queue_notice& n) { return sent.push_back(n), n.what.msisdn == omid ? "no bind" : ""; },
        [&] { return now; }, std::chrono::milliseconds(5));
    watch.start();
    while (watch.figures().looks < 4)
      io.run_one();
    CHECK(watch.figures().failed_looks == 0);
    CHECK(watch.figures().sent == 1);
    CHECK(watch.figures().refused >= 1);
    watch.stop();
  }
  CHECK(std::count_if(sent.begin(), sent.end(), [](const auto& n) { return n.what.msisdn == clerk_1; }) == 1);
  auto kept = storage::reminders::open(database).value();
  std::map<std::uint64_t, storage::reminder> last;
  REQUIRE(kept.for_each("queue.documents", [&](const storage::reminder& r) { last.try_emplace(r.msisdn, r); }));
  CHECK(last.at(clerk_1).state == storage::reminder_state::sent);
  CHECK(last.at(clerk_1).key == "O1");
  CHECK(last.at(omid).state == storage::reminder_state::refused);
  CHECK(last.at(omid).why == "no bind");
}

TEST_CASE_FIXTURE(watched, "Without the setting nobody is told") {
  queue("O1", 1, saturday);
  boost::asio::io_context io;
  settings.given = false;
  int sent = 0;
  const auto out = [&](const queue_notice&) { return ++sent, std::string(); };
  queue_watch watch(io, database, election, settings, out, [] { return saturday + day_ms; });
  watch.start();
  io.run();
  CHECK(watch.figures().looks == 0);
  CHECK(sent == 0);
}

TEST_CASE_FIXTURE(watched, "A text that names what no notice has is refused by its place") {
  const auto file = folder / "notices.yaml";
  std::ofstream(file, std::ios::binary) << "office: {en: \"{offic} waits\"}\n";
  CHECK_THROWS_WITH_AS(notice_texts{file}, doctest::Contains("notices.yaml:1:14: error: unknown name 'offic'"),
                       std::runtime_error);
  std::ofstream(file, std::ios::binary) << "office: {en: \"{now} waits\"}\n";
  CHECK_THROWS_WITH_AS(notice_texts{file}, doctest::Contains("only the words in braces"), std::runtime_error);
  std::ofstream(file, std::ios::binary) << "office: {en: waits}\n";
  CHECK_THROWS_WITH_AS(notice_texts{file}, doctest::Contains("says nothing for 'office_alone'"), std::runtime_error);
}

TEST_CASE_FIXTURE(watched, "What ships fits three parts of SMS for an office, in both languages") {
  notice_texts::values v;
  v.fill(menus::text_value("a name as long as those of offices are at times"));
  for (const auto w : {notice_texts::word::office, notice_texts::word::near})
    v[static_cast<std::size_t>(w)] = menus::text_value("F-123456");
  for (const auto w : {notice_texts::word::waiting, notice_texts::word::minutes, notice_texts::word::near_waiting,
                       notice_texts::word::offices})
    v[static_cast<std::size_t>(w)] = menus::number_value(99'999);
  for (const auto* language : {"fa", "en"})
    for (const auto which : {notice_texts::which::office, notice_texts::which::office_alone})
      CHECK(sms_page().fits(texts.said(which, language, v)));
}
