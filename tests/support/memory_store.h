// A store that keeps everything in memory and says what it was asked: for tests of whatever sits before the disk.
//
// Nothing is completed until the test calls complete_one() or complete_all(), unless `at_once` is set. With `failure`
// set, jobs asked for from then on fail with it and change nothing. It knows no roster: a test refuses reports through
// `check`.
#pragma once

#include "storage/store.h"

#include <algorithm>
#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace tallyline::storage {

class memory_store final : public store {
public:
  struct kept_draft {
    std::uint64_t msisdn = 0;
    std::string menu, bytes;
  };

  // What the test sets.
  bool at_once = false;
  boost::system::error_code failure;
  std::function<boost::system::error_code(const report&)> check;

  // What the test looks at.
  std::vector<std::string> asked; // "save_draft 3", "submit count 1001/president", ...: in the order of the calls
  std::map<std::uint32_t, kept_draft> drafts;
  std::vector<report> records; // those that were recorded or corrected; seq is the position plus one
  std::map<std::pair<std::uint64_t, std::string>, pin_state> pins;
  std::size_t waiting() const { return waiting_.size(); }

  bool complete_one() {
    if (waiting_.empty()) return false;
    // Taken out first: the completion may ask for more.
    const auto job = std::move(waiting_.front());
    waiting_.pop_front();
    job();
    return true;
  }
  void complete_all() {
    while (complete_one()) {
    }
  }

  void save_draft(const draft& d, saved done) override {
    note("save_draft " + std::to_string(d.slot));
    later([this, slot = d.slot, kept = kept_draft{d.msisdn, std::string(d.menu), std::string(d.bytes)}, error = failure,
           done = std::move(done)]() mutable {
      if (!error) drafts[slot] = std::move(kept);
      if (done) done(error);
    });
  }
  void drop_draft(std::uint32_t slot, saved done) override {
    note("drop_draft " + std::to_string(slot));
    later([this, slot, error = failure, done = std::move(done)] {
      if (!error) drafts.erase(slot);
      if (done) done(error);
    });
  }
  void load_draft(std::uint32_t slot, loaded done) override {
    note("load_draft " + std::to_string(slot));
    later([this, slot, error = failure, done = std::move(done)] {
      if (error) return done(error);
      const auto it = drafts.find(slot);
      done(it == drafts.end() ? std::string() : it->second.bytes);
    });
  }
  void submit(report r, std::uint32_t slot, recorded done) override {
    note("submit " + r.form + " " + joined(r.key));
    later([this, r = std::move(r), slot, error = failure, done = std::move(done)]() mutable {
      auto refused = !error && check ? check(r) : error;
      if (!refused) refused = against(r);
      if (refused) return done(refused);
      auto came = record(std::move(r));
      drafts.erase(slot);
      done(std::move(came));
    });
  }
  // What the test sets: the records that every dialogue may look back at.
  std::vector<past_entry> past;
  std::map<std::uint64_t, std::string> languages;
  void load_past(std::string_view scope, const std::vector<std::string_view>&, past_loaded done) override {
    note("load_past " + std::string(scope));
    later([this, error = failure, done = std::move(done)] {
      if (error) return done(error);
      done(past);
    });
  }
  // What the test sets: how long queues are, and one's own reports.
  std::vector<queue_length> queues;
  std::vector<own_record> own;
  opening_request opened_with; // what was asked for last
  void load_opening(opening_request what, opened done) override {
    note("load_past " + what.scope);
    opened_with = std::move(what);
    later([this, error = failure, done = std::move(done)] {
      if (error) return done(error);
      done(opening{past, queues, own});
    });
  }
  std::map<std::uint32_t, waiting_message> outbox;
  void save_message(const waiting_message& m, saved done) override {
    note("save_message " + std::to_string(m.slot));
    later([this, m, error = failure, done = std::move(done)] {
      if (!error) outbox[m.slot] = m;
      if (done) done(error);
    });
  }
  void drop_message(std::uint32_t slot, saved done) override {
    note("drop_message " + std::to_string(slot));
    later([this, slot, error = failure, done = std::move(done)] {
      if (!error) outbox.erase(slot);
      if (done) done(error);
    });
  }
  // What the test looks at: what sites sent, and their calls. Each report is recorded once.
  std::vector<call_record> calls;
  void submit_site(site_batch b, site_decided done) override {
    note("submit_site " + b.site + " " + std::to_string(b.entries.size()));
    later([this, b = std::move(b), error = failure, done = std::move(done)] {
      if (error) return done(error);
      std::vector<site_decision> all;
      for (const auto& e : b.entries) {
        site_decision d{e.number, {}, {}, b.time_ms, b.drawn};
        auto refused = check ? check(e.what) : boost::system::error_code();
        if (!refused) refused = against(e.what);
        if (refused)
          d.refused = static_cast<errc>(refused.value());
        else
          d.what = record(e.what);
        all.push_back(std::move(d));
      }
      done(std::move(all));
    });
  }
  void save_call(call_record c, saved done) override {
    note("save_call " + c.site);
    later([this, c = std::move(c), error = failure, done = std::move(done)] {
      if (!error) calls.push_back(c);
      if (done) done(error);
    });
  }
  std::map<std::uint64_t, std::string> notices;
  void save_notice(std::uint64_t msisdn, std::string_view text, saved done) override {
    note("save_notice");
    later([this, msisdn, text = std::string(text), error = failure, done = std::move(done)] {
      if (!error) notices[msisdn] = text;
      if (done) done(error);
    });
  }
  void drop_notices(std::uint64_t msisdn, saved done) override {
    note("drop_notices");
    later([this, msisdn, error = failure, done = std::move(done)] {
      if (!error) notices.erase(msisdn);
      if (done) done(error);
    });
  }
  void save_language(std::uint64_t msisdn, std::string_view language, saved done) override {
    note("save_language " + std::string(language));
    later([this, msisdn, tag = std::string(language), error = failure, done = std::move(done)] {
      if (!error) languages[msisdn] = tag;
      if (done) done(error);
    });
  }
  void save_pin_state(std::uint64_t msisdn, std::string_view role, int wrong, std::int64_t locked_until_ms,
                      saved done) override {
    note("save_pin_state " + std::to_string(wrong));
    later([this, key = std::pair(msisdn, std::string(role)), state = pin_state{wrong, locked_until_ms}, error = failure,
           done = std::move(done)] {
      if (!error) pins[key] = state;
      if (done) done(error);
    });
  }
  void load_pin_state(std::uint64_t msisdn, std::string_view role,
                      std::function<void(result<pin_state>)> done) override {
    note("load_pin_state");
    later([this, key = std::pair(msisdn, std::string(role)), error = failure, done = std::move(done)] {
      if (error) return done(error);
      done(pins[key]);
    });
  }

private:
  static std::string joined(const std::vector<std::string>& parts) {
    std::string all;
    for (const auto& part : parts)
      all += (all.empty() ? "" : "/") + part;
    return all;
  }
  void note(std::string what) { asked.push_back(std::move(what)); }
  template <class Job> void later(Job job) {
    if (at_once) return job();
    waiting_.push_back(std::move(job));
  }

