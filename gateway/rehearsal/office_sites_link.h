// Errands by the report link: the site's own program of each office that has one, with its sealed queue and its calls,
// over TCP. Sites work on a thread of their own, one after the other, as their calls wait for the gateway.
#pragma once

#include "gateway/rehearsal/office_errand.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace tallyline::gateway {
class site_desk;
}

namespace tallyline::rehearsal {

class office_sites final : public errand_way {
public:
  // `keys`: of the offices that have a site, 32 octets each. Folders are made below `folder`.
  office_sites(boost::asio::io_context& io, std::filesystem::path folder, std::map<std::string, std::string> keys,
               std::string gateway);
  ~office_sites(); // waits for the errand under way
  void run(const office_errand& what, errand_done done) override;
  std::uint64_t octets() const { return octets_; } // both ways
  std::uint64_t calls() const { return calls_; }

private:
  std::string at_site(const office_errand& what);
  gateway::site_desk& desk_of(const std::string& office);
  std::string call(gateway::site_desk& desk);

  boost::asio::io_context& io_;
  std::filesystem::path folder_;
  std::map<std::string, std::string> keys_;
  std::string gateway_;
  std::map<std::string, std::unique_ptr<gateway::site_desk>> desks_; // the sites' thread
  std::uint64_t octets_ = 0, calls_ = 0;
  boost::asio::thread_pool thread_{1}; // last: joined before the rest goes
};

} // namespace tallyline::rehearsal
