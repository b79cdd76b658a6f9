#include "gateway/serve.h"

#include "gateway/address.h"
#include "gateway/call_account.h"
#include "gateway/control_link.h"
#include "gateway/decision_line.h"
#include "gateway/desk_line.h"
#include "gateway/dialect_files.h"
#include "gateway/intake_words.h"
#include "gateway/link_caller.h"
#include "gateway/metrics_link.h"
#include "gateway/paper_desk.h"
#include "gateway/pdu_trace.h"
#include "gateway/serve_calls.h"
#include "gateway/serve_ledger.h"
#include "gateway/serve_menus.h"
#include "gateway/serve_open.h"
#include "gateway/serve_queues.h"
#include "gateway/site_listener_link.h"
#include "gateway/sms/delivery.h"
#include "gateway/sms_bearer.h"
#include "gateway/viewer.h"
#include "storage/import.h"
#include "storage/pseudonym.h"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <fmt/format.h>
#include <optional>
#include <spdlog/spdlog.h>
#include <stdexcept>
#include <unistd.h>

namespace tallyline::gateway {

struct service::impl {
  impl(boost::asio::io_context& context, const config& c)
      : io(context), election(open_election(c)), key(open_key(c)), world(*election, c.unix_ms), store(open_store(c)),
        ledger(context, c), menus(open_menus(c, world)), sms(*store), pins(*election, key, *store, c.pins),
        calls(context, c.dial_up, menus, world, *store, pins),
        desk(menus, world, *store, pins, ways, page_limit, c.sessions, clock_of(world)),
        switcher(context, c.database, world, desk, menus), sites(c.database, world, menus, *store), expiry(context),
        sms_expiry(context), database(c.database),
        queues(
            context, c.database, election, c.queues, [this](const queue_notice& n) { return tell(n); },
            clock_of(world).unix_ms) {
    world.hide_by([this](std::string_view code) { return storage::pseudonym(key, code); });
    open_control();
    bearer.deliver_to([this](const inbound& in) { desk.take(in); });
    sms.deliver_to([this](const inbound& in) { return desk.take(in); });
    desk.limit_sms(sms_limit);
    calls.deliver_to(desk, [this] { watch_expiry(); });
    tracing = !c.trace_pdu.empty();
    for (const auto& s : c.smscs)
      add_smsc(s);
    calls.messages_by(sms, static_cast<std::uint32_t>(dialects.size()), [this] { watch_sms(); });
    calls.on_over([this](const finished_call& f) { account.over(f); });
    calls.links_to([this](modem::call& line) { return link_caller(sites, line); });
    if (tracing) trace.emplace(c.trace_pdu, names);
    desk.on_secret_page([this](std::uint64_t msisdn) {
      if (trace) trace->hide_to(msisdn);
    });
    if (!c.link_listen.empty()) listener.emplace(io, c.link_listen, sites);
    if (c.metrics_port) metrics.emplace(io, c.metrics_port, [this] { return to_prometheus(figures()); });
    for (const auto& d : store->open_drafts())
      desk.draft_found(d.slot, d.msisdn, d.menu);
    desk.drafts_known();
    for (const auto& l : store->languages())
      desk.language_chosen(l.msisdn, l.language);
    sms.on_undelivered([this](std::uint64_t msisdn, std::string_view text) { tell_in_call(msisdn, text); });
    for (const auto& n : store->notices())
      desk.notice_waits(n.msisdn, n.text);
    for (const auto& m : store->outbox())
      sms.message_found(m);
    sms.messages_known();
    if (!store->outbox().empty()) spdlog::info("{} short messages wait to be sent", store->outbox().size());
  }

  ~impl() { calls.end_all(); } // which tells the desk

  std::unique_ptr<storage::store_worker> open_store(const config& c) {
    storage::store_options o;
    o.database = c.database;
    o.roster = election;
    o.post = [this](std::function<void()> f) { boost::asio::post(io, std::move(f)); };
    o.roster_changed = [this](const storage::roster_change& changed) { roster_changed(changed); };
    o.group_end = [this] {
      bearer.flush();
      watch_sms();
    };
    auto opened = storage::store_worker::open(std::move(o));
    if (!opened) throw std::runtime_error(fmt::format("{}: {}", c.database.string(), opened.error().message()));
    return std::move(*opened);
  }

