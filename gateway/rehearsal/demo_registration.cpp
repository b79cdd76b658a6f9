#include "gateway/rehearsal/demo_registration.h"

#include "gateway/menu_files.h"
#include "gateway/rehearsal/demo_folder.h"
#include "gateway/rehearsal/office_phone_link.h"
#include "gateway/rehearsal/office_sites_link.h"
#include "gateway/rehearsal/office_terminal_link.h"
#include "gateway/rehearsal/registration_check.h"
#include "gateway/rehearsal/smsc.h"
#include "gateway/rehearsal/week_run.h"
#include "gateway/reports/report.h"
#include "gateway/serve.h"
#include "gateway/share.h"
#include "storage/import.h"
#include "storage/reader.h"
#include "storage/verify.h"

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fstream>
#include <iterator>
#include <optional>
#include <spdlog/spdlog.h>
#include <stdexcept>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

namespace fs = std::filesystem;
using boost::asio::ip::tcp;
using seconds = std::chrono::duration<double>;

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(file.string() + " cannot be read");
  return {std::istreambuf_iterator<char>(in), {}};
}

// A port of this machine that nobody listens on now.
std::uint16_t free_port(boost::asio::io_context& io) {
  const tcp::acceptor one(io, {boost::asio::ip::address_v4::loopback(), 0});
  return one.local_endpoint().port();
}

class registration_week {
public:
  registration_week(const registration_options& o, std::ostream& err)
      : options_(o), err_(err), folder_(fresh_demo_folder(o.folder)),
        week_(rehearsal::make_week(text_of(shared_file("scripts/demo/iran/areas.csv")), "P27",
                                   {o.seed, o.candidates, o.offices})),
        now_ms_(week_.first_ms), progress_(io_), flap_(io_) {
    const auto pack = storage::read_pack(week_.pack);
    if (!pack) throw std::runtime_error(storage::to_text(pack.error().list.front()));
    import_demo(*pack, database(), week_.first_ms);
  }

  fs::path database() const { return folder_ / "registration.db"; }
  const rehearsal::week& week() const { return week_; }

  rehearsal::week_progress run(std::function<void()> at_deadline) {
    spdlog::set_level(spdlog::level::err); // of binds that break all the time nothing is to be said
    smsc_ = std::make_unique<rehearsal::smsc>(io_, rehearsal::smsc_settings{});
    const auto terminal = free_port(io_), link = free_port(io_);
    service_ = std::make_unique<service>(io_, settings(terminal, link));
    phone_.emplace(io_, *smsc_);
    terminals_.emplace(io_, terminal);
    sites_.emplace(io_, folder_ / "sites", site_keys(), fmt::format("127.0.0.1:{}", link));
    run_.emplace(
        week_, rehearsal::week_ways{*phone_, *terminals_, *sites_}, [this](std::int64_t ms) { now_ms_ = ms; },
        std::move(at_deadline), options_.at_once);
    service_->start();
    const auto began = std::chrono::steady_clock::now();
    run_->start([this] { io_.stop(); });
    if (options_.flap_ms) flap();
    if (::isatty(STDERR_FILENO)) show_progress();
    io_.run();
    took_s_ = seconds(std::chrono::steady_clock::now() - began).count();
    if (::isatty(STDERR_FILENO)) fmt::print(err_, "\r\033[K");
    stop();
    return run_->so_far();
  }

  std::string summary() const {
    return fmt::format("{} phone pages, {} redials after {} cuts of a bind, {} terminal calls, {} link calls with {} "
                       "octets in all; {:.1f} s",
                       phone_->turns(), phone_->redials(), cuts_, terminals_->calls(), sites_->calls(),
                       sites_->octets(), took_s_);
  }
  std::int64_t now_ms() const { return now_ms_; }

private:
  config settings(std::uint16_t terminal, std::uint16_t link) {
    config c;
    c.database = database();
    c.menus = {shared_file("menus/scripts/registration.yaml"), shared_file("menus/scripts/board.yaml")};
    c.smscs[0].link.port = smsc_->port();
    c.smscs[0].binds = 2;
    c.dial_up.listen = {"127.0.0.1", terminal, options_.at_once};
    c.link_listen = fmt::format("127.0.0.1:{}", link);
    c.unix_ms = [this] { return now_ms_.load(); };
    return c;
  }
  std::map<std::string, std::string> site_keys() const {
    std::map<std::string, std::string> keys;
    for (const auto& o : week_.offices)
      if (!o.site_key.empty()) keys[o.code] = o.site_key;
    return keys;
  }

  void flap() {
    flap_.expires_after(std::chrono::milliseconds(options_.flap_ms));
    flap_.async_wait([this](boost::system::error_code cancelled) {
      if (cancelled) return;
      if (smsc_->cut_newest()) ++cuts_;
      flap();
    });
  }

