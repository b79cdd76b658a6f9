#include "gateway/rehearsal/office_sites_link.h"

#include "gateway/site/site_desk.h"
#include "gateway/site/site_wire.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <stdexcept>

namespace tallyline::rehearsal {

office_sites::office_sites(boost::asio::io_context& io, std::filesystem::path folder,
                           std::map<std::string, std::string> keys, std::string gateway)
    : io_(io), folder_(std::move(folder)), keys_(std::move(keys)), gateway_(std::move(gateway)) {}

office_sites::~office_sites() { thread_.join(); }

void office_sites::run(const office_errand& what, errand_done done) {
  // The loop stays while a site works.
  boost::asio::post(thread_, [this, what, done = std::move(done), busy = boost::asio::make_work_guard(io_)]() mutable {
    std::string said;
    try {
      said = at_site(what);
    } catch (const std::exception& e) {
      said = e.what();
    }
    boost::asio::post(io_, [done = std::move(done), said = std::move(said)] { done(said); });
  });
}

// What `tallyline site add` and `site send` do.
std::string office_sites::at_site(const office_errand& what) {
  auto& desk = desk_of(what.office);
  const auto form = desk.forms().form_by_name(what.form);
  if (!form) return fmt::format("the site has no form {}", what.form);
  auto r = desk.gathered(*form, what.office, what.answers);
  r.confirmed = what.confirmed;
  if (const auto refused = desk.check(r)) return refused->about + ": " + refused->why;
  const auto number = desk.queue().add(r);
  if (const auto failed = call(desk); !failed.empty()) return failed;
  for (const auto& q : desk.queue().all())
    if (q.number == number) return q.receipt.empty() ? q.verdict + ": " + q.text : q.receipt;
  return "the report is not in the queue any more";
}

gateway::site_desk& office_sites::desk_of(const std::string& office) {
  auto& desk = desks_[office];
  if (!desk) {
    modem::link::secret key;
    const auto& octets = keys_.at(office);
    std::copy_n(octets.begin(), std::min(octets.size(), key.size()), key.begin());
    const auto folder = folder_ / office;
    gateway::site_queue::enrol(folder, key);
    desk = std::make_unique<gateway::site_desk>(folder);
    if (const auto failed = call(*desk); !failed.empty()) throw std::runtime_error(failed); // brings the forms
  }
  return *desk;
}

std::string office_sites::call(gateway::site_desk& desk) {
  auto line = gateway::wire::to_host(gateway_);
  const auto r = gateway::call_over(desk, line, {}, [](const auto&) {});
  octets_ += r.octets_in + r.octets_out;
  ++calls_;
  return r.what.how.how == modem::link::call_end::done ? std::string() : r.what.how.why;
}

} // namespace tallyline::rehearsal