  // On disk by now; the page that tells of it goes out after this.
  void roster_changed(const storage::roster_change& c) {
    const auto was = election->person_by(c.msisdn, c.role);
    if (!was || !storage::apply(*election, c)) return;
    world.roster_changed();
    pins.roster_changed(*was);
    if (c.to != 0) pins.roster_changed(static_cast<std::uint32_t>(election->people.size() - 1));
    spdlog::info("roster: {} for …{:04} ({})", storage::name_of(c.what), c.msisdn % 10000, c.role);
    if (storage::draws_pin(c.what)) sms_unasked(c.msisdn, desk.words_for(*was, told_of(c.what)));
  }

  bool writes_messages() const { return !binds.empty() || calls.sends_messages(); }
  bool can_write(std::string_view text) const { return writes_messages() && sms_limit.fits(text); }

  // Whose phone it is should know, where there is a way to tell.
  void sms_unasked(std::uint64_t msisdn, std::string_view text, bool must_arrive = false) {
    if (!can_write(text)) return;
    sms.tell(msisdn, desk.code_in_service(), text, must_arrive);
    sms.flush();
    watch_sms();
  }

  void add_smsc(const smsc_settings& s) {
    dialects.push_back(dialect_named(s.dialect));
    if (!s.service_type.empty()) dialects.back().service_type = s.service_type;
    bearer.add_smsc(dialects.back());
    for (int i = 0; i < s.binds; ++i) {
      auto link = s.link;
      // The receiver first: its responses leave ahead of the transmitter's pages.
      if (s.pairs) {
        link.as = smpp::bind_as::receiver;
        add_bind(link, s.name, fmt::format("{}/{}r", s.name, i + 1));
        link.as = smpp::bind_as::transmitter;
      }
      add_bind(link, s.name,
               s.binds == 1 && !s.pairs ? s.name : fmt::format("{}/{}{}", s.name, i + 1, s.pairs ? "t" : ""));
    }
  }

  void add_bind(const smpp::link_settings& l, std::string_view smsc, std::string name) {
    const auto number = static_cast<std::uint32_t>(binds.size());
    names.push_back(std::move(name));
    binds.push_back(std::make_unique<smpp::smpp_link>(io, l, handlers(number)));
    bearer.add_bind(*binds.back());
    sms.add_bind(*binds.back(), static_cast<std::uint32_t>(dialects.size() - 1), smsc);
  }

  smpp::smpp_link::handlers handlers(std::uint32_t bind) {
    smpp::smpp_link::handlers h;
    h.message_in = [this, bind](const smpp::message& m) {
      desk.expect_secret();
      const bool taken = bearer.message_in(bind, m);
      if (!taken) sms.message_in(bind, binds[bind]->ticket(), m);
      if (trace) trace->settled(desk.last_was_secret() && !sms::delivery_of(m));
    };
    if (tracing)
      h.trace = [this, bind](bool outgoing, std::span<const std::uint8_t> pdu) {
        if (trace) trace->pdu(bind, outgoing, pdu);
      };
    // A page may leave by another bind than the one that was read from. Receivers stand before their transmitters, so
    // that the response leaves ahead of the page.
    h.batch_end = [this] {
      if (binds.size() > 1) bearer.flush();
      watch_expiry();
      watch_sms();
    };
    h.defers = [this, bind](const smpp::message& m) {
      return sms_bearer::defers(m) && !smpp::read_ussd(dialects[bearer.smsc_of(bind)], m);
    };
    h.submit_done = [this, bind](std::uint64_t token, smpp::status s) {
      if (token & sms_bearer::sms_token)
        sms.submit_done(token, s, binds[bind]->message_id());
      else
        bearer.submit_done(token, s);
    };
    h.state = [this, bind](bool bound, const std::string& why) {
      if (bound) {
        spdlog::info("{}: bound to the SMSC", names[bind]);
        bearer.bind_up();
        sms.bind_up();
      } else if (why == "stopped")
        spdlog::info("{}: unbound from the SMSC", names[bind]);
      else
        spdlog::warn("{}: not bound to the SMSC: {}", names[bind], why);
    };
    return h;
  }

  // Without it menus can still be published: the next start takes them.
  void open_control() {
    try {
      control.emplace(io, database, [this](const std::string& line, ::uid_t user, const control_link::reply& reply) {
        obey_as(line, user, reply);
      });
    } catch (const std::exception& e) {
      spdlog::warn("no commands are taken while this gateway runs: {}", e.what());
    }
  }

