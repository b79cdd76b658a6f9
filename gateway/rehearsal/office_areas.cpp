#include "gateway/rehearsal/office_areas.h"

#include "storage/csv.h"

#include <fmt/format.h>
#include <sodium.h>
#include <stdexcept>

namespace tallyline::rehearsal {
namespace {

std::vector<office_areas::area> rows_of(std::string_view csv) {
  std::vector<office_areas::area> rows;
  storage::csv::reader in(csv);
  storage::csv::row row;
  storage::csv::fault wrong;
  for (;;) {
    const auto step = in.next(row, wrong);
    if (step == storage::csv::reader::step::end) return rows;
    if (step == storage::csv::reader::step::fault)
      throw std::runtime_error(fmt::format("areas.csv:{}: {}", wrong.line, wrong.what));
    if (row.cells.size() < 4) throw std::runtime_error(fmt::format("areas.csv:{}: too few columns", row.line));
    rows.push_back({row.cells[0].text, row.cells[1].text, row.cells[2].text, row.cells[3].text});
  }
}

constexpr std::uint64_t first_caller_id = 981'130'000'000;

std::string in_base64(const std::string& octets) {
  std::string text(sodium_base64_ENCODED_LEN(octets.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(octets.data()), octets.size(),
                    sodium_base64_VARIANT_ORIGINAL);
  text.pop_back(); // its final zero
  return text;
}

} // namespace

std::string office_areas::above(const std::string& code, std::string_view level) const {
  for (auto it = at.find(code); it != at.end(); it = at.find(all[it->second].parent))
    if (all[it->second].level == level) return it->first;
  return {};
}

office_areas read_office_areas(std::string_view csv, std::string_view province) {
  const auto rows = rows_of(csv);
  office_areas out;
  const auto keep = [&](const office_areas::area& a) {
    out.at.emplace(a.code, out.all.size());
    out.all.push_back(a);
  };
  for (const auto& a : rows)
    if (a.level == "country") keep(a);
  for (const auto& a : rows)
    if (a.code == province && a.level == "province") keep(a);
  // Level by level, so that parents stand first; parts of a city have no council of their own.
  for (const auto* level : {"county", "district", "city", "rural_district"})
    for (const auto& a : rows)
      if (a.level == level && out.at.contains(a.parent) && out.all[out.at[a.parent]].level != "city" &&
          out.all[out.at[a.parent]].level != "country")
        keep(a);
  if (out.all.size() < 4)
    throw std::runtime_error(fmt::format("areas.csv has no province {} to register in", province));
  return out;
}

void write_office_pack(const office_areas& areas, week& w) {
  auto& p = w.pack;
  p["election.csv"] = "key,value\nname,شوراهای اسلامی شهر و روستا\ndate,2026-06-19\ntime_zone,Asia/Tehran\n"
                      "polls_open,08:00\npolls_close,18:00\nlanguages,fa\n";
  p["areas.csv"] = "code,parent,level,name_fa\n";
  for (const auto& a : areas.all)
    p["areas.csv"] += fmt::format("{},{},{},{}\n", a.code, a.parent, a.level, a.name);
  p["stations.csv"] = "code,area,name_fa,registered\n";
  p["contests.csv"] = "code,area,name_fa,seats,max_choices\n";
  for (std::size_t c = 0; c < w.contests.size(); ++c) {
    const auto& area = areas.all[areas.at.at(w.contest_areas[c])];
    const int seats = area.level == "city" ? 5 : 3;
    p["contests.csv"] += fmt::format("{},{},شورای {},{},{}\n", w.contests[c], area.code, area.name, seats, seats);
  }
  p["candidates.csv"] = "contest,number,name_fa\n";
  p["offices.csv"] = "code,area,name_fa\n";
  for (const auto& o : w.offices)
    p["offices.csv"] += fmt::format("{},{},{} {}\n", o.code, o.area, o.governorate ? "فرمانداری" : "دفتر پیشخوان",
                                    o.governorate ? areas.all[areas.at.at(o.area)].name : o.code);
  p["sites.csv"] = "code,area,caller_id,key\n";
  for (std::size_t o = 0; o < w.offices.size(); ++o)
    if (const auto& at = w.offices[o]; !at.site_key.empty())
      p["sites.csv"] += fmt::format("S{},{},{},{}\n", at.code, at.area, first_caller_id + o, in_base64(at.site_key));
  p["people.csv"] = "msisdn,pin,role,scope,name,language\n";
  for (const auto& who : w.people)
    p["people.csv"] +=
        fmt::format("{},{},{},{},{} {},fa\n", who.msisdn, who.pin, who.role, who.scope, who.role, who.scope);
}

} // namespace tallyline::rehearsal
