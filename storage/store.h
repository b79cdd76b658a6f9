// The seam between the dialogue and the disk.
//
// Callers on the network thread put jobs in; each job's completion runs on the network thread after the commit that
// holds it, or with an error when that commit failed. Two implementations: storage/store_worker.h (SQLite, one thread,
// one transaction for all that is waiting) and tests/support/memory_store.h (records what it was asked, fails on demand).
#pragma once

#include "storage/errors.h"
#include "storage/record.h"
#include "storage/site_batch.h"

#include <boost/system/result.hpp>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::storage {

template <class T> using result = boost::system::result<T>;

// A dialogue that is under way, kept so that a redial goes on. One a slot; the caller gives slots out and takes them back.
struct draft {
  std::uint32_t slot = 0;
  std::uint64_t msisdn = 0;
  std::string_view menu;  // name of the script
  std::string_view bytes; // from menus::engine::save, opaque here
};

// A short message that nobody has taken yet, kept so that a restart sends it. One a slot, as drafts.
struct waiting_message {
  std::uint32_t slot = 0;
  std::uint64_t msisdn = 0;
  std::string smsc; // by whose binds
  std::string code; // what it comes from
  std::string text; // UTF-8, all parts
  bool last = false; // of a dialogue
  std::int64_t since_ms = 0; // UTC, when it was kept; set by the store
};

// A record that a dialogue may look back at: current, or the first of two entries.
struct past_entry {
  std::string receipt; // as shown
  std::string body;    // canonical bytes
  std::uint64_t msisdn = 0; // who made it; 0 when the person was forgotten
  bool pending = false;
};

// What a dialogue is to be given before its first page.
struct opening_request {
  std::string scope;
  std::vector<std::string> forms;        // whose standing records of this scope
  std::vector<std::string> queues;       // forms whose steps wait
  std::vector<std::string> queue_scopes; // in these places
  std::uint64_t own_of = 0;              // whose last reports; 0: nobody's
  std::vector<std::string> own_forms;    // of these
  std::int64_t now_ms = 0;
};
struct queue_length {
  std::string form;
  std::int64_t waiting = 0, oldest_ms = 0, last_hour = 0; // oldest_ms: since when the oldest waits, if any does
};
struct own_record {
  std::string form, key, receipt; // the key as joined_key gives it, the receipt as shown
  std::int64_t time_ms = 0, ticket = 0;
};
struct opening {
  std::vector<past_entry> past;
  std::vector<queue_length> queues; // one for each asked for
  std::vector<own_record> own;      // the newest first
};

class store {
public:
  virtual ~store() = default;

  using saved = std::function<void(boost::system::error_code)>;
  using recorded = std::function<void(result<outcome>)>;
  using loaded = std::function<void(result<std::string>)>;
  using opened = std::function<void(result<opening>)>;
  using past_loaded = std::function<void(result<std::vector<past_entry>>)>;

  // Keeps the draft (replacing what the slot held). The views are copied before return.
  virtual void save_draft(const draft& d, saved done) = 0;
  // Forgets it; a slot that holds nothing is not an error.
  virtual void drop_draft(std::uint32_t slot, saved done) = 0;
  // The bytes of a slot's draft, empty when there is none.
  virtual void load_draft(std::uint32_t slot, loaded done) = 0;
  // Records the report and forgets the draft in one transaction. `slot` 0 means no draft. A refused report is an error of
  // storage::errc and harms no other job of the group.
  virtual void submit(report r, std::uint32_t slot, recorded done) = 0;

  // The current and pending records of these forms whose scope this is.
  virtual void load_past(std::string_view scope, const std::vector<std::string_view>& forms, past_loaded done) = 0;

  virtual void load_opening(opening_request what, opened done) = 0;

  virtual void save_message(const waiting_message& m, saved done) = 0;
  virtual void drop_message(std::uint32_t slot, saved done) = 0;

  // Something to be shown once before the first page when this number next dials, and that it has been.
  virtual void save_notice(std::uint64_t msisdn, std::string_view text, saved done) = 0;
  virtual void drop_notices(std::uint64_t msisdn, saved done) = 0;

  // The language that a subscriber chose, for the next time.
  virtual void save_language(std::uint64_t msisdn, std::string_view language, saved done) = 0;

  // What a site sent at once, in one transaction: each report is recorded, or found to have been, or refused by itself.
  using site_decided = std::function<void(result<std::vector<site_decision>>)>;
  virtual void submit_site(site_batch b, site_decided done) = 0;
  virtual void save_call(call_record c, saved done) = 0;

  // Persons' PIN state: `wrong` consecutive wrong tries and, when locked, until when (UTC ms; 0 = not locked).
  virtual void save_pin_state(std::uint64_t msisdn, std::string_view role, int wrong, std::int64_t locked_until_ms, saved done) = 0;
  // What the disk says now, since another process may have unlocked the person.
  struct pin_state { int wrong = 0; std::int64_t locked_until_ms = 0; };
  virtual void load_pin_state(std::uint64_t msisdn, std::string_view role, std::function<void(result<pin_state>)> done) = 0;
};

} // namespace tallyline::storage
