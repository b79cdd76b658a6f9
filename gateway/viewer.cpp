#include "gateway/viewer.h"

#include "storage/roster.h"

#include <algorithm>
#include <fmt/format.h>
#include <pwd.h>
#include <stdexcept>
#include <sys/stat.h>
#include <unistd.h>

namespace tallyline::gateway {
namespace {

viewer& current() {
  static viewer v;
  return v;
}

std::optional<std::uint32_t> area_of_scope(const storage::election& e, std::string_view scope) {
  if (const auto s = e.station_by_code(scope)) return e.stations[*s].area;
  if (const auto o = e.office_by_code(scope)) return e.offices[*o].area;
  return e.area_by_code(scope);
}

} // namespace

std::string viewer::area_for(const storage::election& e, const std::string& asked) const {
  if (!limited() || asked == area) return asked.empty() ? area : asked;
  if (asked.empty()) return area;
  if (!e.area_by_code(asked)) throw std::runtime_error(fmt::format("there is no area '{}'", asked));
  if (!sees(e, asked))
    throw std::runtime_error(fmt::format("'{}' lies outside {}, the area that the account '{}' is for", asked, area, login));
  return asked;
}

bool viewer::sees(const storage::election& e, std::string_view scope) const {
  if (!limited()) return true;
  const auto own = e.area_by_code(area), other = area_of_scope(e, scope);
  return own && other && e.area_contains(*own, *other);
}

bool viewer::sees(const storage::election& e, const storage::person& who) const {
  return sees(e, storage::scope_code(e, who));
}

std::string login_of(::uid_t user) {
  const passwd* found = ::getpwuid(user);
  return found ? found->pw_name : fmt::format("user {}", user);
}

viewer viewer_named(const std::filesystem::path& database, const std::string& login) {
  const auto all = storage::accounts(database);
  if (!all) throw std::runtime_error(fmt::format("{}: {}", database.string(), all.error().message()));
  if (all->empty()) return {login};
  const auto own = std::find_if(all->begin(), all->end(), [&](const auto& a) { return a.login == login; });
  if (own == all->end())
    throw std::runtime_error(fmt::format("{}: the login '{}' has no account here; whoever owns the database gives one: "
                                         "tallyline operator add {} --role supervisor --area CODE",
                                         database.string(), login, login));
  return {login, own->area};
}

viewer viewer_of(const std::filesystem::path& database, ::uid_t user) {
  struct stat file{};
  const bool owner = user == 0 || (::stat(database.c_str(), &file) == 0 && file.st_uid == user);
  return owner ? viewer{login_of(user)} : viewer_named(database, login_of(user));
}

const viewer& the_viewer() { return current(); }
void set_viewer(viewer v) { current() = std::move(v); }

} // namespace tallyline::gateway
