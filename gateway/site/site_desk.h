// A site at work: entering reports by the gateway's own forms and rules, and one call that sends what waits.
//
// What is wrong is said before anything is dialled. Errors are std::runtime_error with words for a person. One thread.
#pragma once

#include "gateway/site/site_forms.h"
#include "gateway/site/site_queue.h"
#include "modem/link/site_call.h"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::gateway {

struct entry_refused { // nothing was kept
  std::string why, about;
  bool wants_confirming = false; // `about` is the warning's name
};

class site_desk {
public:
  explicit site_desk(const std::filesystem::path& folder);

  bool has_forms() const { return forms_ != nullptr; }
  const site_forms& forms() const; // throws when there are none yet
  site_queue& queue() { return queue_; }

  // Checks by the rules; keeps nothing. The form may be named as site_forms::form_by_name has it.
  std::optional<entry_refused> check(const queued_report& r) const;
  // The lists that came in cells of their own (votes_1, votes_2, …) as one answer each.
  queued_report gathered(std::uint16_t form, std::string scope,
                         const std::vector<std::pair<std::string, std::string>>& cells) const;

  // --- a call
  struct sent {
    std::size_t answered = 0, refused = 0, waiting = 0;
    bool new_forms = false;
    modem::link::call_ended how;
  };
  // The call for what waits now. `line` says what is known of the line.
  std::unique_ptr<modem::link::site_call> begin_call(modem::link::channel_settings line);
  // What came of a step; on disk when it returns.
  void take(const modem::link::site_event& e);
  const sent& outcome() const { return sent_; }
  void call_over(const modem::link::site_call& c); // remembers what the line needed

private:
  struct ready {
    queued_report entry;
    storage::report filled;
  };
  menus::whole_result fill(const queued_report& r, std::uint16_t form, menus::entity scope) const;
  std::string reason_in(const queued_report& r, std::uint16_t form) const;
  void take_answer(const modem::link::answer& a);
  void take_part(const modem::link::forms_part& p);
  void load_forms();

  site_queue queue_;
  std::unique_ptr<site_forms> forms_;
  std::vector<ready> going_; // in the call, in step with its numbers
  std::uint64_t first_ = 0;
  site_queue::part part_;
  sent sent_;
};

std::string_view in_words(modem::link::verdict v);

} // namespace tallyline::gateway
