#include "gateway/authoring/elections.h"

#include "gateway/authoring/sample_election.h"
#include "gateway/election_world.h"
#include "gateway/sms_bearer.h"
#include "gateway/ussd_bearer.h"
#include "storage/import.h"
#include "storage/pack.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace tallyline::gateway {

std::shared_ptr<const storage::election> election_for(const menus::script& menu, const std::string& pack,
                                                      const std::string& database) {
  if (!database.empty()) {
    auto loaded = storage::load_election(database);
    if (!loaded) throw std::runtime_error(fmt::format("{}: {}", database, loaded.error().message()));
    return std::make_shared<const storage::election>(std::move(*loaded));
  }
  if (pack.empty()) return std::make_shared<const storage::election>(sample_election(menu));
  auto read = storage::read_pack(pack);
  if (!read) throw std::runtime_error(fmt::format("{}: {}", pack, storage::to_text(read.error().list.at(0))));
  return std::make_shared<const storage::election>(std::move(read->contents));
}

namespace {

// All that is in it, for the check to find the longest names.
std::vector<menus::entity> everything(const storage::election& e) {
  std::vector<menus::entity> all{{menus::noun::election, 0}};
  const auto add = [&](menus::noun kind, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      all.push_back({kind, static_cast<std::uint32_t>(i)});
  };
  add(menus::noun::area, e.areas.size());
  add(menus::noun::station, e.stations.size());
  add(menus::noun::contest, e.contests.size());
  add(menus::noun::candidate, e.candidates.size());
  add(menus::noun::office, e.offices.size());
  add(menus::noun::person, e.people.size());
  return all;
}

} // namespace

menus::check_result prove(const menus::load_result& loaded, const storage::election& e, int operator_total_s,
                          int answer_takes_s) {
  if (!loaded) return {loaded.problems, {}};
  const election_world world(e);
  const ussd_page ussd;
  const sms_page sms;
  menus::check_options options{&world, everything(e), {{"ussd", &ussd}}, operator_total_s, answer_takes_s};
  const auto& forms = loaded.menu->forms;
  if (std::any_of(forms.begin(), forms.end(), [](const auto& f) {
        return !f.sms_words.empty() || f.sms_receipt || f.reminder != menus::no_text || f.escalation != menus::no_text;
      }))
    options.bearers.push_back({"sms", &sms});
  return menus::check(loaded, options);
}

} // namespace tallyline::gateway
