#include "gateway/authoring/trial.h"

#include "gateway/filled_report.h"
#include "gateway/past_records.h"
#include "gateway/service_code.h"
#include "gateway/sms/line.h"
#include "storage/canonical.h"
#include "storage/receipt.h"
#include "storage/record_door.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

using menus::minutes_of_day;

std::string shown(const storage::field_value& v) {
  if (const auto* n = std::get_if<std::int64_t>(&v)) return fmt::to_string(*n);
  if (const auto* t = std::get_if<std::string>(&v)) return t->find(' ') == std::string::npos ? *t : '"' + *t + '"';
  std::string all;
  for (const auto& item : std::get<std::vector<storage::list_item>>(v))
    all += fmt::format("{}{}:{}", all.empty() ? "" : ",", item.number, item.value);
  return all;
}

// A record that came from the database; its personal fields cannot be read back.
storage::report report_of(const storage::canonical::record_view& was, std::uint64_t msisdn) {
  using type = storage::canonical::field_view::type;
  storage::report r;
  r.form = was.form;
  r.key.assign(was.key.begin(), was.key.end());
  r.scope = was.scope;
  for (const auto& f : was.fields) {
    storage::field_value v = f.number;
    if (f.what == type::text) v = std::string(f.text);
    if (f.what == type::personal) v = std::string();
    if (f.what == type::list) v = std::vector<storage::list_item>(f.items.begin(), f.items.end());
    r.fields.push_back({std::string(f.name), std::move(v), f.what == type::personal});
  }
  r.flags.assign(was.flags.begin(), was.flags.end());
  r.reason = was.reason;
  r.msisdn = msisdn;
  r.role = was.role;
  r.by = was.by;
  r.entries = was.entry ? 2 : 1;
  r.menu_version = was.menu_version;
  r.time_ms = was.time_ms;
  return r;
}

std::string_view name_of(menus::submit_verdict v) {
  using enum menus::submit_verdict;
  switch (v) {
  case duplicate:
    return "duplicate";
  case corrected:
    return "corrected";
  case review:
    return "review";
  case first_entry:
    return "first-entry";
  case agreed:
    return "agreed";
  case differs:
    return "differs";
  default:
    return "recorded";
  }
}

} // namespace

trial::trial(std::shared_ptr<const menus::script> menu, std::shared_ptr<const storage::election> election,
             const trial_settings& settings)
    : menu_(std::move(menu)), election_(std::move(election)), world_(*election_, [this] { return unix_ms_; }),
      engine_(*menu_, world_), language_(settings.language), earlier_(settings.earlier) {
  std::optional<std::uint32_t> who;
  for (std::uint32_t p = 0; p < election_->people.size() && !who; ++p)
    if (election_->people[p].role == menu_->who && (settings.as == 0 || election_->people[p].msisdn == settings.as))
      who = p;
  if (!who)
    throw std::runtime_error(settings.as ? fmt::format("{} is not on the roster as {}", settings.as, menu_->who)
                                         : fmt::format("nobody on the roster is a {}", menu_->who));
  const std::int64_t day = world_.number({menus::noun::election, 0}, menus::attribute::date);
  const auto at = settings.at.empty() ? std::optional(day * minutes_of_day + 720) : local_minutes(settings.at, day);
  if (!at) throw std::runtime_error("'" + settings.at + "' is no time; write it as 17:30 or 2026-11-24 17:30");
  unix_ms_ = world_.clock().unix_ms_of(*at);
  choose(*who);
  if (!settings.language.empty() && menu_->language_index(settings.language) == menus::no_index)
    throw std::runtime_error("the script has no language '" + settings.language + "'");
}

void trial::choose(std::uint32_t person) {
  person_ = person;
  draft_.clear();
  open_ = false;
  take_over(menus::code_of(world_, world_.subject_of(person_).scope));
  dialogue_ = engine_.open(world_.subject_of(person_), language_);
}

void trial::take_over(const std::string& scope) {
  if (!earlier_ || !taken_over_.insert(scope).second) return;
  for (const auto& entry : earlier_(scope)) {
    storage::canonical::record_view was;
    if (storage::canonical::read_record(entry.body, was))
      records_.push_back({report_of(was, entry.msisdn), entry.pending, !entry.pending, entry.receipt});
  }
}

