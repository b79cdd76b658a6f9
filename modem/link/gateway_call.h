// The gateway's side of one call on the report link: who calls, what they report, and the answer after the commit.
//
// A state machine without I/O. The owner hands on what was heard, carries out the events, and brings each batch's
// answers when what they say is on disk. Batches are answered in the order they came. Network thread only.
// LINK.md, "A call".
#pragma once

#include "modem/link/channel.h"
#include "modem/link/layout.h"
#include "modem/link/message.h"

#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace tallyline::modem::link {

// What the gateway knows of its sites. Must outlive the calls.
class site_directory {
public:
  struct known {
    std::string site;
    secret key{};
    std::uint64_t last_call = 0; // the highest number that a call of this site had
  };
  virtual ~site_directory() = default;
  // Nothing for an unknown key, and for a revoked one.
  virtual std::optional<known> by_key(const key_name& name) const = 0;
  // The layout of these forms as this site has them, or nullptr. It lives as long as the pointer does.
  virtual std::shared_ptr<const layout> layout_of(const std::string& site, const digest& forms) const = 0;
  // The forms in service for this site, packed.
  virtual offer offer_to(const std::string& site) const = 0;
  virtual std::shared_ptr<const std::string> forms_of(const std::string& site) const = 0;
};

struct call_opened { // the key is right and the number is new: it must be kept before anything is answered
  std::string site;
  std::uint64_t call = 0;
};
struct batch { // to be answered by `answered` or `cannot_keep`
  std::uint64_t first = 0;
  digest coded_by{};
  std::vector<record> records;
};
struct caller_refused { // a line for the log
  std::string why;
};
using gateway_event = std::variant<call_opened, batch, caller_refused>;

struct gateway_actions {
  std::string send;
  std::vector<gateway_event> events;
  std::optional<instant> wake;
  bool hang_up = false; // after what is to be sent
};

class gateway_call {
public:
  gateway_call(channel_settings line, const site_directory& sites) : sites_(sites), channel_(line) {}

  gateway_actions step(std::string_view heard, instant now);
  gateway_actions answered(std::vector<answer> answers, instant now);
  gateway_actions cannot_keep(instant now);

  const std::string& site() const { return site_; } // empty until it is known
  const channel_counters& counters() const { return channel_.counters(); }

private:
  void take_stream();
  bool take_opening();
  void open(const opening& o);
  void take(up_message&& m);
  void put(const down_message& m);
  void refuse(refusal why, std::string log);
  bool take_broken();
  gateway_actions actions(instant now);

  const site_directory& sites_;
  channel channel_;
  std::string site_;
  secret key_{};
  std::string bound_to_;
  std::uint64_t call_ = 0;
  bool stale_ = false; // the number is not new
  std::uint64_t last_call_ = 0;
  std::optional<seal> up_, down_;
  bool offered_ = false;
  int broken_ = 0;
  bool hang_up_ = false, over_ = false;
  std::vector<gateway_event> events_;
};

} // namespace tallyline::modem::link
