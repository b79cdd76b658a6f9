#include "gateway/serve_queues.h"

#include "gateway/sms_bearer.h"
#include "gateway/ussd_bearer.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <optional>
#include <spdlog/spdlog.h>

namespace tallyline::gateway {
namespace {

// What may go out, with the rows that keep it.
struct planned {
  std::vector<queue_notice> notices;
  std::vector<std::vector<std::int64_t>> rows;
  std::string failed;
};

struct outcome {
  std::vector<std::int64_t> rows;
  std::string why; // not sent; empty: it was
};

} // namespace

struct queue_watch::state : std::enable_shared_from_this<queue_watch::state> {
  state(boost::asio::io_context& context, std::filesystem::path file, std::shared_ptr<const storage::election> roster,
        const queue_settings& s, send o, std::function<std::int64_t()> clock, std::chrono::milliseconds e)
      : io(context), timer(context), database(std::move(file)), election(std::move(roster)), settings(s),
        out(std::move(o)), unix_ms(std::move(clock)), every(e) {}

  // --- the thread beside
  planned look(std::int64_t now) {
    planned p;
    try {
      if (!from) from = must(storage::reader::open(database));
      const storage::reader::snapshot one_moment(*from);
      if (any_too_old(queues_at_a_glance(*from, *election, settings.form), settings, now)) plan(p, now);
    } catch (const std::exception& e) {
      p.failed = e.what();
    }
    return p;
  }
  void plan(planned& p, std::int64_t now) {
    const auto queues = queues_of(*from, *election, settings.form, now);
    const menus::bearer& fits =
        settings.by == storage::bearer::ussd ? static_cast<const menus::bearer&>(page) : short_message;
    auto all = plan_queue_notices(*election, queues, settings, texts, fits, now);
    std::vector<storage::reminders::wanted> wanted;
    for (const auto& n : all)
      wanted.push_back(n.what);
    if (!kept) kept = must(storage::reminders::open(database));
    const auto rows = must(kept->plan(wanted, now, now - std::int64_t{settings.again_after_minutes} * 60'000));
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (rows[i].empty()) continue; // written to not long ago
      p.notices.push_back(std::move(all[i]));
      p.rows.push_back(rows[i]);
    }
  }
  void settle(const std::vector<outcome>& sent) {
    for (const auto& s : sent)
      if (const auto done = kept->settle(s.rows, s.why.empty(), s.why); !done)
        spdlog::warn("queues: what became of a notice was not noted: {}", done.error().message());
  }

  // --- the network thread
  void begin(boost::asio::thread_pool& on) {
    boost::asio::post(on, [self = shared_from_this(), &on, now = unix_ms()] {
      const auto p = std::make_shared<planned>(self->look(now));
      boost::asio::post(self->io, [self, p, &on] {
        if (self->stopped) return;
        self->tell(*p, on);
        self->wait(on);
      });
    });
  }
  void wait(boost::asio::thread_pool& on) {
    timer.expires_after(last_refused ? 10 * every : every); // nobody could be told: no hurry to find it out again
    timer.async_wait([weak = weak_from_this(), &on](boost::system::error_code cancelled) {
      const auto self = weak.lock();
      if (self && !cancelled && !self->stopped) self->begin(on);
    });
  }
  void tell(const planned& p, boost::asio::thread_pool& on) {
    ++totals.looks;
    last_refused = false;
    if (!p.failed.empty()) {
      ++totals.failed_looks;
      return spdlog::warn("queues: they could not be looked at: {}", p.failed);
    }
    if (p.notices.empty()) return;
    auto sent = std::make_shared<std::vector<outcome>>();
    for (std::size_t i = 0; i < p.notices.size(); ++i) {
      auto why = out(p.notices[i]);
      ++(why.empty() ? totals.sent : totals.refused);
      last_refused = last_refused || !why.empty();
      if (!why.empty()) spdlog::warn("queues: +{} was not told: {}", p.notices[i].what.msisdn, why);
      sent->push_back({p.rows[i], std::move(why)});
    }
    spdlog::info("queues: {} people told of queues older than {} minutes", p.notices.size(),
                 settings.older_than_minutes);
    boost::asio::post(on, [self = shared_from_this(), sent] { self->settle(*sent); });
  }

  boost::asio::io_context& io;
  boost::asio::steady_timer timer;
  const std::filesystem::path database;
  const std::shared_ptr<const storage::election> election;
  const queue_settings settings;
  const send out;
  const std::function<std::int64_t()> unix_ms;
  const std::chrono::milliseconds every;
  const notice_texts texts;
  const ussd_page page;
  const sms_page short_message;
  std::optional<storage::reader> from; // these two on the thread beside only
  std::optional<storage::reminders> kept;
  queue_figures totals;
  bool stopped = false, last_refused = false;
};

queue_watch::queue_watch(boost::asio::io_context& io, std::filesystem::path database,
                         std::shared_ptr<const storage::election> election, const queue_settings& s, send out,
                         std::function<std::int64_t()> unix_ms, std::chrono::milliseconds every) {
  if (s.given)
    state_ = std::make_shared<state>(io, std::move(database), std::move(election), s, std::move(out),
                                     std::move(unix_ms), every);
}

queue_watch::~queue_watch() {
  stop();
  beside_.join();
}

void queue_watch::start() {
  if (state_) state_->begin(beside_);
}

void queue_watch::stop() {
  if (!state_) return;
  state_->stopped = true;
  state_->timer.cancel();
}

const queue_figures& queue_watch::figures() const {
  static const queue_figures none;
  return state_ ? state_->totals : none;
}

} // namespace tallyline::gateway
