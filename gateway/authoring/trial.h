// A menu script tried without a gateway: the real engine, a made-up or a real election, records in memory.
//
// Nothing is recorded. A form that is sent becomes an earlier record of the next call, so that corrections, entries by
// two people and rules over earlier records can be tried. The clock stands still until it is set. One thread.
#pragma once

#include "gateway/election_world.h"
#include "gateway/sms_bearer.h"
#include "gateway/ussd_bearer.h"
#include "menus/engine.h"
#include "storage/record.h"
#include "storage/store.h"

#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::gateway {

// The records that stand for a scope, of all forms; see storage::reader::past.
using earlier_records = std::function<std::vector<storage::past_entry>(const std::string& scope)>;

struct trial_settings {
  std::uint64_t as = 0;    // MSISDN; 0: the first person of the script's role
  std::string language;    // empty: the person's
  std::string at;          // "2026-11-24 17:05"; empty: noon of the election's day
  earlier_records earlier; // empty: there are none
};

class trial {
public:
  // Both are kept. Throws std::runtime_error when there is nobody of the script's role, or the time is none.
  trial(std::shared_ptr<const menus::script> menu, std::shared_ptr<const storage::election> election,
        const trial_settings& settings);

  void dial(std::string_view dialled);
  void answer(std::string_view text);
  void line(std::string_view text);         // by SMS: a word that names a form, and its answers
  void drop();                              // the call breaks, and is dialled again
  bool set_time(std::string_view text);     // "17:30" of the same day, or "2026-11-24 17:30"
  bool set_language(std::string_view tag);  // from the next page on: dials again
  bool set_person(std::string_view msisdn); // its digits, or "other": another person of the same role and scope
  void next_pin(menus::pin_verdict verdict) { pin_ = verdict; }

  const std::string& page() const { return page_; }
  bool open() const { return open_; }
  // What would have been recorded by the last answer, in one line; empty when nothing would.
  const std::string& recorded() const { return recorded_; }
  // Every answer so far and what is still open, for people.
  std::string state() const;
  const menus::script& menu() const { return *menu_; }
  std::string clock() const;
  std::string_view language() const { return engine_.language(*dialogue_); }
  std::uint64_t person() const { return election_->people[person_].msisdn; }

private:
  struct kept {
    storage::report what;
    bool pending = false, current = false;
    std::string receipt;
  };
  void perform(menus::step next);
  menus::submit_verdict record(storage::report r, std::string& receipt);
  const menus::bearer& limit() const { return by_sms_ ? static_cast<const menus::bearer&>(sms_limit_) : limit_; }
  std::shared_ptr<const menus::past> past(bool training) const;
  void begin(bool training);
  void choose(std::uint32_t person);
  void take_over(const std::string& scope);
  // --- trial_steps.cpp: the rules of storage/steps.h, in memory
  struct step {
    std::string form, part, scope;
    std::int64_t ticket = 0, since_ms = 0, done_ms = 0;
  };
  std::optional<menus::submit_verdict> against(const storage::report& r) const;
  void enter_step(const storage::report& r);
  std::string ticket_of(const storage::report& r) const;
  const step* step_of(const std::string& form, const std::string& part) const;
  storage::opening opening(bool training) const;

  std::shared_ptr<const menus::script> menu_;
  std::shared_ptr<const storage::election> election_;
  std::int64_t unix_ms_ = 0;
  election_world world_;
  menus::engine engine_;
  ussd_page limit_;
  sms_page sms_limit_;
  menus::dialogue_ptr dialogue_;
  std::uint32_t person_ = 0;
  std::string language_, page_, recorded_, draft_;
  std::vector<kept> records_;
  std::vector<step> steps_;
  earlier_records earlier_;
  std::set<std::string> taken_over_; // scopes whose earlier records are among records_
  menus::pin_verdict pin_ = menus::pin_verdict::right;
  bool open_ = false, by_sms_ = false, training_ = false;
};

} // namespace tallyline::gateway
