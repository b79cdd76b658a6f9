// What waits for one transaction: jobs, their bytes side by side in one buffer, and what came of them.
//
// Filled by the network thread, carried out by the storage thread, finished by the network thread, then used again: the
// buffers keep their size, so a job costs no allocation once the gateway has warmed up. Never touched by two threads at
// a time: it is handed from one to the next under the worker's mutex or by its post function.
#pragma once

#include "storage/decision.h"
#include "storage/store.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tallyline::storage {

enum class job_kind : std::uint8_t {
  save_draft,
  drop_draft,
  load_draft,
  submit,
  save_pin_state,
  load_pin_state,
  load_past,
  load_opening,
  save_language,
  save_notice,
  drop_notices,
  save_message,
  drop_message,
  decide,
  submit_site,
  save_call
};

struct job {
  using pin_loaded = std::function<void(result<store::pin_state>)>;
  using made = std::function<void(result<decided>)>;

  job_kind kind = job_kind::save_draft;
  errc error{}; // of the outcome; zero when it went well
  std::uint32_t slot = 0;
  std::uint32_t extra = 0;     // position in submissions, texts, pins, pasts or rulings
  std::uint32_t word_size = 0; // menu or role, at `at` in the bytes; the draft's own bytes follow it
  std::uint32_t bytes_size = 0;
  std::size_t at = 0;
  std::uint64_t msisdn = 0;
  std::variant<store::saved, store::recorded, store::loaded, pin_loaded, store::past_loaded, made, store::site_decided,
               store::opened>
      done;
};

struct submission {
  report what;
  outcome came;
};

struct ruling {
  decision what;
  decided came;
};

struct site_submission {
  site_batch what;
  std::vector<site_decision> came;
};

struct asked_opening {
  opening_request what;
  opening came;
};

struct job_group {
  std::vector<job> jobs;
  std::string bytes;
  std::vector<submission> submissions;
  std::vector<site_submission> site_submissions;
  std::vector<call_record> calls;
  std::vector<std::string> texts;
  std::vector<store::pin_state> pins;
  std::vector<std::vector<past_entry>> pasts;
  std::vector<asked_opening> openings;
  std::vector<ruling> rulings;

  job& add(job_kind kind, std::uint64_t msisdn, std::string_view word, std::string_view more) {
    job& j = jobs.emplace_back();
    j.kind = kind;
    j.msisdn = msisdn;
    j.at = bytes.size();
    j.word_size = static_cast<std::uint32_t>(word.size());
    j.bytes_size = static_cast<std::uint32_t>(more.size());
    bytes.append(word).append(more);
    return j;
  }
  std::string_view word(const job& j) const { return std::string_view(bytes).substr(j.at, j.word_size); }
  std::string_view more(const job& j) const { return std::string_view(bytes).substr(j.at + j.word_size, j.bytes_size); }

  void clear() {
    jobs.clear(), submissions.clear(), texts.clear(), pins.clear(), pasts.clear(), rulings.clear(), bytes.clear();
    site_submissions.clear(), calls.clear(), openings.clear();
    // One giant burst must not hold its memory for the rest of the night.
    if (bytes.capacity() > (4u << 20)) bytes.shrink_to_fit();
  }
};

// Calls every job's completion with what came of it. Completions may put new jobs into the store; they must not throw.
void finish_jobs(job_group& g);

} // namespace tallyline::storage
