#include "gateway/site/site_forms.h"

#include "gateway/filled_report.h"
#include "gateway/menu_files.h"
#include "storage/pack.h"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <sodium.h>
#include <stdexcept>
#include <zstd.h>

namespace tallyline::gateway {
namespace {

namespace link = modem::link;
using link_kind = link::field::kind;
using menus::noun;
using menus::question;

constexpr std::size_t most_unpacked = 64 << 20;

std::string unpacked(const std::string& packed) {
  const auto size = ZSTD_getFrameContentSize(packed.data(), packed.size());
  if (size == ZSTD_CONTENTSIZE_ERROR || size == ZSTD_CONTENTSIZE_UNKNOWN || size > most_unpacked)
    throw std::runtime_error("the forms are damaged: fetch them again");
  std::string out(size, '\0');
  if (ZSTD_decompress(out.data(), out.size(), packed.data(), packed.size()) != size)
    throw std::runtime_error("the forms are damaged: fetch them again");
  return out;
}

std::size_t count_of(const storage::election& e, noun n) {
  switch (n) {
  case noun::area:
    return e.areas.size();
  case noun::station:
    return e.stations.size();
  case noun::contest:
    return e.contests.size();
  case noun::candidate:
    return e.candidates.size();
  case noun::office:
    return e.offices.size();
  default:
    return 0;
  }
}

std::uint16_t scope_list(noun n) { return n == noun::station ? 0 : n == noun::office ? 1 : 2; }

// The one question that a list hangs on, if it is a choice of one contest: then the list has as many as that contest
// has candidates.
std::uint16_t contest_behind(const menus::form& f, const question& q) {
  if (!q.each || q.of != noun::candidate) return link::no_field;
  for (std::size_t i = 0; i < f.ask.size(); ++i)
    if (q.needs == std::uint64_t{1} << i && f.ask[i].what == question::kind::choose && f.ask[i].of == noun::contest)
      return static_cast<std::uint16_t>(i);
  return link::no_field;
}

link_kind kind_of(const question& q) {
  if (q.each) return q.options.empty() ? link_kind::numbers : link_kind::list;
  switch (q.what) {
  case question::kind::number:
  case question::kind::time:
    return link_kind::number;
  case question::kind::date:
    return link_kind::date;
  case question::kind::choose:
    return q.of == noun::record ? link_kind::text : link_kind::choice;
  case question::kind::choice:
  case question::kind::yes_no:
    return link_kind::choice;
  case question::kind::list:
    return link_kind::numbers;
  default:
    return link_kind::text;
  }
}

link::field field_of(const storage::election& e, const menus::form& f, const question& q) {
  link::field out;
  out.name = q.name;
  out.what = kind_of(q);
  out.optional = q.optional || !q.when.code.empty();
  if (const auto contest = contest_behind(f, q); contest != link::no_field) {
    out.what = link_kind::list, out.sized_by = contest;
    for (const auto& c : e.contests)
      out.sizes.push_back(static_cast<std::uint32_t>(c.candidates.size()));
  } else if (out.what == link_kind::list) {
    out.size = static_cast<std::uint32_t>(q.options.size());
  } else if (out.what == link_kind::choice) {
    out.size = q.what == question::kind::yes_no   ? 2
               : q.what == question::kind::choose ? static_cast<std::uint32_t>(count_of(e, q.of))
                                                  : static_cast<std::uint32_t>(q.options.size());
  }
  return out;
}

// What the form tells the results says what adds up: the ballots are the votes and the invalid ones.
void expect_totals(const menus::form& f, link::form& out) {
  for (const auto& feed : f.feeds) {
    const auto total = feed.question_for("ballots"), votes = feed.question_for("votes");
    const auto invalid = feed.question_for("invalid");
    if (feed.report != "results" || total == menus::no_index || votes == menus::no_index) continue;
    if (total >= out.fields.size() || out.fields[total].what != link_kind::number) continue;
    out.fields[total].total_of = {votes};
    if (invalid != menus::no_index) out.fields[total].total_of.push_back(invalid);
  }
}

link::value value_of(const question& q, const menus::filled_value& v) {
  using kind = menus::filled_value::kind;
  if (v.what == kind::nothing) return {};
  if (v.what == kind::list) {
    std::vector<std::int64_t> all;
    for (const auto& item : v.items)
      all.push_back(item.value);
    return all;
  }
  const std::string text = v.what == kind::number ? fmt::to_string(v.number) : v.text;
  switch (q.what) {
  case question::kind::choose:
    if (v.what == kind::reference && q.of != noun::record) return static_cast<std::int64_t>(v.reference.index);
    return text;
  case question::kind::yes_no:
    return static_cast<std::int64_t>(text == "yes");
  case question::kind::choice:
    for (std::size_t i = 0; i < q.options.size(); ++i)
      if (q.options[i].text == text) return static_cast<std::int64_t>(i);
    return {};
  case question::kind::time:
    return menus::parse_clock_time(text).value_or(0);
  case question::kind::date:
    return menus::parse_iso_date(text).value_or(0);
  case question::kind::number:
    return v.number;
  default:
    return text;
  }
}

std::string words_of(const site_forms& f, const question& q, const link::value& v) {
  if (const auto* text = std::get_if<std::string>(&v)) return *text;
  if (const auto* many = std::get_if<std::vector<std::int64_t>>(&v)) return fmt::format("{}", fmt::join(*many, "*"));
  const auto* number = std::get_if<std::int64_t>(&v);
  if (!number) return {};
  switch (q.what) {
  case question::kind::choose:
    return menus::code_of(f.world(), {q.of, static_cast<std::uint32_t>(*number)});
  case question::kind::choice:
    return q.options[static_cast<std::size_t>(*number)].text;
  case question::kind::yes_no:
    return *number ? "yes" : "no";
  case question::kind::time:
    return menus::clock_time(*number);
  case question::kind::date:
    return menus::iso_date(*number);
  default:
    return fmt::to_string(*number);
  }
}

} // namespace

site_forms::site_forms(const std::string& packed) {
  const auto json = boost::json::parse(unpacked(packed));
  const auto& all = json.as_object();
  site_ = all.at("site").as_string();
  msisdn_ = static_cast<std::uint64_t>(all.at("msisdn").as_int64());
  storage::pack_files files;
  for (const auto& [name, text] : all.at("pack").as_object())
    files.emplace(name, text.as_string());
  auto read = storage::read_pack(files);
  if (!read) throw std::runtime_error("the forms' roster is damaged: " + storage::to_text(read.error().list.front()));
  election_ = std::move(read->contents);
  const auto area = election_.area_by_code(std::string_view(all.at("area").as_string()));
  if (!area) throw std::runtime_error("the forms' roster lacks the site's area");
  election_.sites = {{site_, *area, msisdn_, {}}};
  election_.let_sites_speak();
  election_.index();
  world_ = std::make_unique<election_world>(election_, [this] { return pretended_ms_.value_or(now_ms()); });
  for (const auto& bundle : all.at("menus").as_array()) {
    auto loaded = load_bundle(std::string(bundle.as_string()));
    if (!loaded)
      throw std::runtime_error(told(loaded.problems) + "a menu that the gateway sent cannot be read: update");
    const std::string digest = digest_of(loaded);
    menus_.push_back({std::shared_ptr<const menus::script>(std::move(loaded.menu)), digest});
  }
  lay_out();
  std::array<std::uint8_t, 16> hash;
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(packed.data()), packed.size(),
                     nullptr, 0);
  std::copy_n(hash.begin(), name_.size(), name_.begin());
}

