// The pages of a script with the longest values, made by the engine's own code. Internal to menus/check.
#pragma once

#include "menus/check.h"
#include "menus/engine.h"
#include "menus/longest_world.h"

namespace tallyline::menus {

class page_prover {
public:
  page_prover(const script& menu, const longest_world& election) : menu_(menu), election_(election) {}

  std::size_t of_screen(std::uint16_t screen, std::uint16_t language, const bearer& on) const;
  // Question by question, then the read-back.
  std::vector<std::size_t> of_form(std::uint16_t form, std::uint16_t language, const bearer& on) const;
  // The receipt in every wording: recorded, the same again, corrected, and so on.
  bool receipt_fits(std::uint16_t form, std::uint16_t language, const bearer& on) const;
  // Each rule's page, as a warning; then going on with a dropped report, and the list of answers that can be changed.
  std::vector<std::size_t> of_moments(std::uint16_t form, std::uint16_t language, const bearer& on) const;
  // What is said outside a page and cannot be turned: true when it fits one.
  bool fits_alone(message which, std::uint16_t language, const bearer& on) const;
  // A text that is sent by itself, with the longest single thing that can be missing.
  bool reminder_fits(std::uint16_t form, std::uint16_t language, const bearer& on) const;
  bool escalation_fits(std::uint16_t form, std::uint16_t language, const bearer& on) const;
  // The numbers that all its lists ask for, of the longest.
  std::size_t numbers_of_lists(std::uint16_t form) const;

private:
  dialogue_ptr at_start(std::uint16_t language) const;
  bool sent_fits(text_id text, entity scope, std::string_view item, std::uint16_t language, const bearer& on) const;
  std::string longest_item(const form& f, std::uint16_t language) const;
  void fill(dialogue& d, std::uint16_t form) const;
  const script& menu_;
  const longest_world& election_;
};

} // namespace tallyline::menus
