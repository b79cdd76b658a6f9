// The election as the menu language sees it: menus::world over storage::election. Immutable, read on the network
// thread.
#pragma once

#include "menus/engine.h"
#include "storage/election.h"

#include <string>
#include <vector>

namespace tallyline::gateway {

class election_world final : public menus::world {
public:
  explicit election_world(const storage::election& e); // must outlive the world

  std::string_view text(menus::entity of, menus::attribute what, std::string_view language) const override;
  std::int64_t number(menus::entity of, menus::attribute what) const override;
  menus::entity link(menus::entity of, menus::attribute what) const override;
  std::span<const menus::entity> list(menus::entity of, menus::attribute what) const override;

  const storage::election& election() const { return election_; }
  // A person as the menu's subject: who it is and the station, office or area it answers for.
  menus::subject subject_of(std::uint32_t person) const;

private:
  std::size_t language_index(std::string_view tag) const;
  std::string_view name(menus::entity of, std::size_t language) const;
  std::string_view code(menus::entity of) const;

  const storage::election& election_;
  std::vector<std::string> msisdns_;                   // by person
  std::vector<std::vector<menus::entity>> contests_;   // by area
  std::vector<std::vector<menus::entity>> stations_;   // by area: all below it
  std::vector<std::vector<menus::entity>> candidates_; // by contest
};

} // namespace tallyline::gateway