void site_forms::lay_out() {
  layout_.scopes.push_back(static_cast<std::uint32_t>(election_.stations.size()));
  layout_.scopes.push_back(static_cast<std::uint32_t>(election_.offices.size()));
  layout_.scopes.push_back(static_cast<std::uint32_t>(election_.areas.size()));
  for (std::size_t m = 0; m < menus_.size(); ++m)
    for (std::size_t i = 0; i < menus_[m].script->forms.size(); ++i) {
      const auto& f = menus_[m].script->forms[i];
      link::form out;
      out.name = f.name, out.scope_list = scope_list(menus_[m].script->scope);
      for (const auto& q : f.ask)
        if (!q.of_reason) out.fields.push_back(field_of(election_, f, q));
      expect_totals(f, out);
      for (const auto& r : f.rules)
        out.warnings += r.must ? 0 : 1;
      layout_.forms.push_back(std::move(out));
      forms_.push_back({static_cast<std::uint16_t>(m), static_cast<std::uint16_t>(i)});
    }
}

std::optional<std::uint16_t> site_forms::form_by_name(std::string_view name) const {
  std::optional<std::uint16_t> found;
  for (std::uint16_t i = 0; i < forms_.size(); ++i) {
    const std::string full = menus_[forms_[i].menu].script->name + "." + form(i).name;
    if (full == name) return i;
    if (form(i).name != name) continue;
    if (found) return std::nullopt;
    found = i;
  }
  return found;
}

