#include "gateway/rehearsal/load.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <deque>
#include <fmt/format.h>
#include <sys/resource.h>
#include <unordered_map>
#include <utility>

namespace tallyline::rehearsal {
namespace {

using clock = std::chrono::steady_clock;
constexpr std::size_t most_examples = 5;
constexpr std::size_t portion = 500;            // phones that dial before the network has its turn
constexpr std::size_t most_unanswered = 10'000; // turns, then no further phone begins

double thread_cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_THREAD, &used);
  const auto in_seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return in_seconds(used.ru_utime) + in_seconds(used.ru_stime);
}

struct phone {
  std::unique_ptr<caller> who;
  std::uint64_t index = 0;
  std::uint32_t session = 0;
  unsigned turn = 0;
  bool waiting = false, held = false;
  clock::time_point sent;
};

} // namespace

struct load::impl : std::enable_shared_from_this<load::impl> {
  impl(boost::asio::io_context& context, smsc& s, load_settings wanted)
      : io(context), exchange(s), settings(std::move(wanted)), last_call(context), patience(context), hold(context) {}

  void begin();
  void pick_up();
  void pick_up_soon();
  bool some_to_pick_up() const { return picked < phones.size() || (!parked.empty() && exchange.has_esme()); }
  void said(phone& p);
  void next_session(phone& p);
  bool take_number(phone& p);
  bool dial(phone& p, std::string_view code);
  void write(phone& p, std::string_view text);
  void hang_up(const phone& p, bool silently = false);
  void shown(phone& p, const page& s);
  void failed(phone& p, const page& s);
  void over(phone& p, std::uint64_t& how);
  void idle();
  void hold_open();
  void finish(std::string gave_up = {});
  void esme(bool bound);
  void check(const phone& p, const page& s);
  void example(const phone& p, std::string_view what, std::string_view text);

  boost::asio::io_context& io;
  smsc& exchange;
  load_settings settings;
  boost::asio::steady_timer last_call, patience, hold;
  std::vector<phone> phones;
  std::unordered_map<std::uint64_t, std::deque<phone*>> numbers; // in a session, and who waits for it to be over
  std::vector<phone*> parked;                                    // until an ESME is bound
  std::uint32_t at_rest = 0, held = 0;
  std::size_t picked = 0, unanswered = 0; // phones that have begun; turns without a page yet
  bool picking = false;                   // pick_up is posted
  bool stopping = false, finished = false, all_held = false;
  clock::time_point started, last_page;
  double cpu_before = 0;
  load_result result;
  std::function<void(const load_result&)> done, told_held;
};

void load::impl::begin() {
  started = last_page = clock::now();
  cpu_before = thread_cpu_seconds();
  if (!exchange.has_esme()) esme(false);
  pick_up();
}

// In portions, with what the network brings between them, and no more at once than an operator's window would let
// through: otherwise 100,000 first calls leave nobody to read the answers, and an ESME takes the SMSC for dead.
void load::impl::pick_up() {
  picking = false;
  for (std::size_t n = 0; n < portion && unanswered < most_unanswered && !finished && some_to_pick_up(); ++n) {
    if (picked < phones.size()) {
      next_session(phones[picked++]);
      continue;
    }
    auto& p = *parked.back();
    parked.pop_back();
    if (stopping || !dial(p, p.who->code())) over(p, result.failed);
  }
  exchange.flush();
  pick_up_soon();
}

void load::impl::pick_up_soon() {
  if (finished || picking || unanswered >= most_unanswered || !some_to_pick_up()) return;
  picking = true;
  boost::asio::post(io, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->pick_up();
  });
}

void load::impl::next_session(phone& p) {
  while (!finished) {
    if (stopping || (settings.sessions != 0 && result.sessions == settings.sessions)) {
      ++at_rest;
      return idle();
    }
    p.index = result.sessions++;
    p.who->reset(p.index);
    if (!take_number(p) || dial(p, p.who->code())) return;
    // No SMSC takes this call, now or later.
    ++result.failed;
    example(p, "cannot be dialled", p.who->code());
    numbers.erase(p.who->msisdn());
  }
}

