#include "gateway/site/site_forms.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <stdexcept>
#include <zstd.h>

namespace tallyline::gateway {
namespace {

std::string csv_cell(std::string_view cell) {
  if (cell.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(cell);
  std::string out = "\"";
  for (const char c : cell)
    out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

// The part of the election that a site needs, as files of a pack.
class part_writer {
public:
  part_writer(const storage::election& e, const storage::site& s) : e_(e), in_(e.areas.size()) {
    for (std::size_t a = 0; a < e.areas.size(); ++a)
      in_[a] = e.area_contains(s.area, static_cast<std::uint32_t>(a)) ||
               e.area_contains(static_cast<std::uint32_t>(a), s.area);
    inside_ = s.area;
  }

  boost::json::object files() {
    boost::json::object out;
    out["election.csv"] = settings();
    out["areas.csv"] = areas();
    out["stations.csv"] = stations();
    out["contests.csv"] = contests();
    out["candidates.csv"] = candidates();
    out["people.csv"] = "msisdn,pin,role,scope,name,language\n";
    if (!e_.offices.empty()) out["offices.csv"] = offices();
    return out;
  }

private:
  std::string name_columns() const {
    std::string out;
    for (const auto& l : e_.languages)
      out += ",name_" + l;
    return out;
  }
  std::string names(const storage::names& n) const {
    std::string out;
    for (std::size_t i = 0; i < e_.languages.size(); ++i)
      out += ',' + (i < n.size() ? csv_cell(n[i]) : std::string());
    return out;
  }
  bool within(std::uint32_t area) const { return e_.area_contains(inside_, area); }

  std::string settings() const {
    std::string out = "key,value\n";
    const std::pair<const char*, std::string> all[] = {{"name", e_.name},
                                                       {"date", e_.date},
                                                       {"time_zone", e_.time_zone},
                                                       {"polls_open", e_.polls_open},
                                                       {"polls_close", e_.polls_close},
                                                       {"languages", fmt::format("{}", fmt::join(e_.languages, " "))}};
    for (const auto& [key, value] : all)
      if (!value.empty()) out += fmt::format("{},{}\n", key, csv_cell(value));
    return out;
  }
  std::string areas() const {
    std::string out = "code,parent,level" + name_columns() + '\n';
    for (std::size_t a = 0; a < e_.areas.size(); ++a) {
      const auto& x = e_.areas[a];
      if (!in_[a]) continue;
      out += fmt::format("{},{},{}{}\n", csv_cell(x.code),
                         x.parent == storage::none ? "" : csv_cell(e_.areas[x.parent].code), csv_cell(x.level),
                         names(x.name));
    }
    return out;
  }
  std::string stations() const {
    std::string out = "code,area" + name_columns() + ",registered\n";
    for (const auto& s : e_.stations)
      if (within(s.area))
        out +=
            fmt::format("{},{}{},{}\n", csv_cell(s.code), csv_cell(e_.areas[s.area].code), names(s.name), s.registered);
    return out;
  }
  std::string offices() const {
    std::string out = "code,area" + name_columns() + '\n';
    for (const auto& o : e_.offices)
      if (within(o.area))
        out += fmt::format("{},{}{}\n", csv_cell(o.code), csv_cell(e_.areas[o.area].code), names(o.name));
    return out;
  }
  std::string contests() const {
    std::string out = "code,area" + name_columns() + ",seats,max_choices\n";
    for (const auto& c : e_.contests)
      if (in_[c.area])
        out += fmt::format("{},{}{},{},{}\n", csv_cell(c.code), csv_cell(e_.areas[c.area].code), names(c.name), c.seats,
                           c.max_choices);
    return out;
  }
  std::string candidates() const {
    std::string out = "contest,number" + name_columns() + '\n';
    for (const auto& c : e_.candidates)
      if (in_[e_.contests[c.contest].area])
        out += fmt::format("{},{}{}\n", csv_cell(e_.contests[c.contest].code), c.number, names(c.name));
    return out;
  }

  const storage::election& e_;
  std::vector<bool> in_; // areas of the site, and those above
  std::uint32_t inside_ = 0;
};

} // namespace

std::string pack_forms(const storage::election& e, const storage::site& s, const std::vector<std::string>& bundles) {
  boost::json::object all;
  all["site"] = s.code;
  all["msisdn"] = static_cast<std::int64_t>(s.msisdn);
  all["area"] = e.areas[s.area].code;
  all["pack"] = part_writer(e, s).files();
  boost::json::array menus;
  for (const auto& b : bundles)
    menus.emplace_back(b);
  all["menus"] = std::move(menus);
  const std::string plain = boost::json::serialize(all);
  std::string out(ZSTD_compressBound(plain.size()), '\0');
  const auto size = ZSTD_compress(out.data(), out.size(), plain.data(), plain.size(), 19);
  if (ZSTD_isError(size)) throw std::runtime_error("zstd cannot pack the forms");
  out.resize(size);
  return out;
}

} // namespace tallyline::gateway