  // From another program on this machine, and within what its user may see.
  void obey_as(const std::string& line, ::uid_t user, const control_link::reply& reply) {
    try {
      const auto v = user == ::geteuid() ? viewer{} : viewer_of(database, user);
      if (!v.limited()) return obey(line, reply);
      obey_within(line, v, reply);
    } catch (const std::exception& e) {
      reply({false, e.what()});
    }
  }

  void obey_within(const std::string& line, const viewer& v, const control_link::reply& reply) {
    const auto word = line.substr(0, line.find(' '));
    if (word == "status") return obey(line, reply);
    if (word == "decide") return decide(line, reply, v);
    if (word == "desk") return desk_report(line, reply, v);
    if (word != "push" && word != "notify" && word != "sms")
      return reply(
          {false, fmt::format("'{}' is about the whole election; the account '{}' is for {}", word, v.login, v.area)});
    const auto rest = line.substr(std::min(word.size() + 1, line.size()));
    const auto theirs = election->people_with(msisdn_of(rest.substr(0, rest.find(' '))));
    if (std::none_of(theirs.begin(), theirs.end(), [&](auto p) { return v.sees(*election, election->people[p]); }))
      return reply({false, fmt::format("nobody in {}, the area that the account '{}' is for", v.area, v.login)});
    obey(line, reply);
  }

  void obey(const std::string& line, const control_link::reply& reply) {
    if (line == "status")
      return reply({true, fmt::format("{} sessions open, {} on earlier menus{}", desk.open_sessions(),
                                      desk.sessions_on_earlier(), told_of(ledger.figures().room))});
    if (line.starts_with("push ") || line.starts_with("notify ")) return push(line, reply);
    if (line.starts_with("decide ")) return decide(line, reply);
    if (line.starts_with("desk ")) return desk_report(line, reply, {login_of(::geteuid())});
    if (line.starts_with("sms ")) return send_sms(line, reply);
    if (line.starts_with("enter ")) return enter(line, reply);
    if (line == "lines") return reply({true, to_json(figures())});
    if (line == "sites") {
      const auto wrong = sites.read_sites();
      return reply({wrong.empty(), wrong.empty() ? fmt::format("{} sites", sites.sites()) : wrong});
    }
    if (line != "menus")
      return reply(
          {false, "not understood; there are: decide, desk, enter, lines, menus, notify, push, sites, sms, status"});
    switcher.look(reply);
  }

  // What headquarters says of a record (gateway/decision_line.h).
  void decide(const std::string& line, const control_link::reply& reply, const viewer& by = {}) {
    auto what = decision_from_line(line);
    if (!what) return reply({false, "not understood: the command is of another version than the gateway"});
    what->time_ms = intake_clock().unix_ms();
    what->within = by.area;
    if (by.limited()) what->by += " (" + by.login + ')'; // whatever name they gave
    store->decide(std::move(*what), [reply](storage::result<storage::decided> done) {
      done ? reply({true, to_line(*done)}) : reply({false, done.error().message()});
    });
  }

  // Reports from paper (gateway/paper_desk.h).
  void enter(const std::string& line, const control_link::reply& reply) {
    try {
      paper.take(paper_batch_of(line), [reply](const paper_answer& a) { reply({true, to_line(a)}); });
    } catch (const std::exception& e) {
      reply({false, e.what()});
    }
  }

  // A report of headquarters (gateway/desk_line.h), and whom to tell of it.
  void desk_report(const std::string& line, const control_link::reply& reply, const viewer& by) {
    auto what = desk_report_from_line(line);
    if (!what) return reply({false, "not understood: the command is of another version than the gateway"});
    sign(what->what, by.login, by.area, intake_clock().unix_ms());
    store->submit(std::move(what->what), 0, [this, reply, told = what->told, text = what->text](const auto& done) {
      if (!done) return reply({false, done.error().message()});
      if (told != 0) tell(told, text);
      reply({true, to_line(*done)});
    });
  }

  // By SMS where there is a way; otherwise, and when that does not arrive, before the next first page.
  void tell(std::uint64_t msisdn, const std::string& text) {
    if (can_write(text)) return sms_unasked(msisdn, text, true);
    tell_in_call(msisdn, text);
  }
  void tell_in_call(std::uint64_t msisdn, std::string_view text) {
    desk.notice_waits(msisdn, text);
    store->save_notice(msisdn, text, {});
  }