// One session a number: a second one would replace the first, so it waits.
bool load::impl::take_number(phone& p) {
  const auto [at, free] = numbers.try_emplace(p.who->msisdn());
  if (!free) at->second.push_back(&p);
  return free;
}

// False when it will never succeed.
bool load::impl::dial(phone& p, std::string_view code) {
  p.turn = 0;
  said(p);
  if (!settings.sms_to.empty())
    p.session = exchange.has_esme() ? 1 : 0;
  else
    p.session = exchange.dial(p.who->msisdn(), code, [this, at = &p](const page& s) { shown(*at, s); });
  if (p.session != 0 && !settings.sms_to.empty()) write(p, code);
  if (p.session != 0) return true;
  p.waiting = false;
  --unanswered;
  if (exchange.has_esme()) return false;
  parked.push_back(&p);
  return true;
}

// The SMSC may tell of a message after the load is gone.
void load::impl::write(phone& p, std::string_view text) {
  const auto heard = [weak = weak_from_this(), at = &p, index = p.index](page_kind kind, std::string_view reply) {
    const auto self = weak.lock();
    if (self && at->index == index && at->session != 0) self->shown(*at, {kind, reply});
  };
  exchange.listen(p.who->msisdn(),
                  [heard](std::string_view, std::string_view reply) { heard(page_kind::question, reply); });
  exchange.send_sms(p.who->msisdn(), settings.sms_to, text, [heard](smpp::status s) {
    if (s != smpp::status::ok) heard(page_kind::failed, "the gateway refused the message");
  });
}

void load::impl::hang_up(const phone& p, bool silently) {
  settings.sms_to.empty() ? exchange.hang_up(p.session, silently) : exchange.forget(p.who->msisdn());
}

void load::impl::said(phone& p) {
  p.waiting = true;
  ++unanswered;
  p.sent = clock::now();
}

void load::impl::shown(phone& p, const page& s) {
  if (finished) return;
  if (std::exchange(p.waiting, false)) {
    --unanswered;
    pick_up_soon();
  }
  if (std::exchange(p.held, false)) // the SMSC's limit or the ESME ended it meanwhile
    --held;
  if (s.kind == page_kind::failed) return failed(p, s);
  last_page = clock::now();
  const auto waited = last_page - p.sent;
  result.turn_latency.add(static_cast<std::uint64_t>(std::chrono::nanoseconds(waited).count()));
  ++result.turns;
  const auto typed = p.who->next(s);
  const bool by_sms = !settings.sms_to.empty();
  const bool last = s.kind == page_kind::final || (by_sms && !typed);
  check(p, {last ? page_kind::final : s.kind, s.text});
  if (last) {
    if (by_sms) hang_up(p);
    return over(p, result.completed);
  }
  if (typed) {
    ++p.turn;
    said(p);
    return by_sms ? write(p, *typed) : exchange.answer(p.session, *typed);
  }
  if (settings.hold_s != 0 && !stopping) {
    p.held = true;
    ++held;
    return idle();
  }
  hang_up(p);
  over(p, result.hung_up);
}

void load::impl::failed(phone& p, const page& s) {
  const auto again = p.who->next(s);
  if (again && !stopping) {
    ++result.redials;
    if (dial(p, *again)) return;
  }
  example(p, "failed", s.text);
  over(p, result.failed);
}

void load::impl::over(phone& p, std::uint64_t& how) {
  ++how;
  p.session = 0;
  const auto number = numbers.find(p.who->msisdn());
  if (number != numbers.end() && !number->second.empty()) {
    auto& waiting = *number->second.front();
    number->second.pop_front();
    if (!dial(waiting, waiting.who->code())) over(waiting, result.failed);
  } else if (number != numbers.end()) {
    numbers.erase(number);
  }
  next_session(p);
}

