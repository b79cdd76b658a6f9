#include "gateway/rehearsal/demo.h"

#include "gateway/menu_files.h"
#include "gateway/rehearsal/demo_folder.h"
#include "gateway/rehearsal/demo_officials.h"
#include "gateway/rehearsal/handset_port.h"
#include "gateway/reports/report.h"
#include "gateway/serve.h"
#include "gateway/share.h"
#include "storage/canonical.h"
#include "storage/import.h"
#include "storage/pack.h"
#include "storage/reader.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fstream>
#include <spdlog/spdlog.h>
#include <stdexcept>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

namespace fs = std::filesystem;

storage::pack read_demo_pack(const fs::path& folder) {
  auto pack = storage::read_pack(folder);
  if (!pack)
    throw std::runtime_error(fmt::format("{}/{}", folder.string(), storage::to_text(pack.error().list.front())));
  return std::move(*pack);
}

struct night_sums {
  std::vector<std::int64_t> votes;
  std::int64_t turnout_12 = 0, turnout_17 = 0, signatures = 0, invalid = 0, counts = 0, flagged = 0;
};

night_sums recorded(storage::reader& from, std::size_t candidates, const storage::election& e) {
  night_sums sums;
  sums.votes.resize(candidates);
  storage::canonical::record_view r;
  const auto number = [&r](std::string_view name) {
    const auto* f = r.field(name);
    return f ? f->number : 0;
  };
  const auto read = [&](std::string_view form, auto&& add) {
    const auto done = from.for_each_current_record(form, [&](std::int64_t, std::string_view body) {
      if (!storage::canonical::read_record(body, r)) throw std::runtime_error("a record cannot be read");
      sums.flagged += !r.flags.empty();
      add();
    });
    if (!done) throw std::runtime_error(done.error().message());
  };
  read("turnout", [&] { (r.field("hour")->text == "12:00" ? sums.turnout_12 : sums.turnout_17) += number("present"); });
  read("count", [&] {
    ++sums.counts;
    sums.signatures += number("signatures");
    sums.invalid += number("invalid");
    for (const auto& item : r.field("votes")->items)
      for (std::size_t c = 0; c < candidates; ++c)
        if (e.candidates[e.contests[0].candidates[c]].number == item.number) sums.votes[c] += item.value;
  });
  return sums;
}

// The national table beside the source's totals. False when a figure differs.
bool print_result(std::ostream& out, const night& source, const storage::election& e, const night_sums& got) {
  std::int64_t all = 0, expected_all = 0;
  for (const auto v : got.votes)
    all += v;
  for (const auto v : source.votes)
    expected_all += v;
  table t{{{"number", "No."},
           {"name", "Candidate"},
           {"votes", "Recorded"},
           {"share", "Share"},
           {"source", "Source"},
           {"difference", "Difference"}},
          {},
          {}};
  bool exact = true;
  const auto row = [&](cell no, std::string name, std::int64_t recorded_votes, std::int64_t expected, bool shared) {
    t.rows.push_back({no, std::move(name), recorded_votes, shared ? share_of(recorded_votes, all) : cell{}, expected,
                      recorded_votes - expected});
    exact = exact && recorded_votes == expected;
  };
  const auto& contest = e.contests[0];
  for (std::size_t c = 0; c < source.votes.size(); ++c) {
    const auto& candidate = e.candidates[contest.candidates[c]];
    row(candidate.number, std::string(storage::in_language(candidate.name, 0)), got.votes[c], source.votes[c], true);
  }
  t.rules.push_back(t.rows.size());
  row({}, "All votes", all, expected_all, true);
  row({}, "Invalid", got.invalid, source.invalid, false);
  row({}, "Signatures", got.signatures, source.signatures, false);
  row({}, "Turnout at 12:00", got.turnout_12, source.turnout_12, false);
  row({}, "Turnout at 17:00", got.turnout_17, source.turnout_17, false);
  fmt::print(out, "{}, {}: {} of {} stations counted\n\n", e.name, e.date, got.counts, source.stations.size());
  print(out, t, format::table);
  return exact;
}

class rehearsal_night {
public:
  rehearsal_night(const demo_options& o, std::ostream& err)
      : options_(o), err_(err), folder_(fresh_demo_folder(o.folder)),
        pack_(shared_file("scripts/demo/georgia-2013/election.csv").parent_path()), source_(read_night(pack_)),
        progress_(io_), signals_(io_) {
    import_demo(read_demo_pack(pack_), database(), now_ms());
  }

  fs::path database() const { return folder_ / "georgia-2013.db"; }
  fs::path menu() const { return pack_ / "menu.yaml"; }
  const night& source() const { return source_; }

