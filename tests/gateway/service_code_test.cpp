#include "gateway/service_code.h"

#include <doctest/doctest.h>

using tallyline::gateway::service_code;

TEST_CASE("the service code is what stands before the first answer, however it was dialled") {
  CHECK(service_code("*140#") == "140");
  CHECK(service_code("*140*1*120#") == "140");
  CHECK(service_code("140") == "140");
  CHECK(service_code("#140#") == "140");
  CHECK(service_code("**140#") == "140");
  CHECK(service_code("") == "");
  CHECK(service_code("#*#") == "");
}