std::optional<menus::entity> site_forms::scope_by_code(std::uint16_t at, std::string_view code) const {
  const auto kind = scope_of(at);
  const auto index = kind == noun::station  ? election_.station_by_code(code)
                     : kind == noun::office ? election_.office_by_code(code)
                                            : election_.area_by_code(code);
  return index ? std::optional(menus::entity{kind, *index}) : std::nullopt;
}

menus::subject site_forms::subject(menus::entity scope) const {
  return {{noun::person, static_cast<std::uint32_t>(election_.people.size() - 1)}, scope};
}

// On which a form opens or closes: the polling day, and those that stand in its deadlines.
std::array<std::int64_t, 3> site_forms::days_of(const menus::form& f) const {
  const auto polling = world_->number({noun::election, 0}, menus::attribute::date);
  const auto day = [&](const menus::deadline& d) {
    return d.day != menus::deadline::no_day ? d.day : polling - d.before;
  };
  return {polling, day(f.opens), day(f.closes)};
}

menus::whole_result site_forms::fill(std::uint16_t at, menus::entity scope, menus::whole_form whole) const {
  constexpr std::int64_t day = 1440, step = 30, around = 4 * day;
  whole.form = forms_[at].form;
  const auto& script = *menus_[forms_[at].menu].script;
  const auto once = [&] { return menus::fill_whole(script, *world_, subject(scope), {}, whole); };
  auto got = once();
  // By another moment around the days that the form names, then; when none will do, it is shut for good.
  for (const auto named : days_of(script.forms[whole.form]))
    for (auto t = (named - 1) * day, end = t + around; got.what == menus::whole_result::kind::shut && t < end;
         t += step) {
      pretended_ms_ = world_->clock().unix_ms_of(t);
      got = once();
    }
  pretended_ms_.reset();
  return got;
}

link::record to_record(const site_forms& f, std::uint16_t at, const menus::filled_form& filled) {
  const auto& form = f.form(at);
  link::record r;
  r.form = at, r.scope = filled.scope.index, r.reason = filled.reason;
  for (const auto& q : form.ask) {
    if (q.of_reason) continue;
    const auto v =
        std::find_if(filled.values.begin(), filled.values.end(), [&](const auto& x) { return x.name == q.name; });
    r.values.push_back(v == filled.values.end() ? link::value{} : value_of(q, *v));
  }
  std::uint32_t bit = 0;
  for (const auto& rule : form.rules)
    if (!rule.must) {
      if (std::find(filled.flags.begin(), filled.flags.end(), rule.name) != filled.flags.end())
        r.confirmed |= std::uint64_t{1} << bit;
      ++bit;
    }
  return r;
}

std::unique_ptr<told_form> to_answers(const site_forms& f, const link::record& r) {
  auto out = std::make_unique<told_form>();
  const auto& form = f.form(r.form);
  out->form = r.form;
  out->scope = menus::code_of(f.world(), {f.scope_of(r.form), r.scope});
  out->whole.form = f.forms()[r.form].form;
  out->words.reserve(form.ask.size());
  std::size_t field = 0;
  for (const auto& q : form.ask) {
    auto words = q.of_reason ? r.reason : words_of(f, q, r.values[field++]);
    if (words.empty()) continue;
    out->words.push_back(std::move(words));
    out->whole.answers.push_back({q.name, out->words.back()});
  }
  std::uint32_t bit = 0;
  for (const auto& rule : form.rules)
    if (!rule.must && r.confirmed >> bit++ & 1) out->whole.confirmed.push_back(rule.name);
  return out;
}

storage::report site_report(const menus::filled_form& filled, const election_world& world, const std::string& digest,
                            std::uint64_t msisdn) {
  storage::report r = to_report(filled, world);
  r.msisdn = msisdn, r.role = storage::site_role, r.by = storage::bearer::link, r.menu_version = digest;
  return r;
}

} // namespace tallyline::gateway