std::shared_ptr<const menus::past> trial::past(bool training) const {
  std::vector<storage::past_entry> entries;
  for (const auto& k : records_) {
    if (!k.current && !k.pending) continue;
    const storage::canonical::salts salts(storage::canonical::salts_needed(k.what));
    entries.push_back({k.receipt, storage::canonical::record_bytes(k.what, salts, 0, 0), k.what.msisdn, k.pending});
  }
  const std::string scope = menus::code_of(world_, world_.subject_of(person_).scope);
  auto made = past_of(*menu_, entries, scope, person(), menu_->who, world_.clock(), training);
  add_opening(*made, *menu_, opening(training), world_.clock(), unix_ms_, training);
  return made;
}

void trial::dial(std::string_view dialled) {
  recorded_.clear();
  by_sms_ = false;
  const bool training = !menu_->training.empty() && service_code(dialled) == service_code(menu_->training);
  if (training) draft_.clear(); // nothing is kept of it
  begin(training);
  perform(engine_.dial(*dialogue_, dialled, draft_, limit_));
}

void trial::begin(bool training) {
  const std::string_view tag = language_.empty() ? std::string_view{election_->people[person_].language} : language_;
  dialogue_ = engine_.open(world_.subject_of(person_), tag, past(training));
  training_ = training;
  if (training) engine_.train(*dialogue_);
}

void trial::line(std::string_view text) {
  recorded_.clear();
  const auto words = sms::words_of(text);
  for (std::size_t f = 0; f < menu_->forms.size() && !words.empty(); ++f)
    for (const auto& known : menu_->forms[f].sms_words) {
      if (sms::folded(known) != sms::folded(words.front())) continue;
      by_sms_ = true;
      begin(false);
      return perform(engine_.fill(*dialogue_, static_cast<std::uint16_t>(f), sms::as_answers(words, 1), sms_limit_));
    }
  page_ = "(no form begins with this word)";
  open_ = false;
}

void trial::answer(std::string_view text) {
  recorded_.clear();
  if (open_) perform(engine_.answer(*dialogue_, text, limit()));
}

void trial::drop() {
  open_ = false;
  dial(menu_->dial);
}

void trial::perform(menus::step next) {
  if (next.what == menus::action::check_pin) {
    next = engine_.pin_checked(*dialogue_, std::exchange(pin_, menus::pin_verdict::right), limit());
    return perform(std::move(next));
  }
  if (next.what == menus::action::submit) {
    auto r = to_report(engine_.filled(*dialogue_), world_);
    r.msisdn = person();
    r.role = menu_->who;
    r.menu_version = "trial";
    r.time_ms = unix_ms_;
    if (r.many) { // each different sending is a record of its own
      const storage::canonical::salts salts(storage::canonical::salts_needed(r));
      r.key.push_back(
          fmt::format("{:08x}", std::hash<std::string>{}(storage::canonical::fields_bytes(r, salts)) & 0xFFFFFFFF));
    }
    if (const auto refused = against(r)) {
      recorded_ = fmt::format("refused {} {}", r.form, storage::joined_key(r.key));
      return perform(engine_.submitted(*dialogue_, *refused, {}, limit()));
    }
    if (r.does) r.key.push_back(fmt::to_string(records_.size() + 1)); // each doing is a record
    std::string receipt;
    const auto sent = r;
    const auto verdict = record(std::move(r), receipt);
    enter_step(sent);
    const bool draws = engine_.form_of(*dialogue_)->does.draws_pin();
    return perform(engine_.submitted(*dialogue_, verdict, receipt, limit(), ticket_of(sent), draws ? "402817" : ""));
  }
  if (next.what == menus::action::prompt && by_sms_ && engine_.at_confirm(*dialogue_) &&
      !engine_.form_of(*dialogue_)->sms_confirm)
    return perform(engine_.answer(*dialogue_, "1", limit()));
  page_ = std::move(next.text);
  open_ = next.what == menus::action::prompt;
  draft_.clear();
  if (!training_) engine_.save(*dialogue_, draft_);
  if (const auto tag = engine_.language(*dialogue_); tag != election_->people[person_].language || !language_.empty())
    language_ = tag; // a language that was chosen is remembered
}

