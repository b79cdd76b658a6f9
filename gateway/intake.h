// Where bearers, menus and storage meet: a subscriber's words go to the menu engine, its answers to the store, and the
// next page out when the commit that holds the answer has happened.
//
// Network thread only; every store completion must run there too. Owns the sessions. Nothing here knows how words
// travel (see ussd_bearer) or how records are kept.
#pragma once

#include "gateway/draft_slots.h"
#include "gateway/election_world.h"
#include "gateway/inbound.h"
#include "gateway/pin_guard.h"
#include "gateway/session.h"
#include "gateway/smpp/latency.h"
#include "menus/engine.h"
#include "storage/store.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::gateway {

// One version of a menu script: in service, or before while sessions are under way on it.
struct live_menu {
  std::shared_ptr<const menus::script> script;
  std::string digest; // hex SHA-256 of the script's text, named in each record
  std::unique_ptr<menus::engine> engine;
  std::int64_t number = 0; // of the version, 0 when it is none of the database
  bool in_service = true;  // new sessions begin on it
  std::uint16_t line = 0;  // the first version of the same menu: drafts belong to all of them
};

struct intake_settings {
  std::chrono::seconds idle{180}; // a session not heard of for longer is forgotten; its draft stays
};

struct intake_counters {
  std::uint64_t sessions = 0, turns = 0, resumed = 0, records = 0, duplicates = 0, corrections = 0, reviews = 0,
                agreed = 0;
  std::uint64_t wrong_pins = 0, strangers = 0, lost_sessions = 0, repeated = 0, store_errors = 0, refused_reports = 0;
};

// Time, so that tests can say what it is.
struct intake_clock {
  std::function<steady_time()> steady = [] { return std::chrono::steady_clock::now(); };
  std::function<std::int64_t()> unix_ms = [] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
  };
};

class intake {
public:
  // All referred to must outlive the intake.
  intake(std::vector<live_menu>& menus, const election_world& world, storage::store& store, pin_guard& pins,
         outlet& out, const menus::bearer& page_limit, intake_settings settings = {}, intake_clock clock = {});

  // Tells of a draft found on disk at start; `drafts_known` closes the list.
  void draft_found(std::uint32_t slot, std::uint64_t msisdn, std::string_view menu);
  void drafts_known() { slots_.fill_gaps(); }
  // Tells of a language that a subscriber chose earlier.
  void language_chosen(std::uint64_t msisdn, std::string_view tag) { languages_[msisdn] = tag; }

  // False when it was passed over because the disk still works for what was said before.
  bool take(const inbound& in);
  // Opens a dialogue on the gateway's own initiative, at the menu's first page (or at an unfinished report). Empty, or
  // why not.
  // `way` is asked for when nothing else is against it.
  std::string open_to(std::uint64_t msisdn, std::string_view menu,
                      const std::function<std::optional<return_path>()>& way);
  // What a page by SMS may hold; without it, as much as any other page.
  void limit_sms(const menus::bearer& limit) { sms_limit_ = &limit; }

  // New sessions begin on it from now on; those under way finish on the version they began, and a draft goes on under
  // the newest version that it fits. The script must have its engine.
  void put_into_service(live_menu menu);
  void take_out_of_service(std::string_view menu);
  // Sessions under way on versions that are no longer in service.
  std::size_t sessions_on_earlier() const;

  // When `expire` should be called next; nothing when no session is open.
  std::optional<steady_time> next_expiry();
  void expire();

  // Whether the page that waits for an answer of this subscriber takes words as one.
  bool takes_words(std::uint64_t msisdn);
  // Told before a page with a PIN that was drawn goes out to this number: no log may hold it.
  void on_secret_page(std::function<void(std::uint64_t msisdn)> told) { secret_page_ = std::move(told); }
  // While true, who begins is told to try later; dialogues under way go on.
  void begin_none(bool none) { none_begins_ = none; }

  // To be shown once, before the next page, to whoever dials from this number; the store has it.
  void notice_waits(std::uint64_t msisdn, std::string_view text);
  // The engine's own words for somebody who did not dial, in their language.
  std::string words_for(std::uint32_t person, menus::message what) const;

