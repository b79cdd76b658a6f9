// A gateway's memory of one site, and rows of the Georgia pack as records, for tests and benchmarks of the link.
#pragma once

#include "tests/support/link_line.h"

#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>

namespace tallyline::test {

// The whole row as one form: station, turnout at two hours, ballots received, invalid, votes, and the signatures that
// are their sum when all is well.
inline link::layout row_layout() {
  using kind = link::field::kind;
  link::form f{"row", {}, 0, 0};
  for (const char* name : {"turnout_12", "turnout_17", "ballots_received", "invalid"})
    f.fields.push_back({name, kind::number, false, 0, link::no_field, {}, {}});
  f.fields.push_back({"votes", kind::list, false, 23, link::no_field, {}, {}});
  f.fields.push_back({"signatures", kind::number, false, 0, link::no_field, {}, {3, 4}});
  return {{f}, {3707}};
}

struct georgia_rows {
  std::vector<std::string> lines; // the CSV as it is, without its header
  std::vector<link::record> records;
  std::string header;
};

inline georgia_rows read_rows(const std::string& folder, std::size_t from, std::size_t count) {
  std::ifstream in(folder + "/scripts/demo/georgia-2013/reports.csv");
  if (!in) throw std::runtime_error("no reports.csv");
  georgia_rows out;
  std::getline(in, out.header);
  std::string line;
  for (std::size_t at = 0; std::getline(in, line) && out.lines.size() < count; ++at) {
    if (at < from) continue;
    out.lines.push_back(line);
    std::vector<std::int64_t> cells;
    std::istringstream row(line);
    for (std::string cell; std::getline(row, cell, ',');)
      cells.push_back(std::stoll(cell));
    link::record r;
    r.scope = static_cast<std::uint32_t>(at);
    for (const std::size_t c : {1, 2, 4, 5})
      r.values.emplace_back(cells.at(c));
    r.values.emplace_back(std::vector<std::int64_t>(cells.begin() + 6, cells.end()));
    r.values.emplace_back(cells.at(3));
    out.records.push_back(std::move(r));
  }
  return out;
}

// Keeps what it is told as a gateway must: a record of a number once, its answer again for who asks again.
class memory_gateway final : public link::site_directory {
public:
  explicit memory_gateway(link::layout l) : layout_(std::make_shared<link::layout>(std::move(l))) {
    forms_digest = digest_of(*layout_, "test");
    key.fill(7);
  }

  std::optional<known> by_key(const link::key_name& name) const override {
    if (name != link::name_of(key) || revoked) return std::nullopt;
    return known{"remote", key, last_call};
  }
  std::shared_ptr<const link::layout> layout_of(const std::string&, const link::digest& d) const override {
    return d == forms_digest || d == earlier_digest ? layout_ : nullptr;
  }
  link::offer offer_to(const std::string&) const override { return {forms_digest, forms->size()}; }
  std::shared_ptr<const std::string> forms_of(const std::string&) const override { return forms; }

  // One transaction: the records that are new, their answers, the call's number.
  std::optional<std::vector<link::answer>> decide(const link::batch& b) {
    if (full) return std::nullopt;
    std::vector<link::answer> out;
    for (std::size_t i = 0; i < b.records.size(); ++i) {
      const auto number = b.first + i;
      ++seen;
      if (!kept.contains(number)) kept.emplace(number, one{b.records[i], last_call, 0});
      one& k = kept.at(number);
      ++k.times;
      if (out.empty() || out.back().time_ms != static_cast<std::int64_t>(k.call))
        out.push_back({number, static_cast<std::int64_t>(k.call), {}, {}, {}});
      out.back().decisions.emplace_back();
    }
    return out;
  }

  struct one {
    link::record what;
    std::uint64_t call = 0;
    int times = 0;
  };
  std::map<std::uint64_t, one> kept;
  std::uint64_t seen = 0;
  link::secret key{};
  link::digest forms_digest{}, earlier_digest{};
  std::shared_ptr<const std::string> forms = std::make_shared<std::string>("the forms");
  std::uint64_t last_call = 0;
  bool revoked = false, full = false;
  std::shared_ptr<const link::layout> layout_;
};

// One call of a site with these records, on this line.
struct link_call {
  memory_gateway& gateway;
  line_settings line;
  link::site_call_settings site{};

  call_result run(std::uint64_t first, std::vector<link::record> records) {
    site.line.speed = line.speed;
    link::site_call from(site, gateway.layout_.get(), first, std::move(records));
    link::gateway_call to({line.speed, link::line_care::none}, gateway);
    auto r = link_line(line).run(
        from, to, [this](const link::batch& b) { return gateway.decide(b); },
        [this](const link::call_opened& o) { gateway.last_call = o.call; });
    care = from.care(), counters = from.counters();
    return r;
  }
  link::line_care care{};
  link::channel_counters counters{};
};

inline std::size_t answered(const call_result& r) {
  std::size_t n = 0;
  for (const auto& e : r.events)
    if (const auto* a = std::get_if<link::answer>(&e)) n += a->decisions.size();
  return n;
}

} // namespace tallyline::test
