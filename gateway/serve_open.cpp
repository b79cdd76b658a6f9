#include "gateway/serve_open.h"

#include "storage/import.h"
#include "storage/status.h"

#include <fmt/format.h>
#include <stdexcept>

namespace tallyline::gateway {

std::shared_ptr<storage::election> open_election(const config& c) {
  const auto failed = [&](const boost::system::error_code& why) {
    return std::runtime_error(fmt::format("{}: {}", c.database.string(), why.message()));
  };
  if (const auto good = storage::check_before_start(c.database); !good) throw failed(good.error());
  auto loaded = storage::load_election(c.database);
  if (!loaded) throw failed(loaded.error());
  return std::make_shared<storage::election>(std::move(*loaded));
}

storage::pin_key open_key(const config& c) {
  const auto key = storage::pin_key::open(c.database);
  return key ? *key : throw std::runtime_error(fmt::format("{}.key: {}", c.database.string(), key.error().message()));
}

intake_clock clock_of(const election_world& world) {
  return {.unix_ms = [&world] { return world.clock().now_ms(); }};
}

} // namespace tallyline::gateway
