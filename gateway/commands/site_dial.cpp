#include "gateway/commands/site_dial.h"

#include "gateway/share.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sstream>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

modem::profile profile_named(const std::string& name) {
  if (name.find_first_of("./") != std::string::npos) return modem::read_profile(name);
  const auto all = modem::read_profiles(shared_file("modem/profiles/generic.yaml").parent_path());
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& p) { return p.name == name; });
  if (found != all.end()) return *found;
  std::string names;
  for (const auto& p : all)
    names += (names.empty() ? "" : ", ") + p.name;
  throw std::runtime_error(fmt::format("no profile '{}' ships; there are: {}, or a file of your own", name, names));
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> all;
  for (std::string word; in >> word;)
    all.push_back(word);
  return all;
}

// Minutes of the day, or -1.
int minutes_of(const std::string& clock) {
  int hour = 0, minute = 0;
  char end = 0;
  if (std::sscanf(clock.c_str(), "%2d:%2d%c", &hour, &minute, &end) != 2) return -1;
  return hour >= 0 && hour < 24 && minute >= 0 && minute < 60 ? hour * 60 + minute : -1;
}

} // namespace

void dial_options::add_to(CLI::App* c) {
  c->add_option("--number", numbers, "dial this number; several are tried in their order; remembered");
  c->add_option("--profile", profile, "the modem's, see tallyline modem profiles; remembered (default: generic)");
  c->add_option("--between", between, "dial only in these hours, such as 20:00-23:30; remembered");
  c->add_option("--lock-folder", lock_folder, "where port locks lie; remembered (default: /var/lock)");
  c->add_option("--traffic-log", traffic_log, "write all that goes to and from the modem to this file");
}

void dial_options::remember(site_queue& q) const {
  const auto keep = [&](const char* name, const std::string& value) {
    if (!value.empty()) q.set(name, value);
  };
  keep("port", numbers.empty() ? std::string() : port);
  keep("numbers", fmt::format("{}", fmt::join(numbers, " ")));
  keep("profile", profile);
  keep("between", between);
  keep("lock_folder", lock_folder);
}

std::optional<dial_plan> plan_of(site_queue& q, const dial_options& given) {
  const auto known = [&](const char* name, const std::string& value) {
    return value.empty() ? q.setting(name) : value;
  };
  dial_plan plan;
  plan.numbers = given.numbers.empty() ? words_of(q.setting("numbers")) : given.numbers;
  if (plan.numbers.empty()) return std::nullopt;
  plan.port = known("port", given.port);
  if (plan.port.empty()) throw std::runtime_error("which port is the modem at? --port /dev/serial/by-path/…");
  const auto name = known("profile", given.profile);
  plan.profile = profile_named(name.empty() ? "generic" : name);
  if (const auto folder = known("lock_folder", given.lock_folder); !folder.empty()) plan.lock_folder = folder;
  plan.traffic_log = given.traffic_log;
  check_hours(known("between", given.between), minute_now());
  return plan;
}

void check_hours(const std::string& span, int minute) {
  if (span.empty()) return;
  const auto dash = span.find('-');
  const int from = dash == std::string::npos ? -1 : minutes_of(span.substr(0, dash));
  const int to = dash == std::string::npos ? -1 : minutes_of(span.substr(dash + 1));
  if (from < 0 || to < 0 || from == to)
    throw std::runtime_error(fmt::format("'{}' is no span of hours, such as 20:00-23:30", span));
  const bool inside = from < to ? minute >= from && minute < to : minute >= from || minute < to;
  if (!inside)
    throw std::runtime_error(fmt::format("it is {:02}:{:02}, and this site dials in {} only; what waits stays in its "
                                         "queue; --between 00:00-23:59 dials now",
                                         minute / 60, minute % 60, span));
}

int minute_now() {
  const std::time_t now = std::time(nullptr);
  std::tm local{};
  ::localtime_r(&now, &local);
  return local.tm_hour * 60 + local.tm_min;
}

} // namespace tallyline::gateway
