// The election as the menu language sees it: menus::world over storage::election. Read on the network thread, which also
// tells it when the roster has changed.
#pragma once

#include "gateway/local_time.h"
#include "menus/engine.h"
#include "storage/election.h"

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace tallyline::gateway {

class election_world final : public menus::world {
public:
  // `e` must outlive the world. `unix_ms` says what time it is, for tests and trials.
  explicit election_world(const storage::election& e, std::function<std::int64_t()> unix_ms = {});

  std::string_view text(menus::entity of, menus::attribute what, std::string_view language) const override;
  std::int64_t number(menus::entity of, menus::attribute what) const override;
  menus::entity link(menus::entity of, menus::attribute what) const override;
  std::span<const menus::entity> list(menus::entity of, menus::attribute what) const override;
  std::int64_t local_minutes() const override { return clock_.minutes(); }

  // What a record's key holds for something personal; given once by whoever has the key (storage/pseudonym.h).
  using hider = std::function<std::string(std::string_view)>;
  void hide_by(hider h) { hide_ = std::move(h); }
  const hider& hide() const { return hide_; }
  // The places whose queues a person of this scope sees: its own, or the offices and areas in its area.
  std::vector<std::string> places_in(menus::entity scope) const;
  // Who was added to the roster, or is gone from it, since it was last told. Cheap: a word about each area above them.
  void roster_changed();
  // Somebody who may act in this role now.
  std::optional<std::uint32_t> acting(std::uint64_t msisdn, std::string_view role) const;
  bool acts(std::uint32_t person) const { return election_.people[person].acts_at(clock_.now_ms()); }

  const local_clock& clock() const { return clock_; }
  const storage::election& election() const { return election_; }
  // A person as the menu's subject: who it is and the station, office or area it answers for.
  menus::subject subject_of(std::uint32_t person) const;

private:
  std::size_t language_index(std::string_view tag) const;
  std::string_view name(menus::entity of, std::size_t language) const;
  std::string_view code(menus::entity of) const;
  void list_person(std::uint32_t person, bool there);

  const storage::election& election_;
  local_clock clock_;
  hider hide_;
  std::int64_t date_, polls_open_, polls_close_;
  std::deque<std::string> msisdns_;                    // by person
  std::vector<std::vector<menus::entity>> contests_;   // by area
  std::vector<std::vector<menus::entity>> within_;     // by area: contests whose area is in it
  std::vector<std::vector<menus::entity>> stations_;   // by area: all below it
  std::vector<std::vector<menus::entity>> candidates_; // by contest
  std::vector<std::vector<menus::entity>> offices_, people_, delegates_; // by area: all below it
  std::vector<bool> listed_;                                             // by person
};

} // namespace tallyline::gateway