  // "push MSISDN [MENU]" opens a dialogue, "notify MSISDN TEXT" shows a page.
  void push(const std::string& line, const control_link::reply& reply) {
    const bool notice = line.starts_with("notify ");
    const auto number = line.find(' ') + 1, end = std::min(line.find(' ', number), line.size());
    const std::uint64_t msisdn = msisdn_of(std::string_view(line).substr(number, end - number));
    const std::string rest = end < line.size() ? line.substr(end + 1) : std::string();
    if (msisdn == 0) return reply({false, "that is no MSISDN"});
    if (notice && !page_limit.fits(rest)) return reply({false, "the text does not fit one page of USSD"});
    // A notice in a call would take the subscriber's next answer for its own.
    if (notice && desk.in_call(msisdn)) return reply({false, "is in a call already"});
    const auto way = [&] { return bearer.open_to(msisdn, notice); };
    std::string why;
    if (!notice)
      why = desk.open_to(msisdn, rest, way);
    else if (const auto path = way())
      bearer.page(msisdn, desk.code_in_service(), *path, rest, true);
    else
      why = "no bind can send now; see: tallyline lines";
    bearer.flush();
    watch_expiry();
    reply({why.empty(), why.empty() ? "on its way" : why});
  }

  // "sms MSISDN TEXT": a short message that nobody asked for, from the code in service.
  void send_sms(const std::string& line, const control_link::reply& reply) {
    const auto end = line.find(' ', 4);
    const std::uint64_t msisdn = msisdn_of(std::string_view(line).substr(4, end - 4));
    if (msisdn == 0 || end == std::string::npos) return reply({false, "write: sms MSISDN TEXT"});
    if (!writes_messages())
      return reply({false, "no SMSC is configured, and no modem that takes short messages (use: [sms])"});
    const auto text = std::string_view(line).substr(end + 1);
    if (!sms_limit.fits(text)) return reply({false, "the text does not fit three parts of SMS"});
    sms_unasked(msisdn, text);
    reply({true, "on its way"});
  }

  // As `chase` sends its reminders. Empty, or why not.
  std::string tell(const queue_notice& n) {
    std::string why = "no answer";
    const auto settled = [&](const control_link::answer& a) { why = a.done ? std::string() : a.text; };
    const bool page = n.what.by == storage::bearer::ussd;
    const auto line = fmt::format("{} {} {}", page ? "notify" : "sms", n.what.msisdn, n.text);
    page ? push(line, settled) : send_sms(line, settled);
    return why;
  }

  gateway_figures figures() const {
    gateway_figures f;
    const auto us = [](std::uint64_t ns) { return ns / 1000; };
    for (std::size_t b = 0; b < binds.size(); ++b) {
      const auto& l = *binds[b];
      const auto& took = bearer.latency_of(b);
      f.binds.push_back({names[b], fmt::format("{}:{}", l.settings().host, l.settings().port), l.bound(),
                         l.unanswered(), l.waiting(), l.counters(), us(took.percentile(0.5)), us(took.percentile(0.99)),
                         us(took.max())});
    }
    f.intake = desk.counters();
    f.ussd = bearer.counters();
    f.sms = sms.counters();
    f.commits = store->counters().groups;
    f.failed_commits = store->counters().failed_groups;
    f.disk_fails = store->counters().failing;
    f.ledger = ledger.figures();
    f.sessions = desk.open_sessions();
    f.drafts = desk.waiting_drafts();
    f.on_earlier_menus = desk.sessions_on_earlier();
    f.turn_p50_us = us(desk.turn_latency().percentile(0.5));
    f.turn_p99_us = us(desk.turn_latency().percentile(0.99));
    f.turn_max_us = us(desk.turn_latency().max());
    calls.add_to(f);
    return f;
  }

  // One timer for all sessions, set to the one that has waited longest; none while none is open.
  void watch_expiry() {
    const auto next = desk.next_expiry();
    if (!next || watching) return;
    watching = true;
    expiry.expires_at(*next);
    expiry.async_wait([this](boost::system::error_code failed) {
      if (failed) return; // stopping
      watching = false;
      desk.expire();
      watch_expiry();
    });
  }

  // One timer for all short messages, set to what is due first.
  void watch_sms() {
    const auto next = sms.next_expiry();
    if (!next || (watching_sms && sms_expiry.expiry() <= *next)) return;
    watching_sms = true;
    sms_expiry.expires_at(*next);
    sms_expiry.async_wait([this](boost::system::error_code failed) {
      if (failed) return; // stopping, or set to another time
      watching_sms = false;
      sms.expire(std::chrono::steady_clock::now());
      watch_sms();
    });
  }

