#include "gateway/smpp/names.h"

#include <doctest/doctest.h>

using namespace tallyline::smpp;

TEST_CASE("CommandsAndStatusesHaveTheSpecificationsNames") {
  CHECK(name_of(command::deliver_sm) == "deliver_sm");
  CHECK(name_of(static_cast<command>(0x12345)) == "unknown command");
  CHECK(name_of(status::invalid_password) == "ESME_RINVPASWD");
  CHECK(name_of(static_cast<status>(0x451)).empty());
}

TEST_CASE("AStatusIsDescribedForPeople") {
  CHECK(describe(status::invalid_password) == "ESME_RINVPASWD (invalid password)");
  CHECK(describe(static_cast<status>(0x451)) == "0x00000451 (the operator's own)");
  CHECK(describe(static_cast<status>(0x09)) == "0x00000009 (reserved)");
}
