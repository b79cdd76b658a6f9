// The site's side of one call: reports in the first flight, what became of them in the answer, newer forms after it.
//
// A state machine without I/O: `step` takes what happened and gives what to do. The call's number must be on disk,
// higher than any before, when it is made; the records are those of the site's queue that have no answer yet, oldest
// first. One thread. LINK.md, "A call".
#pragma once

#include "modem/link/channel.h"
#include "modem/link/layout.h"
#include "modem/link/message.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tallyline::modem::link {

inline constexpr std::size_t records_a_batch = 64; // sealed together, answered together

struct site_call_settings {
  channel_settings line;
  secret key{};
  std::uint64_t call = 0;
  digest forms{};                // those the records are coded by; zeros: none
  std::optional<digest> partial; // forms that were fetched in part
  std::uint64_t partial_octets = 0;
  bool fetch_forms = true;
};

enum class call_end : std::uint8_t { done, line_dead, refused, stale, later, garbled };

// What came of a step, in order.
struct call_ended {
  call_end how = call_end::done;
  std::string why;             // for a person; empty when done
  std::uint64_t last_call = 0; // of a stale call: its number was used up to this
};
using site_event = std::variant<answer, forms_part, call_ended>;

struct site_actions {
  std::string send;
  std::vector<site_event> events;
  std::optional<instant> wake; // step again then, at the latest
};

class site_call {
public:
  // `forms` must outlive the call; nullptr when the site has none yet (then there are no records).
  site_call(site_call_settings settings, const layout* forms, std::uint64_t first, std::vector<record> records);

  site_actions begin(instant now); // the line is connected
  site_actions step(std::string_view heard, instant now);

  bool ended() const { return ended_; }
  line_care care() const { return channel_.care(); }
  const channel_counters& counters() const { return channel_.counters(); }

private:
  void put(const up_message& m);
  void take_messages();
  void take(down_message&& m);
  void take_offer(const offer& o);
  void end(call_end how, std::string why = {}, std::uint64_t last = 0);
  site_actions actions(instant now);

  site_call_settings settings_;
  const layout* forms_;
  std::uint64_t first_;
  std::vector<record> records_;
  channel channel_;
  seal up_;
  std::optional<seal> down_;
  std::string bound_to_; // the opening, and the first tag
  std::uint64_t unanswered_ = 0;
  bool asked_ = false; // hello, and no answer yet
  std::optional<digest> fetching_;
  int broken_ = 0;
  bool ended_ = false;
  std::vector<site_event> events_;
};

} // namespace tallyline::modem::link