  // Pages by the bearer that their dialogue came by.
  struct every_way final : outlet {
    every_way(ussd_bearer& u, sms_bearer& s, outlet& t) : ussd(u), sms(s), terminals(t) {}
    void page(std::uint64_t msisdn, std::string_view code, const return_path& path, std::string_view text,
              bool last) override {
      if (path.by == bearer_kind::sms) return sms.page(msisdn, code, path, text, last);
      if (path.by == bearer_kind::terminal) return terminals.page(msisdn, code, path, text, last);
      ussd.page(msisdn, code, path, text, last);
    }
    bool put_off(std::uint64_t msisdn, const return_path& path) override {
      return path.by == bearer_kind::sms && sms.put_off(msisdn);
    }
    const menus::bearer* page_limit(const return_path& path) const override {
      return path.by == bearer_kind::terminal ? terminals.page_limit(path) : nullptr;
    }
    void recorded(const return_path& path) override {
      if (path.by == bearer_kind::terminal) terminals.recorded(path);
    }
    void flush() override { ussd.flush(); }
    ussd_bearer& ussd;
    sms_bearer& sms;
    outlet& terminals;
  };

  boost::asio::io_context& io;
  std::shared_ptr<storage::election> election; // the network thread's own
  storage::pin_key key;
  election_world world;
  std::unique_ptr<storage::store_worker> store; // first: one gateway a database, and a second one changes nothing
  ledger_keeper ledger;
  std::vector<live_menu> menus;
  sms_bearer sms;
  pin_guard pins;
  ussd_bearer bearer;
  serve_calls calls;
  every_way ways{bearer, sms, calls.terminals()};
  ussd_page page_limit;
  sms_page sms_limit;
  intake desk;
  menu_switch switcher;
  link_bearer sites;
  paper_desk paper{menus, world, *store, clock_of(world).unix_ms};
  call_account account{world.election(), *store, [this] { return world.clock().now_ms(); }};
  std::deque<smpp::dialect> dialects; // stay where they are
  std::vector<std::string> names;     // of the binds
  std::vector<std::unique_ptr<smpp::smpp_link>> binds;
  boost::asio::steady_timer expiry, sms_expiry;
  std::filesystem::path database;
  queue_watch queues;
  std::optional<control_link> control;
  std::optional<pdu_trace> trace;
  std::optional<metrics_link> metrics;
  std::optional<site_listener_link> listener;
  bool tracing = false;
  bool watching = false, watching_sms = false;
};

service::service(boost::asio::io_context& io, const config& c) : impl_(std::make_unique<impl>(io, c)) {}
service::~service() = default;

void service::start() {
  for (const auto& b : impl_->binds)
    b->start();
  impl_->calls.start();
  impl_->switcher.look({}); // a version may wait for its time
  impl_->queues.start();
  impl_->ledger.start([this](disk_room room) { impl_->desk.begin_none(room == disk_room::none); });
}

void service::stop(std::function<void()> done) {
  impl_->expiry.cancel();
  impl_->sms_expiry.cancel();
  impl_->switcher.stop();
  impl_->queues.stop();
  impl_->listener.reset();
  // The last bind that is unbound, or the modems when they are last, ends it.
  const auto left = std::make_shared<std::size_t>(impl_->binds.size() + 1);
  const auto stopped = [this, left, done = std::move(done)] {
    if (--*left) return;
    impl_->store->stop();
    impl_->ledger.sign_last();
    // The completions of the last group are posted by now; what follows them runs after them.
    boost::asio::post(impl_->io, done);
  };
  impl_->calls.stop(stopped);
  for (const auto& b : impl_->binds)
    b->stop(stopped);
}

const intake& service::desk() const { return impl_->desk; }
gateway_figures service::figures() const { return impl_->figures(); }

std::string service::summary() const {
  const intake_counters& c = impl_->desk.counters();
  return fmt::format(
      "{} sessions, {} turns, {} records ({} repeated, {} corrections, {} for review), {} resumed, {} wrong PINs, "
      "{} strangers, {} lost sessions, {} store errors",
      c.sessions, c.turns, c.records, c.duplicates, c.corrections, c.reviews, c.resumed, c.wrong_pins, c.strangers,
      c.lost_sessions, c.store_errors);
}

} // namespace tallyline::gateway
