// Many phones at once on a simulated SMSC: each dials, answers page after page as its caller says, and begins the next
// session as soon as one is over. Counts and measures; stops by itself. Network thread of the SMSC only.
#pragma once

#include "gateway/rehearsal/smsc.h"
#include "gateway/smpp/latency.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::rehearsal {

// The person on a phone. One object serves many sessions, one after the other.
class caller {
public:
  virtual ~caller() = default;
  // Session number `index` (from 0) begins; msisdn() and code() are asked after it.
  virtual void reset(std::uint64_t index) = 0;
  virtual std::uint64_t msisdn() const = 0;
  virtual std::string_view code() const = 0;
  // Told every page. To a question: what is typed; nothing hangs up. To a final page the result means nothing. To a
  // failed one: what is dialled to try the same session again; nothing gives it up.
  virtual std::optional<std::string> next(const page& shown) = 0;
};

struct load_settings {
  std::uint32_t concurrent = 200;
  std::uint64_t sessions = 10'000; // altogether; 0: as many as begin within `seconds`
  double seconds = 0;              // no session begins later; 0: no such end
  unsigned patience_s = 30;        // without any ESME, then the load gives up
  // A session whose caller has nothing more to say to a question stays open instead of being hung up; once all phones
  // are there, they wait this long and hang up together. For measuring what waiting sessions cost.
  unsigned hold_s = 0;
  // Not empty: by SMS to this number. A session is the code as its first text, each answer a further one, and a page
  // the reply; it is over when the caller has nothing more to say.
  std::string sms_to;
  // False for a page that should not have been shown; `turn` counts from 0 in a session.
  std::function<bool(const page& shown, std::uint64_t index, unsigned turn)> expected;
};

struct load_result {
  std::uint64_t sessions = 0; // begun; each ends as exactly one of the next three
  std::uint64_t completed = 0, hung_up = 0, failed = 0;
  std::uint64_t turns = 0; // dialled or answered, and a page came
  std::uint64_t redials = 0, unexpected = 0;
  std::uint64_t held = 0;            // open at once while holding
  double seconds = 0;                // from the first dial to the last page
  double cpu_seconds = 0;            // of this thread, the SMSC's share included
  smpp::latency turn_latency;        // nanoseconds from the key to the page
  std::vector<std::string> examples; // of failed sessions and unexpected pages, a few
  std::string gave_up;               // why the load ended early; empty: it did not
  bool clean() const { return failed == 0 && unexpected == 0 && gave_up.empty(); }
};

class load {
public:
  // `make` is called `concurrent` times. The SMSC outlives the load; destroying the load hangs up silently.
  load(boost::asio::io_context& io, smsc& exchange, load_settings settings,
       const std::function<std::unique_ptr<caller>()>& make);
  ~load();
  load(const load&) = delete;
  load& operator=(const load&) = delete;

  // Begins now, or when an ESME binds. `done` is called once, from the io_context; the load may be destroyed in it.
  void start(std::function<void(const load_result&)> done);
  // Begins no more sessions and ends when those under way have.
  void stop();
  const load_result& so_far() const; // counts and latency are live, seconds and CPU of the end
  // When all phones are held; see load_settings::hold_s.
  void on_held(std::function<void(const load_result&)> told);

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace tallyline::rehearsal
