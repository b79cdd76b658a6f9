#include "gateway/draft_slots.h"

#include <doctest/doctest.h>

using tallyline::gateway::draft_slots;

TEST_CASE("slots are given out densely and a freed one is used again first") {
  draft_slots s;
  CHECK(s.take() == 1);
  CHECK(s.take() == 2);
  s.give_back(1);
  CHECK(s.take() == 1);
  CHECK(s.take() == 3);
}

TEST_CASE("a draft that was left is claimed once, by its own subscriber and menu") {
  draft_slots s;
  const auto slot = s.take();
  s.leave(slot, 98912, 0);
  CHECK(s.claim(98912, 1) == 0);
  CHECK(s.claim(98913, 0) == 0);
  CHECK(s.claim(98912, 0) == slot);
  CHECK(s.claim(98912, 0) == 0);
}

TEST_CASE("after a restart no slot that holds a draft is given to anybody else") {
  draft_slots s;
  s.found(2, 98912, 0);
  s.found(5, 98913, 0);
  s.fill_gaps();
  CHECK(s.take() == 1);
  CHECK(s.take() == 3);
  CHECK(s.take() == 4);
  CHECK(s.take() == 6);
  CHECK(s.claim(98913, 0) == 5);
}

TEST_CASE("two drafts of menus that are no longer served both keep their slots") {
  draft_slots s;
  s.found(1, 98912, 0xFFF);
  s.found(2, 98912, 0xFFF);
  s.fill_gaps();
  CHECK(s.take() == 3);
}
