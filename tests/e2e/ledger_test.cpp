// The ledger's commands beside a gateway that runs, and the mistakes that are made with its files.
#include "storage/reader.h"
#include "storage/verify.h"
#include "tests/e2e/line.h"

#include <sys/stat.h>

using namespace tallyline;
using namespace tallyline::tests;

namespace {

struct proving : line {
  // The command's exit code; what it said is in `said`.
  int command(std::vector<std::string> arguments) {
    const auto file = where.at("said");
    fs::remove(file);
    const int code = run(std::move(arguments), file);
    std::ifstream in(file);
    said.assign(std::istreambuf_iterator<char>(in), {});
    return code;
  }
  bool says(std::string_view part) const { return said.find(part) != std::string::npos; }
  std::string database() const { return where.at("night.db"); }
  std::string report(std::uint64_t official, const char* votes) {
    auto answers = whole_report;
    answers[3] = votes;
    const auto page = call(official, answers);
    return page.substr(page.find("Receipt ") + 8);
  }
  void stop() {
    CHECK(gateway.end_gently([&] { io.run_one_for(std::chrono::milliseconds(10)); }) == 0);
    wait_until([&] { return !exchange.has_esme(); });
  }
  std::string public_key() { return storage::to_hex(storage::signing_key::open(database()).value().shown()); }
  std::string said;
};

} // namespace

TEST_CASE_FIXTURE(proving,
                  "status, verify, backup and bundle work while the gateway writes, and a stop signs the last head") {
  report(1, "120");
  CHECK(command({"status", "--database", database()}) == 0);
  CHECK(says("running, 0 sessions open"));
  CHECK(command({"verify", database()}) == 0);
  CHECK(says("all good"));
  CHECK(command({"backup", where.at("kept.db"), "--database", database()}) == 0);
  CHECK(command({"verify", where.at("kept.db")}) == 0);
  CHECK(command({"backup", where.at("kept.db"), "--database", database()}) == 1);
  CHECK(says("nothing was overwritten"));
  const auto receipt = report(2, "121");
  stop();
  CHECK(command({"receipt", receipt, "--database", database(), "--proof", where.at("proof.json")}) == 0);
  CHECK(says("in the ledger"));
  const auto key = public_key();
  CHECK(command({"export", "bundle", where.at("night.tlb"), "--database", database()}) == 0);
  CHECK(command({"verify", where.at("night.tlb"), "--public-key", key}) == 0);
  CHECK(says("2 records"));
  for (const auto& file : fs::directory_iterator(where.path))
    if (file.path().filename().string().starts_with("night.db")) fs::remove(file);
  CHECK(command({"receipt", "--check", where.at("proof.json"), "--public-key", key}) == 0);
  CHECK(says("is in the ledger"));
  CHECK(command({"receipt", "--check", where.at("proof.json"), "--public-key", std::string(64, '0')}) == 1);
  CHECK(command({"restore", where.at("kept.db"), "--database", database()}) == 0);
  CHECK(command({"verify", database()}) == 0);
  CHECK(says("1 records"));
}

TEST_CASE_FIXTURE(proving, "a decision is made by the gateway while it runs, and by the command when it does not") {
  report(1, "120");
  const auto flagged = report(1, "121");
  CHECK(command({"review", "--database", database()}) == 0);
  CHECK(command({"review", "accept", flagged, "--database", database(), "--by", "officer", "--reason", "seen"}) == 0);
  CHECK(says("accepted"));
  CHECK(command({"review", "accept", flagged, "--database", database(), "--by", "officer", "--reason", "seen"}) == 0);
  CHECK(says("decided so already"));
  CHECK(command({"review", "accept", "000-000-0000", "--database", database(), "--by", "officer", "--reason", "x"}) ==
        1);
  CHECK(says("no record has this receipt"));
  CHECK(report(1, "122") != flagged); // other values wait now
  CHECK(command({"review", "--database", database(), "--format", "csv"}) == 0);
  CHECK(says("in review"));
  stop();
  CHECK(command({"review", "reject", flagged, "--database", database(), "--by", "officer", "--reason", "no"}) == 0);
  CHECK(command({"verify", database()}) == 0);
}

TEST_CASE_FIXTURE(proving, "a second gateway on the same database is refused and changes nothing") {
  report(1, "120");
  auto entries = [&] { return storage::reader::open(database()).value().leaves().value().size(); };
  const auto before = entries();
  CHECK(command({"serve", "--database", database(), "--smsc-port", "1"}) == 1);
  CHECK(says("another program holds the database"));
  CHECK(entries() == before);
  CHECK(command({"forget", std::to_string(msisdn_of(1)), "--database", database(), "--by", "office"}) == 1);
  CHECK(says("stop it first"));
  CHECK(report(2, "7").size() == 12); // the first goes on
}

TEST_CASE_FIXTURE(proving,
                  "a lost log, a key that others may read, and another key are each told before anything begins") {
  stop();
  fs::copy_file(database(), where.at("older.db"));
  gateway = serve(where, exchange.port());
  wait_until([this] { return exchange.has_esme(); });
  report(1, "120");
  stop();
  fs::copy_file(database(), where.at("newer.db"));
  fs::copy_file(where.at("older.db"), database(), fs::copy_options::overwrite_existing);
  CHECK(command({"serve", "--database", database(), "--smsc-port", "1"}) == 1);
  CHECK(says("lacks entries"));
  CHECK(command({"verify", database()}) == 1);
  fs::copy_file(where.at("newer.db"), database(), fs::copy_options::overwrite_existing);
  ::chmod((database() + ".signing").c_str(), 0644);
  CHECK(command({"serve", "--database", database(), "--smsc-port", "1"}) == 1);
  CHECK(says("chmod 600"));
  fs::remove(database() + ".signing");
  CHECK(command({"serve", "--database", database(), "--smsc-port", "1"}) == 1);
  CHECK(says("signing key"));
  CHECK(command({"verify", database()}) == 0); // what was signed still holds
}

TEST_CASE_FIXTURE(proving, "a command that lacks its next word is answered with those there are") {
  CHECK(command({"cases", "list"}) == 2);
  CHECK(says("cases: which of these? open, close"));
  CHECK(command({}) == 2);
  CHECK(says("tallyline: which of these? demo, serve, "));
  CHECK(command({"cases", "close"}) == 2);
  CHECK(says("case is required"));
}
