// A caller that reads its answers from a list, the same for every phone but for {msisdn} and {pin}.
#pragma once

#include "gateway/rehearsal/load.h"

#include <boost/system/result.hpp>
#include <iosfwd>

namespace tallyline::rehearsal {

struct person {
  std::uint64_t msisdn = 0;
  std::string pin;
};

// A CSV file with a header row and at least the columns msisdn and pin, such as an election pack's people.csv. The
// error is `name:line: what is wrong`; nothing is returned when any line is bad.
boost::system::result<std::vector<person>, std::string> read_people(std::istream& csv, std::string_view name);

struct load_script {
  std::string code = "*140#"; // {pin} and {msisdn} are replaced here and in the answers
  std::vector<std::string> answers;
  std::vector<person> people; // session i is of person i modulo their number; when there are none:
  std::uint64_t msisdn_from = 989120000001;
  std::uint64_t subscribers = 0; // session i is of msisdn_from + i modulo this; 0: no modulo
  unsigned redials = 0;          // of a failed session
};

// `script` is shared and not changed any more.
std::unique_ptr<caller> scripted_caller(std::shared_ptr<const load_script> script);

} // namespace tallyline::rehearsal