  // The rules of storage/record.h, without a ledger. The receipt says the seq, so that a test can tell them apart.
  outcome record(report r) {
    const auto part = r.key.size() > 1 ? joined({r.key.begin() + 1, r.key.end()}) : std::string();
    std::int64_t ticket = 0;
    if (r.once) {
      const auto of_form =
          std::count_if(steps_.begin(), steps_.end(), [&](const auto& s) { return s.first.first == r.form; });
      ticket = steps_.try_emplace({r.form, part}, step{r.scope, of_form + 1}).first->second.ticket;
    }
    auto came = record_plain(std::move(r));
    came.ticket = ticket;
    return came;
  }
  // Of storage/steps.h what a test of the network thread needs: no areas, and no decisions.
  boost::system::error_code against(const report& r) const {
    const auto part = r.key.size() > 1 ? joined({r.key.begin() + 1, r.key.end()}) : std::string();
    if (!r.follows.empty() && !steps_.contains({r.follows, part})) return make_error_code(errc::nothing_to_follow);
    const auto first = steps_.find({r.form, part});
    if (r.once && first != steps_.end() && first->second.scope != r.scope) return make_error_code(errc::taken_elsewhere);
    return {};
  }
  outcome record_plain(report r) {
    std::size_t current = 0;
    for (std::size_t i = 0; i < records.size(); ++i)
      if (!under_review_[i] && records[i].form == r.form && records[i].key == r.key) current = i + 1;
    if (current == 0 || r.does) return append(std::move(r), verdict::recorded, 0); // each doing is a record
    const report& before = records[current - 1];
    if (same_values(before, r)) return {verdict::duplicate, receipt(current), static_cast<std::int64_t>(current), 0};
    const bool same_person = before.msisdn == r.msisdn && before.role == r.role;
    return same_person ? append(std::move(r), verdict::corrected, current) : append(std::move(r), verdict::review, 0);
  }
  outcome append(report r, verdict what, std::size_t supersedes) {
    records.push_back(std::move(r));
    under_review_.push_back(what == verdict::review);
    outcome came{what, receipt(records.size()), static_cast<std::int64_t>(records.size()),
                 static_cast<std::int64_t>(supersedes)};
    if (const auto& does = records.back().does; does && draws_pin(does->what)) came.pin = "402817";
    return came;
  }
  static std::string receipt(std::size_t seq) {
    auto digits = std::to_string(seq);
    digits.insert(0, digits.size() < 4 ? 4 - digits.size() : 0, '0');
    return "000-000-" + digits;
  }
  static bool same_values(const report& a, const report& b) {
    if (a.fields.size() != b.fields.size()) return false;
    for (std::size_t i = 0; i < a.fields.size(); ++i)
      if (a.fields[i].name != b.fields[i].name || a.fields[i].value != b.fields[i].value) return false;
    return true;
  }

  std::deque<std::function<void()>> waiting_;
  std::vector<bool> under_review_;
  struct step {
    std::string scope;
    std::int64_t ticket = 0;
  };
  std::map<std::pair<std::string, std::string>, step> steps_; // by form and part
};

} // namespace tallyline::storage