  rehearsal::load_result run() {
    spdlog::set_level(spdlog::level::warn);
    smsc_ = std::make_unique<rehearsal::smsc>(io_, rehearsal::smsc_settings{});
    config c;
    c.database = database();
    c.menus = {menu()};
    c.smscs[0].link.port = smsc_->port();
    service_ = std::make_unique<service>(io_, c);
    rehearsal::load_settings l;
    l.concurrent = options_.concurrent;
    l.sessions = 3 * source_.stations.size();
    load_ = std::make_unique<rehearsal::load>(io_, *smsc_, l, [this] { return std::make_unique<official>(source_); });
    rehearsal::load_result result;
    load_->start([&](const rehearsal::load_result& r) {
      result = r;
      progress_.cancel();
      io_.stop();
    });
    if (::isatty(STDERR_FILENO)) show_progress();
    service_->start();
    io_.run();
    if (::isatty(STDERR_FILENO)) fmt::print(err_, "\r\033[K");
    summary_ = service_->summary();
    return result;
  }

  // Until Ctrl-C.
  void keep_serving() {
    load_.reset();
    rehearsal::handset_port handsets(io_, *smsc_, rehearsal::default_handset_port);
    fmt::print(err_,
               "\nStill serving. In another terminal: tallyline phone '*140#' --msisdn {} (PIN {}). Ctrl-C ends.\n",
               source_.stations[0].msisdn, source_.stations[0].pin);
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    signals_.async_wait([this](boost::system::error_code, int) { io_.stop(); });
    io_.restart();
    io_.run();
  }

  void stop() {
    io_.restart();
    service_->stop([this] { io_.stop(); });
    io_.run();
    load_.reset();
    service_.reset();
    smsc_->stop();
  }
  const std::string& summary() const { return summary_; }

private:
  void show_progress() {
    const auto& r = load_->so_far();
    const double part = double(r.completed) / double(3 * source_.stations.size());
    fmt::print(err_, "\r{} {:3.0f} %  {} of {} calls, {} turns", progress_bar(part), part * 100, r.completed,
               3 * source_.stations.size(), r.turns);
    err_.flush();
    progress_.expires_after(std::chrono::milliseconds(100));
    progress_.async_wait([this](boost::system::error_code failed) {
      if (!failed) show_progress();
    });
  }

  const demo_options& options_;
  std::ostream& err_;
  fs::path folder_, pack_;
  night source_;
  boost::asio::io_context io_{1};
  boost::asio::steady_timer progress_;
  boost::asio::signal_set signals_;
  std::unique_ptr<rehearsal::smsc> smsc_;
  std::unique_ptr<service> service_;
  std::unique_ptr<rehearsal::load> load_;
  std::string summary_;
};

} // namespace

int run_demo(const demo_options& options, std::ostream& out, std::ostream& err) {
  rehearsal_night night(options, err);
  fmt::print(err, "{} polling stations phone in turnout at 12:00, turnout at 17:00 and the count, {} at a time\n",
             night.source().stations.size(), options.concurrent);
  const rehearsal::load_result calls = night.run();
  for (const auto& e : calls.examples)
    fmt::print(err, "  {}\n", e);
  if (!calls.gave_up.empty()) fmt::print(err, "the phones gave up: {}\n", calls.gave_up);
  const auto election = storage::load_election(night.database());
  auto reader = storage::reader::open(night.database());
  if (!election || !reader) throw std::runtime_error("the demo's database cannot be read again");
  const night_sums sums = recorded(*reader, night.source().votes.size(), *election);
  const bool exact = print_result(out, night.source(), *election, sums) && calls.completed == calls.sessions;
  fmt::print(out,
             "\n{}\n{} calls, {} turns in {:.1f} s: {:.0f} turns/s, {:.0f} records/s, {} records flagged by a "
             "confirmed warning\n"
             "turn latency p50 {:.2f} ms, p99 {:.2f} ms, max {:.2f} ms, each answer on disk before the next "
             "page\ndatabase {}\n",
             exact ? "Every figure equals the source's." : "FIGURES DIFFER FROM THE SOURCE'S.", calls.completed,
             calls.turns, calls.seconds, double(calls.turns) / calls.seconds, double(calls.completed) / calls.seconds,
             sums.flagged, double(calls.turn_latency.percentile(0.5)) / 1e6,
             double(calls.turn_latency.percentile(0.99)) / 1e6, double(calls.turn_latency.max()) / 1e6,
             fs::absolute(night.database()).string());
  out.flush();
  fmt::print(err,
             "\nLook further:\n  tallyline report results --database {0} --by district\n  tallyline report "
             "turnout --database {0}\n",
             night.database().string());
  if (options.serve) night.keep_serving();
  night.stop();
  return exact ? 0 : 1;
}

} // namespace tallyline::gateway