  bool in_call(std::uint64_t msisdn) { return sessions_.find(msisdn) != nullptr; }
  // The code of the first menu in service.
  std::string_view code_in_service() const { return menus_[menu_for({})].script->dial; }
  std::size_t open_sessions() const { return sessions_.size(); }
  std::size_t waiting_drafts() const { return slots_.waiting(); }
  const intake_counters& counters() const { return counters_; }
  // A message comes that may never reach `take`: until it does, it may be a PIN.
  void expect_secret() { secret_ = true; }
  // Whether what `take` was given last was, or may have been, a PIN.
  bool last_was_secret() const { return secret_; }
  // From a subscriber's word to the page that answers it, nanoseconds; the disk is in it.
  const smpp::latency& turn_latency() const { return turn_latency_; }

private:
  void begin(const inbound& in);
  void begin_on(const inbound& in, std::uint16_t menu, std::uint16_t filled_form, std::string_view dialled);
  bool take_line(const inbound& in, session_ref ref, session* theirs);
  struct form_ref {
    std::uint16_t menu = 0, form = 0;
  };
  std::optional<form_ref> form_for(std::string_view word, std::uint64_t msisdn) const;
  const menus::bearer& limit_of(const session& s) const;
  bool answer(session_ref ref, session& s, const inbound& in);
  bool no_longer_acts(session_ref ref, session& s);
  void turn_away(const inbound& in, std::uint16_t menu, menus::message why);
  std::uint16_t menu_for(std::string_view dialled) const;
  std::uint16_t menu_named(const inbound& in) const;
  // The records that a dialogue may look back at, as they lie on disk: each version reads its own answers from them.
  using past_entries = std::shared_ptr<const storage::opening>;
  std::shared_ptr<const menus::past> past_for(const session& s, std::uint16_t menu, const past_entries& found) const;
  menus::dialogue_ptr opened(const session& s, std::uint16_t menu, const past_entries& found) const;
  void choose_version(session& s, std::string_view saved, const past_entries& found);
  storage::opening_request wanted_for(const session& s) const;
  static std::string_view code_of(const session& s, const live_menu& m) {
    return s.training ? m.script->training : m.script->dial;
  }
  std::string_view language_for(std::uint64_t msisdn, std::uint32_t person) const;
  void look_back(session_ref ref, storage::opening_request wanted, const std::string& dialled);
  void open(session_ref ref, std::string_view dialled, const past_entries& found);
  void dial(session_ref ref, std::string_view dialled, std::string_view saved, const past_entries& found);
  void remember_language(const session& s);

  void perform(session_ref ref, session& s, menus::step next, bool answered);
  void check_pin(session_ref ref, session& s, std::string_view digits);
  void pin_known(session_ref ref, menus::pin_verdict verdict);
  void keep_then_show(session_ref ref, session& s, std::string page);
  void kept(session_ref ref, boost::system::error_code failed, bool holds);
  void submit(session_ref ref, session& s);
  void submitted(session_ref ref, storage::result<storage::outcome>& got);

  void refused(session_ref ref, session& s, const boost::system::error_code& why);
  void show(session& s, std::string_view text, bool last);
  std::string notice_for(const session& s) const;
  void fail(session_ref ref, session& s, const boost::system::error_code& why);
  void close(session_ref ref, session& s);

  const menus::engine& engine_of(const session& s) const { return *menus_[s.menu].engine; }

  std::vector<live_menu>& menus_;
  const election_world& world_;
  storage::store& store_;
  pin_guard& pins_;
  outlet& out_;
  const menus::bearer& page_limit_;
  const menus::bearer* sms_limit_ = nullptr;
  intake_settings settings_;
  intake_clock clock_;
  session_table sessions_;
  draft_slots slots_;
  boost::unordered_flat_map<std::uint64_t, std::string> languages_; // chosen by subscribers, by MSISDN
  intake_counters counters_;
  smpp::latency turn_latency_;
  std::function<void(std::uint64_t)> secret_page_;
  boost::unordered_flat_map<std::uint64_t, std::string> notices_;
  bool secret_ = false, none_begins_ = false;
  std::string scratch_; // a draft's bytes on their way to the store
};

} // namespace tallyline::gateway