  void show_progress() {
    const auto& p = run_->so_far();
    const auto day = std::max<std::int64_t>(0, (now_ms_ - week_.first_ms) / 86'400'000);
    const double part = double(p.done) / double(std::max<std::size_t>(1, p.all));
    fmt::print(err_, "\r{} {:3.0f} %  day {}, {} of {} reports", progress_bar(part), part * 100, day + 1, p.done,
               p.all);
    err_.flush();
    progress_.expires_after(std::chrono::milliseconds(100));
    progress_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled) show_progress();
    });
  }

  void stop() {
    progress_.cancel();
    flap_.cancel();
    io_.restart();
    service_->stop([this] { io_.stop(); });
    io_.run();
    service_.reset();
    smsc_->stop();
  }

  const registration_options& options_;
  std::ostream& err_;
  fs::path folder_;
  rehearsal::week week_;
  std::atomic<std::int64_t> now_ms_;
  boost::asio::io_context io_{1};
  boost::asio::steady_timer progress_, flap_;
  std::unique_ptr<rehearsal::smsc> smsc_;
  std::unique_ptr<service> service_;
  std::optional<rehearsal::office_phone> phone_;
  std::optional<rehearsal::office_terminals> terminals_;
  std::optional<rehearsal::office_sites> sites_;
  std::optional<rehearsal::week_run> run_;
  std::uint64_t cuts_ = 0;
  double took_s_ = 0;
};

// What headquarters reads, each report with the time it took.
class headquarters {
public:
  headquarters(std::ostream& out, const fs::path& database, std::int64_t now_ms)
      : out_(out), reader_(must(storage::reader::open(database))), election_(must(storage::load_election(database))),
        source_{reader_,
                election_,
                {load_menus({shared_file("menus/scripts/registration.yaml")}).front().script,
                 load_menus({shared_file("menus/scripts/board.yaml")}).front().script},
                now_ms} {}

  // When the registration closes.
  void offices_and_queues() {
    fmt::print(out_, "At the deadline:\n");
    show("queues --by county", queues, {.by = "county"});
    show("offices --area C14", offices, {.area = "C14"});
    show("offices --commend", offices, {.commend = true});
    show("offices --look-into", offices, {.look_into = true});
  }
  // When the boards have decided.
  void what_was_done() {
    fmt::print(out_, "\nWhen the boards have decided:\n");
    show("coverage", coverage, {});
    show("bearers", bearers, {});
  }

private:
  void show(const char* words, table (*make)(const report_source&, const report_scope&), const report_scope& scope) {
    const auto began = std::chrono::steady_clock::now();
    const auto t = make(source_, scope);
    const auto took = seconds(std::chrono::steady_clock::now() - began).count();
    fmt::print(out_, "\n$ tallyline report {}   # {:.0f} ms\n", words, took * 1000);
    print(out_, t, format::table);
  }

  std::ostream& out_;
  storage::reader reader_;
  storage::election election_;
  report_source source_;
};

bool verified(std::ostream& out, const fs::path& database) {
  const auto done = must(storage::verify_database(database, {}));
  fmt::print(out, "\nverify: {}\n",
             done.wrong ? storage::to_text(*done.wrong)
                        : fmt::format("{} entries, {} records, all good", done.what.entries, done.what.records));
  return !done.wrong;
}

} // namespace

int run_registration(const registration_options& options, std::ostream& out, std::ostream& err) {
  registration_week week(options, err);
  const auto& w = week.week();
  fmt::print(err, "{} candidates register at {} offices in seven days, {} reports at a time\n", w.candidates.size(),
             w.offices.size(), options.at_once);
  const auto progress =
      week.run([&] { headquarters(out, week.database(), week.now_ms()).offices_and_queues(); });
  for (const auto& e : progress.examples)
    fmt::print(err, "  {}\n", e);
  headquarters(out, week.database(), week.now_ms()).what_was_done();
  const auto check = check_registration(week.database(), w);
  fmt::print(out, "\n{} reports recorded, {} refused as they should be, {} otherwise\n{}\n\n", progress.recorded,
             progress.refused, progress.wrong, week.summary());
  print(out, check.figures, format::table);
  const bool sound = verified(out, week.database());
  const bool exact = check.exact && progress.wrong == 0 && sound;
  fmt::print(out, "{}\ndatabase {}\n",
             exact ? "Every figure equals what the generator knows." : "FIGURES DIFFER FROM WHAT THE GENERATOR KNOWS.",
             fs::absolute(week.database()).string());
  out.flush();
  return exact ? 0 : 1;
}

} // namespace tallyline::gateway
