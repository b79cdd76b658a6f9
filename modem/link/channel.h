// Two streams of octets, one each way, over a line that loses and garbles: nothing lost, nothing twice, in order.
//
// A state machine without I/O or clock: the owner brings what was heard and what time it is, takes what is to be sent,
// and comes back at `wakes`. Frames carry a place in the stream, so that a lost one can be sent again in other sizes.
// Selective: what was lost is named by the other side, and only that goes out again. The window and the frames fit the
// line: not much more is sent than it takes in a while, and frames become smaller where they are damaged.
// See LINK.md, "Frames" and "The channel". Not thread-safe.
#pragma once

#include "modem/link/frame.h"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::modem::link {

using instant = std::chrono::microseconds; // since any moment, the same for one channel

struct channel_settings {
  std::int64_t speed = 0; // bit/s of the line, ten an octet; 0: a network, which paces itself
  line_care care = line_care::none;
};

struct channel_counters {
  std::uint64_t octets_out = 0, octets_in = 0, frames_out = 0, frames_in = 0, damaged = 0;
  std::uint64_t again = 0; // frames sent again
  std::uint64_t asked = 0; // times the other side was asked what it has
};

class channel {
public:
  explicit channel(channel_settings settings) : settings_(settings), care_(settings.care) {}

  void send(std::string_view bytes) { stream_ += bytes; }
  void say_refused(std::uint8_t why) { refusing_ = why; } // in clear, for who has no key
  void say_bye() { bye_ = true; }                         // nothing more will come; goes out with what is left

  void heard(std::string_view octets, instant now);
  // What is to go out now.
  std::string output(instant now);
  // When to call output again even if nothing was heard.
  std::optional<instant> wakes(instant now) const;

  // What has come in order and was not consumed.
  std::string_view received() const { return std::string_view(incoming_).substr(consumed_); }
  void consume(std::size_t octets) { consumed_ += octets; }
  // What was received and not consumed is not what was sent (its seal is broken): it is asked for again.
  void reject();
  // Something must still come: silence is asked about.
  void expect(bool more) { expecting_ = more; }

  bool dead() const { return dead_; } // asked and asked, and nobody answered
  bool said_bye() const { return peer_bye_; }
  std::optional<std::uint8_t> refused() const { return peer_refused_; }
  bool all_acknowledged() const { return acknowledged_ >= stream_.size(); }
  line_care care() const { return care_; } // what the line was found to need: worth remembering for the next call
  const channel_counters& counters() const { return counters_; }

private:
  struct slice { // a frame's part of the stream, on its way
    std::uint64_t begin = 0, end = 0;
    instant leaves{};  // its last octet, as the line's speed has it
    instant settled{}; // before it, what is said of the slice is about an earlier sending
    bool first = true; // never sent before
    std::string body;  // as framed
  };
  struct range {
    std::uint64_t begin = 0, end = 0;
    bool again = false;
  };
  struct report { // what the other side has
    std::uint64_t up_to = 0;
    std::vector<range> missing;
    std::uint64_t known = 0; // where it ends what it has, behind what is missing
    bool tail = false;       // and it hears nothing more
    std::size_t damage = 0;  // size of the last damaged frame, 0: none
  };

  void take_frame(std::string_view body, instant now);
  void take_data(std::uint64_t at, std::string_view bytes);
  void take_report(const report& r, instant now);
  void learn_round_trip(instant now, std::uint64_t up_to);
  void learn_care(const slice& lost, std::size_t damage);
  void lose(std::uint64_t begin, std::uint64_t end);
  std::optional<range> next_part();

  void put_frame(std::string& out, std::string body, instant now);
  std::pair<int, std::string> missing_ranges() const;
  std::string head_and_report(bool with_data, bool ask);
  void put_data(std::string& out, range part, instant now);
  void wake_probe(std::string& out, instant now);
  bool report_due(instant now) const;
  std::uint64_t in_order() const { return base_ + incoming_.size(); }
  bool amiss() const { return amiss_ || deframer_.inside(); }
  std::size_t window() const;
  std::size_t first_frame_size() const;
  instant takes(std::size_t octets) const;
  instant patience() const;
  instant quiet() const;

  channel_settings settings_;
  line_care care_;
  channel_counters counters_;

  // What goes out.
  std::string stream_;
  std::uint64_t next_ = 0, acknowledged_ = 0;
  std::vector<slice> on_the_way_; // in order of begin
  std::vector<range> lost_;       // to be sent again
  std::size_t frame_size_ = 0;    // octets of the stream in a frame; 0: not chosen yet
  int whole_ = 0;                 // frames in a row that arrived
  int garbled_ = 0;               // frames in a row that arrived at full length and damaged
  instant line_free_{};
  std::optional<instant> round_trip_;
  std::optional<std::uint8_t> refusing_;
  bool bye_ = false, bye_said_ = false;

  // What comes in.
  deframer deframer_;
  std::string incoming_; // in order, from base_ on
  std::uint64_t base_ = 0;
  std::size_t consumed_ = 0;
  std::map<std::uint64_t, std::string> ahead_; // behind a gap
  std::uint64_t reported_ = 0;                 // in_order() at the last report
  bool report_now_ = false, report_tail_ = false;
  bool report_owed_ = false;
  std::size_t damage_ = 0;
  bool amiss_ = false;
  int quiet_reports_ = 0;
  instant last_heard_{};
  instant longest_pause_{}; // inside a frame

  bool expecting_ = false;
  int unanswered_ = 0;
  instant waiting_since_{}; // for an answer
  bool dead_ = false, peer_bye_ = false;
  std::optional<std::uint8_t> peer_refused_;
};

} // namespace tallyline::modem::link
