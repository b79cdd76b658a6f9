// What somebody of an election office has to report, in the words of each way: what is typed page by page, and what a
// site's program is given. By the menus that ship (menus/scripts/registration.yaml and board.yaml).
#pragma once

#include "gateway/rehearsal/office_week.h"

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tallyline::rehearsal {

struct office_errand {
  std::uint64_t msisdn = 0;
  std::string pin, dial;
  std::vector<std::string> typed; // from the first page on, without the PIN
  // For a site's program:
  std::string form, office;
  std::vector<std::pair<std::string, std::string>> answers;
  std::vector<std::string> confirmed;
};

office_errand errand_of(const week& w, const week_event& e);

// The last page that was seen, or what the site's program said.
using errand_done = std::function<void(std::string last)>;
bool has_receipt(std::string_view page); // "482-193-7620", in digits of any alphabet
// The page that offers to go on with what was begun, by the text that ships in Persian (menus/scripts/texts.yaml).
bool offers_unfinished(std::string_view page);
inline constexpr std::string_view from_the_beginning = "2"; // what to answer there

// A way on which errands are run, one at a time for each person. Network thread; `done` is called from it.
class errand_way {
public:
  virtual ~errand_way() = default;
  virtual void run(const office_errand& what, errand_done done) = 0;
};

} // namespace tallyline::rehearsal