// The rules of storage/record.h, in memory.
menus::submit_verdict trial::record(storage::report r, std::string& receipt) {
  using enum menus::submit_verdict;
  recorded_ = fmt::format("{} {}", r.form, storage::joined_key(r.key));
  if (r.does) recorded_ += fmt::format(" does={}", storage::name_of(r.does->what));
  for (const auto& f : r.fields)
    recorded_ += fmt::format(" {}={}", f.name, shown(f.value));
  for (const auto& f : r.flags)
    recorded_ += " flag:" + f;
  if (!r.reason.empty()) recorded_ += " reason:" + shown(r.reason);
  kept *current = nullptr, *own = nullptr, *agreeing = nullptr, *other = nullptr;
  const auto same = [&](const kept& k) {
    const storage::canonical::salts a(storage::canonical::salts_needed(k.what)), b(storage::canonical::salts_needed(r));
    return storage::canonical::fields_bytes(k.what, a) == storage::canonical::fields_bytes(r, b);
  };
  for (auto& k : records_) {
    if (k.what.form != r.form || k.what.key != r.key || !(k.current || k.pending)) continue;
    (k.current ? current : k.what.msisdn == r.msisdn ? own : same(k) ? agreeing : other) = &k;
  }
  auto verdict = recorded;
  kept* twin = current && same(*current) ? current : own && same(*own) ? own : nullptr;
  if (twin) {
    receipt = twin->receipt;
    verdict = duplicate;
  } else {
    kept made{r, false, true, {}};
    if (r.entries == 2) {
      verdict = agreeing ? agreed : other || current ? differs : first_entry;
      made.current = agreeing != nullptr;
      made.pending = !agreeing; // a trial has nobody who reviews: it stays open for another entry
      if (own) own->pending = false;
      if (agreeing) agreeing->pending = false;
      if (agreeing && current) current->current = false;
    } else if (current) {
      const auto& roles = r.corrections.roles;
      const bool may = current->what.msisdn == r.msisdn || std::find(roles.begin(), roles.end(), r.role) != roles.end();
      verdict = may ? corrected : review;
      made.current = verdict == corrected;
      current->current = verdict != corrected;
    }
    const storage::canonical::salts salts(storage::canonical::salts_needed(r));
    made.receipt = storage::receipt::to_text(
        storage::receipt::derive(storage::ledger::leaf_hash(storage::canonical::record_bytes(r, salts, 0, 0)), 0));
    receipt = made.receipt;
    records_.push_back(std::move(made));
  }
  recorded_ = fmt::format("{} {}", name_of(verdict), recorded_);
  return verdict;
}

bool trial::set_time(std::string_view text) {
  const auto minutes = local_minutes(text, world_.local_minutes() / minutes_of_day);
  if (minutes) unix_ms_ = world_.clock().unix_ms_of(*minutes);
  return minutes.has_value();
}

bool trial::set_language(std::string_view tag) {
  if (menu_->language_index(tag) == menus::no_index) return false;
  language_ = tag;
  return true;
}

bool trial::set_person(std::string_view who) {
  const auto& now = election_->people[person_];
  for (std::uint32_t p = 0; p < election_->people.size(); ++p) {
    const auto& other = election_->people[p];
    const bool beside =
        who == "other" && p != person_ && other.scope == now.scope && other.scope_index == now.scope_index;
    if (other.role != menu_->who || !(beside || fmt::to_string(other.msisdn) == who)) continue;
    choose(p);
    return true;
  }
  return false;
}

std::string trial::state() const {
  std::string out = fmt::format("{}, {} as {}, language {}\n", clock(), person(), menu_->who, language());
  if (draft_.empty()) return out + "no answers so far\n";
  // What would be sent now, complete or not.
  for (const auto& v : engine_.filled(*dialogue_).values) {
    storage::field_value value = v.text;
    if (v.what == menus::filled_value::kind::number) value = v.number;
    if (v.what == menus::filled_value::kind::reference) value = menus::code_of(world_, v.reference);
    if (v.what == menus::filled_value::kind::list) {
      std::vector<storage::list_item> items;
      for (const auto& i : v.items)
        items.push_back({i.number, i.value});
      value = std::move(items);
    }
    out += fmt::format("  {} = {}\n", v.name, v.what == menus::filled_value::kind::nothing ? "–" : shown(value));
  }
  return out;
}

std::string trial::clock() const { return local_text(world_.local_minutes()); }

} // namespace tallyline::gateway
