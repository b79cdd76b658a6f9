#include "gateway/link_bearer.h"

#include "gateway/menu_files.h"
#include "gateway/past_records.h"
#include "gateway/site/site_answers.h"
#include "modem/link/octets.h"
#include "storage/menu_versions.h"

#include <algorithm>
#include <chrono>
#include <fmt/format.h>
#include <set>
#include <sodium.h>
#include <spdlog/spdlog.h>

namespace tallyline::gateway {
namespace {

namespace link = modem::link;
constexpr std::size_t most_earlier_forms = 4;
constexpr std::chrono::seconds patience{60}; // with a caller who says nothing

link::decision refusal(std::string text, std::string about = {}) {
  link::decision d;
  d.what = link::verdict::refused, d.text = std::move(text), d.question = std::move(about);
  return d;
}

} // namespace

link::instant steady_now() {
  return std::chrono::duration_cast<link::instant>(std::chrono::steady_clock::now().time_since_epoch());
}

// --- a call

link_call::link_call(link_bearer& bearer, link::channel_settings line, std::string by, link_line carrier)
    : bearer_(bearer), carrier_(std::move(carrier)), call_(line, bearer), by_(std::move(by)),
      began_ms_(bearer.world_.clock().now_ms()), began_(steady_now()), heard_(began_) {}

void link_call::heard(std::string_view octets) {
  if (over_) return;
  const auto self = shared_from_this(); // what is performed may let go of it
  const auto now = steady_now();
  if (!octets.empty()) heard_ = now;
  perform(call_.step(octets, now));
  if (!over_ && now - heard_ >= patience) {
    spdlog::warn("link: {}: nothing heard for {} s, hanging up", by_, patience.count());
    carrier_.hang_up();
  }
}

void link_call::perform(link::gateway_actions a) {
  if (!a.send.empty()) carrier_.send(std::move(a.send));
  for (const auto& e : a.events) {
    if (const auto* opened = std::get_if<link::call_opened>(&e)) {
      number_ = opened->call;
      auto& s = bearer_.sites_.at(opened->site).is;
      s.last_call = std::max(s.last_call, opened->call); // on disk with what it brings
      spdlog::info("link: site {} calls by {} (call {})", opened->site, by_, opened->call);
    } else if (const auto* refused = std::get_if<link::caller_refused>(&e)) {
      ++bearer_.counters_.refused_calls;
      spdlog::warn("link: {}: {}", by_, refused->why);
    } else {
      take(std::get<link::batch>(e));
    }
  }
  if (over_) return;
  if (a.hang_up) return carrier_.hang_up();
  const auto silence = heard_ + patience;
  carrier_.wake_at(a.wake ? std::min(*a.wake, silence) : silence);
}

void link_call::take(const link::batch& b) {
  bearer_.decide(b, call_.site(), number_,
                 [self = shared_from_this(), b](std::optional<std::vector<link::answer>> answers) {
                   if (self->over_) return; // what was recorded stays; the site will ask again
                   if (answers)
                     self->answered(b, std::move(*answers));
                   else
                     self->perform(self->call_.cannot_keep(steady_now()));
                 });
}

void link_call::answered(const link::batch& b, std::vector<link::answer> a) {
  reports_ += b.records.size();
  perform(call_.answered(std::move(a), steady_now()));
}

void link_call::gone(std::string why) {
  if (std::exchange(over_, true)) return;
  if (call_.site().empty()) return;
  const auto& c = call_.counters();
  storage::call_record r{call_.site(), by_, began_ms_, {}, c.octets_in, c.octets_out, c.again + c.asked, reports_, {}};
  r.took_ms = std::chrono::duration_cast<std::chrono::milliseconds>(steady_now() - began_).count();
  r.ended = why;
  spdlog::info("link: site {}: {} reports, {} octets in, {} out, {} sent again, {} ms: {}", r.site, r.reports,
               r.octets_in, r.octets_out, r.retries, r.took_ms, r.ended);
  bearer_.store_.save_call(std::move(r), {});
}

// --- the sites

link_bearer::link_bearer(std::filesystem::path database, const election_world& world,
                         const std::vector<live_menu>& menus, storage::store& store)
    : database_(std::move(database)), world_(world), menus_(menus), store_(store) {
  if (const auto wrong = read_sites(); !wrong.empty()) throw std::runtime_error(wrong);
}

std::string link_bearer::read_sites() {
  auto read = storage::load_sites(database_);
  if (!read) return fmt::format("{}: {}", database_.string(), read.error().message());
  std::map<std::string, site_state> now;
  for (auto& s : *read) {
    auto& state = now[s.code];
    if (const auto had = sites_.find(s.code); had != sites_.end()) {
      // Calls that are under way have counted further than the disk; under a new key they count anew.
      if (had->second.is.key == s.key) s.last_call = std::max(s.last_call, had->second.is.last_call);
      state.forms = std::move(had->second.forms);
    }
    state.is = std::move(s);
  }
  sites_ = std::move(now);
  return {};
}

std::shared_ptr<link_call> link_bearer::take(link::channel_settings line, std::string by, link_line carrier) {
  ++counters_.calls;
  auto call = std::make_shared<link_call>(*this, line, std::move(by), std::move(carrier));
  call->woken();
  return call;
}

std::optional<link_bearer::known> link_bearer::by_key(const link::key_name& name) const {
  for (const auto& [code, s] : sites_)
    if (s.is.key && link::name_of(*s.is.key) == name) return known{code, *s.is.key, s.is.last_call};
  return std::nullopt;
}

const link_bearer::site_state* link_bearer::site(const std::string& code) const {
  const auto found = sites_.find(code);
  return found == sites_.end() ? nullptr : &found->second;
}

const link_bearer::packed_forms& link_bearer::forms_now(const site_state& s) const {
  std::string menus;
  for (const auto& m : menus_)
    if (m.in_service) menus += m.digest;
  if (!s.forms.empty() && s.forms.front().menus == menus) return s.forms.front();
  std::vector<std::string> bundles;
  if (const auto versions = storage::live_menus(database_))
    for (const auto& v : *versions)
      bundles.push_back(v.bundle);
  const auto& e = world_.election();
  const auto of = std::find_if(e.sites.begin(), e.sites.end(), [&](const auto& x) { return x.code == s.is.code; });
  if (of == e.sites.end()) throw std::runtime_error(fmt::format("site {} is not in the election", s.is.code));
  auto octets = std::make_shared<const std::string>(pack_forms(e, *of, bundles));
  s.forms.push_front({menus, octets, std::make_shared<const site_forms>(*octets)});
  if (s.forms.size() > most_earlier_forms) s.forms.pop_back();
  return s.forms.front();
}

std::shared_ptr<const site_forms> link_bearer::forms_named(const std::string& code, const link::digest& name) const {
  const auto* s = site(code);
  if (!s) return nullptr;
  forms_now(*s);
  for (const auto& f : s->forms)
    if (f.forms->name() == name) return f.forms;
  return nullptr;
}

std::shared_ptr<const link::layout> link_bearer::layout_of(const std::string& site, const link::digest& forms) const {
  const auto found = forms_named(site, forms);
  return found ? std::shared_ptr<const link::layout>(found, &found->layout()) : nullptr;
}

link::offer link_bearer::offer_to(const std::string& code) const {
  const auto* s = site(code);
  if (!s) return {};
  const auto& f = forms_now(*s);
  return {f.forms->name(), f.octets->size()};
}

std::shared_ptr<const std::string> link_bearer::forms_of(const std::string& code) const {
  const auto* s = site(code);
  return s ? forms_now(*s).octets : std::make_shared<const std::string>();
}

// --- what they report

const live_menu* link_bearer::menu_of(const site_forms& forms, std::uint16_t form) const {
  const auto& digest = forms.menus()[forms.forms()[form].menu].digest;
  const auto live = std::find_if(menus_.begin(), menus_.end(), [&](const auto& m) { return m.digest == digest; });
  return live == menus_.end() ? nullptr : &*live;
}

link_bearer::filled link_bearer::fill(const site_forms& forms, const link::record& r, const past_entries& past) const {
  const auto told = to_answers(forms, r);
  const auto* live = menu_of(forms, r.form);
  if (!live) return {{}, refusal("this form is no longer in service: fetch the forms and enter it again")};
  const auto& e = world_.election();
  const auto kind = forms.scope_of(r.form);
  const auto index = kind == menus::noun::station  ? e.station_by_code(told->scope)
                     : kind == menus::noun::office ? e.office_by_code(told->scope)
                                                   : e.area_by_code(told->scope);
  const auto person = e.person_by(forms.msisdn(), storage::site_role);
  if (!index || !person) return {{}, refusal(fmt::format("{} is not (any more) in the election", told->scope))};
  std::shared_ptr<menus::past> earlier;
  if (const auto found = past.find(told->scope); found != past.end()) {
    earlier = past_of(*live->script, found->second, told->scope, forms.msisdn(), storage::site_role, world_.clock());
    earlier->hide = world_.hide();
  }
  const auto got = menus::fill_whole(*live->script, world_, {{menus::noun::person, *person}, {kind, *index}},
                                     e.people[*person].language, told->whole, earlier);
  if (got.what != menus::whole_result::kind::complete) return {{}, refusal(got.why, got.about)};
  const menus::engine engine(*live->script, world_);
  return {site_report(engine.filled(*got.filled), world_, live->digest, forms.msisdn()), {}};
}

// A batch on its way: what its scripts look back at is read first, scope by scope.
struct link_bearer::work {
  link::batch batch;
  std::string site;
  std::uint64_t call = 0;
  std::shared_ptr<const site_forms> forms;
  std::function<void(std::optional<std::vector<link::answer>>)> done;
  std::map<std::string, std::set<std::string_view>> wanted; // forms by scope
  past_entries past;
};

void link_bearer::decide(const link::batch& b, const std::string& code, std::uint64_t call,
                         std::function<void(std::optional<std::vector<link::answer>>)> done) {
  ++counters_.batches;
  const auto forms = forms_named(code, b.coded_by);
  if (!forms) return done(std::nullopt);
  auto w = std::make_shared<work>(work{b, code, call, forms, std::move(done), {}, {}});
  for (const auto& r : b.records) {
    const auto* live = menu_of(*forms, r.form);
    if (!live) continue;
    const auto scope = menus::code_of(forms->world(), {forms->scope_of(r.form), r.scope});
    for (const auto f : live->script->looks_back)
      w->wanted[scope].insert(live->script->forms[f].name);
    // Whether it corrects one of its own kind, and wants a reason.
    if (forms->form(r.form).reason != menus::no_index) w->wanted[scope].insert(forms->form(r.form).name);
  }
  // One after the other: a later batch may correct what an earlier one says, and must not overtake it while that looks
  // back.
  going_.push_back(w);
  if (going_.size() == 1) look_back(w);
}

void link_bearer::next_batch() {
  going_.pop_front();
  if (!going_.empty()) look_back(going_.front());
}

void link_bearer::look_back(const std::shared_ptr<work>& w) {
  if (w->wanted.empty()) {
    record(w);
    return next_batch(); // what was recorded stands in the store's queue before what comes now
  }
  const auto next = w->wanted.begin();
  const std::string scope = next->first;
  const std::vector<std::string_view> forms(next->second.begin(), next->second.end());
  w->wanted.erase(next);
  store_.load_past(scope, forms, [this, w, scope](auto found) {
    if (!found) {
      w->done(std::nullopt);
      return next_batch();
    }
    w->past.emplace(scope, std::move(*found));
    look_back(w);
  });
}

void link_bearer::record(const std::shared_ptr<work>& w) {
  const auto* s = site(w->site);
  if (!s || !s->is.key) return w->done(std::nullopt); // revoked meanwhile
  storage::site_batch job{w->site, w->call, w->batch.first, world_.clock().now_ms(), {}, {}};
  randombytes_buf(job.drawn.data(), job.drawn.size());
  std::map<std::uint64_t, link::decision> refused;
  for (std::size_t i = 0; i < w->batch.records.size(); ++i) {
    const auto number = w->batch.first + i;
    auto got = fill(*w->forms, w->batch.records[i], w->past);
    if (!got.report) {
      refused.emplace(number, std::move(got.refused));
      continue;
    }
    got.report->time_ms = job.time_ms;
    got.report->salt_seed = link::salt_seed(*s->is.key, link::as_text(job.drawn), number);
    job.entries.push_back({number, std::move(*got.report)});
  }
  counters_.reports += job.entries.size(), counters_.refused_reports += refused.size();
  const auto time_ms = job.time_ms;
  const auto drawn = job.drawn;
  store_.submit_site(std::move(job), [w, refused = std::move(refused), time_ms, drawn](auto came) {
    if (!came) {
      spdlog::error("link: nothing could be kept: {}", came.error().message());
      return w->done(std::nullopt);
    }
    w->done(to_link_answers(w->batch.first, w->batch.records.size(), *came, refused, time_ms, drawn));
  });
}

} // namespace tallyline::gateway