void load::impl::idle() {
  if (finished || at_rest + held < phones.size()) return;
  if (held == 0) return finish();
  if (!std::exchange(all_held, true)) hold_open();
}

void load::impl::hold_open() {
  result.held = held;
  if (told_held) told_held(result);
  hold.expires_after(std::chrono::seconds(settings.hold_s));
  hold.async_wait([weak = weak_from_this()](boost::system::error_code cancelled) {
    const auto self = weak.lock();
    if (cancelled || !self || self->finished) return;
    self->stopping = true;
    for (auto& p : self->phones)
      if (p.session != 0) {
        self->exchange.hang_up(p.session);
        p.session = 0;
        ++self->result.hung_up;
      }
    self->exchange.flush();
    self->finish();
  });
}

void load::impl::finish(std::string gave_up) {
  if (std::exchange(finished, true)) return;
  result.seconds = std::chrono::duration<double>(last_page - started).count();
  result.cpu_seconds = thread_cpu_seconds() - cpu_before;
  result.gave_up = std::move(gave_up);
  last_call.cancel();
  patience.cancel();
  boost::asio::post(io, [self = shared_from_this()] {
    if (const auto tell = std::exchange(self->done, nullptr)) tell(self->result);
  });
}

void load::impl::esme(bool bound) {
  if (finished) return;
  if (!bound) {
    patience.expires_after(std::chrono::seconds(settings.patience_s));
    patience.async_wait([weak = weak_from_this()](boost::system::error_code cancelled) {
      if (const auto self = weak.lock(); !cancelled && self && !self->exchange.has_esme())
        self->finish(fmt::format("no gateway bound for {} s", self->settings.patience_s));
    });
    return;
  }
  patience.cancel();
  pick_up_soon();
}

void load::impl::check(const phone& p, const page& s) {
  if (!settings.expected || settings.expected(s, p.index, p.turn)) return;
  ++result.unexpected;
  example(p, "unexpected page", s.text);
}

void load::impl::example(const phone& p, std::string_view what, std::string_view text) {
  if (result.examples.size() < most_examples)
    result.examples.push_back(
        fmt::format("session {} of {}, turn {}: {}: {}", p.index, p.who->msisdn(), p.turn, what, text));
}

load::load(boost::asio::io_context& io, smsc& exchange, load_settings settings,
           const std::function<std::unique_ptr<caller>()>& make)
    : impl_(std::make_shared<impl>(io, exchange, std::move(settings))) {
  impl_->phones.resize(impl_->settings.concurrent); // never moved again: the SMSC's handsets point here
  for (auto& p : impl_->phones)
    p.who = make();
}

load::~load() {
  impl_->finished = true;
  for (const auto& p : impl_->phones)
    if (p.session != 0) impl_->hang_up(p, true);
}

void load::start(std::function<void(const load_result&)> done) {
  impl_->done = std::move(done);
  impl_->exchange.on_esme([weak = std::weak_ptr(impl_)](bool bound) {
    if (const auto self = weak.lock()) self->esme(bound);
  });
  if (impl_->settings.seconds > 0) {
    impl_->last_call.expires_after(
        std::chrono::duration_cast<clock::duration>(std::chrono::duration<double>(impl_->settings.seconds)));
    impl_->last_call.async_wait([weak = std::weak_ptr(impl_)](boost::system::error_code cancelled) {
      if (const auto self = weak.lock(); self && !cancelled) self->stopping = true;
    });
  }
  impl_->begin();
}

void load::stop() { impl_->stopping = true; }
const load_result& load::so_far() const { return impl_->result; }
void load::on_held(std::function<void(const load_result&)> told) { impl_->told_held = std::move(told); }

} // namespace tallyline::rehearsal
