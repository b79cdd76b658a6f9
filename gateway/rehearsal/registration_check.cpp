#include "gateway/rehearsal/registration_check.h"

#include "gateway/reports/report.h"
#include "storage/reader.h"

#include <map>

namespace tallyline::gateway {
namespace {

using rehearsal::office_way;
using rehearsal::week;
using kind = rehearsal::week_event::kind;

class checker {
public:
  checker(const std::filesystem::path& database, const week& w)
      : from_(must(storage::reader::open(database))), week_(w) {
    out_.figures.columns = {
        {"what", "What"}, {"recorded", "Recorded"}, {"known", "Known"}, {"difference", "Difference"}};
  }

  registration_check run() {
    using state = storage::record_state;
    row("documents received", count("documents", state::current), week_.documents);
    row("registered", count("registered", state::current), week_.registered);
    row("corrected", count("registered", state::superseded), week_.corrected);
    row("still waiting", count("documents", state::current) - count("registered", state::current), week_.waiting);
    ways();
    decisions();
    row("in review", count("documents", state::review) + count("registered", state::review), 0);
    return std::move(out_);
  }

private:
  std::int64_t count(std::string_view form, storage::record_state s) { return must(from_.count(form, s)); }

  void row(std::string what, std::int64_t recorded, std::int64_t known) {
    out_.exact = out_.exact && recorded == known;
    out_.figures.rows.push_back({std::move(what), recorded, known, recorded - known});
  }

  // Registrations by the way of their office.
  void ways() {
    std::map<int, std::int64_t> recorded;
    must(from_.for_each_total("registered", [&](std::string_view, std::string_view, const storage::sums& s) {
      for (const auto& b : s.bearers)
        recorded[static_cast<int>(b.number)] += b.value;
    }));
    std::map<office_way, std::int64_t> known;
    std::map<std::uint32_t, office_way> last; // a correction counts by its own way, which is its office's
    for (const auto& e : week_.events)
      if (e.what == kind::registered) ++known[week_.offices[e.office].way];
    row("  by USSD", recorded[static_cast<int>(storage::bearer::ussd)], known[office_way::ussd]);
    row("  by terminal", recorded[static_cast<int>(storage::bearer::terminal)], known[office_way::terminal]);
    row("  by the report link", recorded[static_cast<int>(storage::bearer::link)], known[office_way::link]);
  }

  void decisions() {
    std::map<std::string, std::int64_t> recorded;
    must(from_.for_each_fact("decision", storage::record_state::current, [&](const storage::reader::fact_row& f) {
      for (const char* what : {"accepted", "rejected", "withdrawn"})
        if (f.fields.find(what) != std::string_view::npos) ++recorded[what];
    }));
    row("accepted", recorded["accepted"], week_.accepted);
    row("rejected", recorded["rejected"], week_.rejected);
    row("withdrawn", recorded["withdrawn"], week_.withdrawn);
  }

  storage::reader from_;
  const week& week_;
  registration_check out_;
};

} // namespace

registration_check check_registration(const std::filesystem::path& database, const week& w) {
  return checker(database, w).run();
}

} // namespace tallyline::gateway
