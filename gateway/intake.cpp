#include "gateway/intake.h"

#include "gateway/filled_report.h"
#include "gateway/intake_words.h"
#include "gateway/service_code.h"
#include "gateway/sms/line.h"
#include "menus/utf8.h"
#include "storage/receipt.h"

#include <algorithm>
#include <spdlog/spdlog.h>

namespace tallyline::gateway {
namespace {

// What the SMSC sends again because its response was lost with a connection: the same words by another one, before the
// network has taken the page that answers them. On one connection every deliver_sm is answered at once, and the same
// words twice are two answers. An SMS waits for its response and may come again on any.
bool is_repetition(const session& s, const inbound& in) {
  const bool elsewhere = in.path.bind != s.path.bind || in.path.connection != s.path.connection;
  return (s.busy || (s.unshown && elsewhere)) && (elsewhere || in.path.by == bearer_kind::sms) &&
         s.last_said == hash_of(in);
}

bool is_training(const menus::script& menu, const inbound& in) {
  const std::string_view code = in.what == said::begin ? in.text : in.code;
  return !menu.training.empty() && service_code(code) == service_code(menu.training);
}

void hear_by(session& s, const inbound& in) {
  s.path.bind = in.path.bind;
  s.path.connection = in.path.connection;
  s.last_said = hash_of(in);
}

} // namespace

intake::intake(std::vector<live_menu>& menus, const election_world& world, storage::store& store, pin_guard& pins,
               outlet& out, const menus::bearer& page_limit, intake_settings settings, intake_clock clock)
    : menus_(menus), world_(world), store_(store), pins_(pins), out_(out), page_limit_(page_limit), settings_(settings),
      clock_(std::move(clock)) {
  for (std::size_t m = 0; m < menus_.size(); ++m) {
    const auto first = std::find_if(menus_.begin(), menus_.end(), [&](const live_menu& other) {
      return other.script->name == menus_[m].script->name;
    });
    menus_[m].line = static_cast<std::uint16_t>(first - menus_.begin());
  }
}

void intake::put_into_service(live_menu menu) {
  menu.line = static_cast<std::uint16_t>(menus_.size());
  for (auto& m : menus_) {
    if (m.script->name != menu.script->name) continue;
    m.in_service = false;
    menu.line = m.line;
  }
  menus_.push_back(std::move(menu));
}

void intake::take_out_of_service(std::string_view menu) {
  for (auto& m : menus_)
    if (m.script->name == menu) m.in_service = false;
}

std::size_t intake::sessions_on_earlier() const {
  std::size_t count = 0;
  sessions_.for_each([&](const session& s) { count += !menus_[s.menu].in_service; });
  return count;
}

// What was answered under an earlier version goes on there when it does not fit the one in service.
void intake::choose_version(session& s, std::string_view saved, const past_entries& found) {
  const auto line = menus_[s.menu].line;
  const auto others = std::count_if(menus_.begin(), menus_.end(), [&](const live_menu& m) { return m.line == line; });
  if (saved.empty() || others == 1) return; // the usual case: dialling finds out
  const auto who = world_.subject_of(s.person);
  if (engine_of(s).fits(who, saved, past_for(s, s.menu, found))) return;
  for (std::size_t index = menus_.size(); index-- > 0;) {
    const auto m = static_cast<std::uint16_t>(index);
    if (menus_[m].line != line || !menus_[m].engine->fits(who, saved, past_for(s, m, found))) continue;
    s.menu = m;
    s.dialogue = opened(s, m, found);
    return;
  }
}

// By any version of the menu: which one a draft belongs to is known only when it has been read.
menus::dialogue_ptr intake::opened(const session& s, std::uint16_t menu, const past_entries& found) const {
  const auto& engine = *menus_[menu].engine;
  auto d = engine.open(world_.subject_of(s.person), language_for(s.msisdn, s.person), past_for(s, menu, found));
  if (s.known) engine.vouch(*d);
  if (s.training) engine.train(*d);
  return d;
}

void intake::draft_found(std::uint32_t slot, std::uint64_t msisdn, std::string_view menu) {
  for (std::size_t m = 0; m < menus_.size(); ++m)
    if (menus_[m].script->name == menu) return slots_.found(slot, msisdn, menus_[m].line);
  // A menu that is no longer served: the draft stays on disk, and its slot stays taken, until the menu comes back.
  slots_.found(slot, msisdn, 0xFFF);
}

bool intake::take(const inbound& in) {
  secret_ = in.what == said::answer || in.what == said::line; // until it is known better
  session_ref ref;
  session* s = sessions_.find(in.msisdn, &ref);
  const bool theirs =
      s && s->path.session == in.path.session && s->path.link == in.path.link && s->path.by == in.path.by;
  if (in.what == said::shown) {
    if (theirs) s->unshown = false;
    return true;
  }
  if (in.what == said::gone) {
    if (theirs) close(ref, *s);
    return true;
  }
  if (theirs && is_repetition(*s, in)) {
    ++counters_.repeated;
    return false;
  }
  if (in.what == said::begin) return begin(in), true;
  if (in.what == said::line) return take_line(in, ref, theirs ? s : nullptr);
  ++counters_.turns;
  if (!theirs) {
    // The gateway was restarted, or forgot a session that was silent for too long; the draft is still there.
    ++counters_.lost_sessions;
    return turn_away(in, menu_for(in.code), menus::message::session_lost), true;
  }
  hear_by(*s, in);
  return answer(ref, *s, in);
}

void intake::begin(const inbound& in) { begin_on(in, menu_named(in), 0, in.text); }

void intake::begin_on(const inbound& in, std::uint16_t menu, std::uint16_t filled_form, std::string_view dialled) {
  ++counters_.turns;
  session_ref ref;
  if (session* old = sessions_.find(in.msisdn, &ref))
    close(ref, *old); // one dialogue a subscriber; the last dialled counts

  const auto person = world_.acting(in.msisdn, menus_[menu].script->who);
  if (!person) {
    ++counters_.strangers;
    // An SMS may be another service's, which would answer our answer for ever: taken, and not answered.
    if (in.path.by == bearer_kind::sms) return out_.page(in.msisdn, menus_[menu].script->dial, in.path, {}, true);
    return turn_away(in, menu, menus::message::not_on_roster);
  }
  if (none_begins_) return turn_away(in, menu, menus::message::try_later);
  ++counters_.sessions;
  ref = sessions_.open(in.msisdn, clock_.steady());
  session& s = *sessions_.find(ref);
  s.path = in.path;
  s.last_said = hash_of(in);
  s.menu = menu;
  s.filled_form = filled_form;
  s.person = *person;
  s.known = in.known;
  s.training = is_training(*menus_[menu].script, in);
  auto wanted = wanted_for(s);
  if (wanted.forms.empty() && wanted.queues.empty() && wanted.own_of == 0) return open(ref, dialled, {});
  look_back(ref, std::move(wanted), std::string(dialled));
}

// The form that a word begins, of a menu in service that this person may use.
std::optional<intake::form_ref> intake::form_for(std::string_view word, std::uint64_t msisdn) const {
  for (std::size_t m = 0; m < menus_.size(); ++m) {
    const auto& script = *menus_[m].script;
    if (!menus_[m].in_service || !world_.acting(msisdn, script.who)) continue;
    for (std::size_t f = 0; f < script.forms.size(); ++f)
      for (const auto& known : script.forms[f].sms_words)
        if (sms::folded(known) == word) return form_ref{static_cast<std::uint16_t>(m), static_cast<std::uint16_t>(f)};
  }
  return std::nullopt;
}

// A word that begins a form begins it anew; anything else answers the page that went out last, or asks for the first
// one.
bool intake::take_line(const inbound& in, session_ref ref, session* theirs) {
  const auto words = sms::words_of(in.text);
  const auto form = words.empty() ? std::nullopt : form_for(sms::folded(words.front()), in.msisdn);
  if (form) {
    const std::string answers = sms::as_answers(words, 1);
    return begin_on(in, form->menu, static_cast<std::uint16_t>(form->form + 1), answers), true;
  }
  if (!theirs) {
    const std::uint16_t menu = menu_for(in.code);
    return begin_on(in, menu, 0, {}), true;
  }
  ++counters_.turns;
  hear_by(*theirs, in);
  // Several numbers are several answers; words are what they are.
  std::string digits;
  for (const auto& w : words)
    menus::append_latin_digits(digits, w);
  const bool numbers = words.size() > 1 && digits.find_first_not_of("0123456789") == std::string::npos;
  const std::string answers = numbers ? sms::as_answers(words, 0) : std::string();
  inbound said = in;
  if (numbers) said.text = answers;
  return answer(ref, *theirs, said);
}

const menus::bearer& intake::limit_of(const session& s) const {
  if (const auto* own = out_.page_limit(s.path)) return *own;
  return s.path.by == bearer_kind::sms && sms_limit_ ? *sms_limit_ : page_limit_;
}

std::string_view intake::language_for(std::uint64_t msisdn, std::uint32_t person) const {
  const auto chosen = languages_.find(msisdn);
  return chosen != languages_.end() ? std::string_view{chosen->second} : world_.election().people[person].language;
}

// The menu's rules look back at earlier records of what the person answers for.
void intake::look_back(session_ref ref, storage::opening_request wanted, const std::string& dialled) {
  session& s = *sessions_.find(ref);
  s.busy = true;
  // Opened without them, so that the session can speak when the disk does not.
  s.dialogue = opened(s, s.menu, {});
  store_.load_opening(std::move(wanted), [this, ref, dialled](storage::result<storage::opening> found) {
    session* waiting = sessions_.find(ref);
    if (!waiting) return;
    waiting->busy = false;
    if (!found) return fail(ref, *waiting, found.error());
    open(ref, dialled, std::make_shared<const storage::opening>(std::move(*found)));
  });
}

void intake::open(session_ref ref, std::string_view dialled, const past_entries& found) {
  session& s = *sessions_.find(ref);
  s.dialogue = opened(s, s.menu, found);
  // In training nothing is kept, and what waits to be gone on with is left alone.
  s.slot = s.training ? 0 : slots_.claim(s.msisdn, menus_[s.menu].line);
  if (s.slot == 0) return dial(ref, dialled, {}, found);

  s.draft_held = s.busy = true;
  store_.load_draft(s.slot, [this, ref, found, dialled = std::string(dialled)](storage::result<std::string> saved) {
    session* waiting = sessions_.find(ref);
    if (!waiting) return;
    waiting->busy = false;
    if (!saved) return fail(ref, *waiting, saved.error());
    if (saved->empty())
      waiting->draft_held = false; // its record was committed while this redial waited
    else
      ++counters_.resumed;
    dial(ref, dialled, *saved, found);
  });
}

void intake::dial(session_ref ref, std::string_view dialled, std::string_view saved, const past_entries& found) {
  session& s = *sessions_.find(ref);
  if (s.filled_form) // a whole line leaves nothing of an earlier draft
    return perform(ref, s,
                   engine_of(s).fill(*s.dialogue, static_cast<std::uint16_t>(s.filled_form - 1), dialled, limit_of(s)),
                   true);
  choose_version(s, saved, found);
  menus::step next = engine_of(s).dial(*s.dialogue, dialled, saved, limit_of(s));
  const bool carried_answers = dialled.size() > service_code(dialled).size() + 2;
  perform(ref, s, std::move(next), carried_answers);
}

bool intake::answer(session_ref ref, session& s, const inbound& in) {
  if (s.busy) { // no page is out that this could answer: the SMSC sent something twice
    ++counters_.repeated;
    return false;
  }
  sessions_.heard(ref, clock_.steady());
  if (no_longer_acts(ref, s)) return true;
  if (!s.held.empty()) return show(s, std::exchange(s.held, {}), false), secret_ = false, true;
  const std::string_view before = engine_of(s).language(*s.dialogue);
  menus::step next = engine_of(s).answer(*s.dialogue, in.text, limit_of(s));
  if (engine_of(s).language(*s.dialogue) != before) remember_language(s);
  perform(ref, s, std::move(next), true);
  return true;
}

// A comfort: the page does not wait for it, and a disk that fails only makes it forget.
void intake::remember_language(const session& s) {
  const std::string_view tag = engine_of(s).language(*s.dialogue);
  languages_[s.msisdn] = tag;
  store_.save_language(s.msisdn, tag, {});
}

void intake::perform(session_ref ref, session& s, menus::step next, bool answered) {
  if (next.what != menus::action::check_pin) secret_ = false;
  if (next.what == menus::action::prompt && s.filled_form && engine_of(s).at_confirm(*s.dialogue) &&
      !engine_of(s).form_of(*s.dialogue)->sms_confirm)
    next = engine_of(s).answer(*s.dialogue, "1", limit_of(s));
  switch (next.what) {
  case menus::action::prompt:
    if (answered) return keep_then_show(ref, s, std::move(next.text));
    return show(s, next.text, false);
  case menus::action::end:
    show(s, next.text, true);
    return close(ref, s);
  case menus::action::check_pin:
    return check_pin(ref, s, next.text);
  case menus::action::submit:
    return submit(ref, s);
  }
}

void intake::check_pin(session_ref ref, session& s, std::string_view digits) {
  s.busy = true;
  pins_.check(s.person, digits, clock_.unix_ms(), [this, ref](storage::result<menus::pin_verdict> verdict) {
    session* waiting = sessions_.find(ref);
    if (!waiting) return;
    waiting->busy = false;
    if (!verdict) return fail(ref, *waiting, verdict.error());
    pin_known(ref, *verdict);
  });
  secret_ = true; // whatever has been said to it meanwhile
}

void intake::pin_known(session_ref ref, menus::pin_verdict verdict) {
  session& s = *sessions_.find(ref);
  if (verdict != menus::pin_verdict::right) ++counters_.wrong_pins;
  perform(ref, s, engine_of(s).pin_checked(*s.dialogue, verdict, limit_of(s)), true);
}

void intake::keep_then_show(session_ref ref, session& s, std::string page) {
  scratch_.clear();
  engine_of(s).save(*s.dialogue, scratch_);
  if (s.training || (scratch_.empty() && !s.draft_held))
    return show(s, page, false); // nothing was answered yet that has to last
  s.busy = true;
  s.pending = std::move(page);
  if (scratch_.empty())
    return store_.drop_draft(s.slot, [this, ref](boost::system::error_code failed) { kept(ref, failed, false); });
  if (s.slot == 0) s.slot = slots_.take();
  store_.save_draft({s.slot, s.msisdn, menus_[s.menu].script->name, scratch_},
                    [this, ref](boost::system::error_code failed) { kept(ref, failed, true); });
}

void intake::kept(session_ref ref, boost::system::error_code failed, bool holds) {
  session* s = sessions_.find(ref);
  if (!s) return;
  s->busy = false;
  if (failed) return fail(ref, *s, failed);
  s->draft_held = holds;
  const std::string page = std::exchange(s->pending, {});
  show(*s, page, false);
}

void intake::submit(session_ref ref, session& s) {
  const auto& person = world_.election().people[s.person];
  storage::report report = to_report(engine_of(s).filled(*s.dialogue), world_);
  report.msisdn = s.msisdn;
  report.role = person.role;
  report.by = recorded_as(s.path.by);
  s.sms_receipt = s.path.by != bearer_kind::sms && engine_of(s).form_of(*s.dialogue)->sms_receipt;
  report.menu_version = menus_[s.menu].digest;
  report.time_ms = clock_.unix_ms();
  if (s.training) report.does.reset();
  // A short message stays in the phone, and on our disk until the SMSC has it: no place for a PIN.
  if (report.does && storage::draws_pin(report.does->what) && s.path.by == bearer_kind::sms) {
    ++counters_.refused_reports;
    return perform(
        ref, s, engine_of(s).submitted(*s.dialogue, menus::submit_verdict::not_by_sms, {}, limit_of(s)), true);
  }
  s.busy = true;
  store_.submit(std::move(report), s.slot, [this, ref](storage::result<storage::outcome> got) { submitted(ref, got); });
}

void intake::submitted(session_ref ref, storage::result<storage::outcome>& got) {
  if (got) {
    ++counters_.records;
    counters_.duplicates += got->what == storage::verdict::duplicate;
    counters_.corrections += got->what == storage::verdict::corrected;
    counters_.reviews += got->what == storage::verdict::review || got->what == storage::verdict::differs;
    counters_.agreed += got->what == storage::verdict::agreed;
  }
  session* s = sessions_.find(ref);
  if (!s) return; // hung up meanwhile: the record stands, and the same report again gets the same receipt
  s->busy = false;
  if (!got) return refused(ref, *s, got.error());
  s->draft_held = false;
  out_.recorded(s->path);
  const bool made_up = s->training && engine_of(*s).form_of(*s->dialogue)->does.draws_pin(); // nobody's PIN
  menus::step next = engine_of(*s).submitted(
      *s->dialogue, told_as(got->what), got->receipt, limit_of(*s),
      got->ticket ? storage::receipt::ticket_text(got->ticket) : std::string(), made_up ? "000000" : got->pin);
  if (!got->pin.empty()) {
    if (secret_page_) secret_page_(s->msisdn);
    s->sms_receipt = false;
    std::fill(got->pin.begin(), got->pin.end(), '0'); // the page is the only one that holds it now
  }
  if (s->sms_receipt) { // to keep; the page goes with the call
    auto path = s->path.by == bearer_kind::ussd ? s->path : return_path{}; // from a call by modem: by the first SMSC
    path.by = bearer_kind::sms;
    out_.page(s->msisdn, code_of(*s, menus_[s->menu]), path, next.text, true);
  }
  perform(ref, *s, std::move(next), true);
}

// What the form's own rule refuses is told in its words; the report would be refused again, so it is not kept.
void intake::refused(session_ref ref, session& s, const boost::system::error_code& why) {
  const auto verdict = told_as(why);
  if (!verdict) return fail(ref, s, why);
  ++counters_.refused_reports;
  if (s.slot != 0 && s.draft_held) store_.drop_draft(s.slot, {});
  s.draft_held = false;
  perform(ref, s, engine_of(s).submitted(*s.dialogue, *verdict, {}, limit_of(s)), true);
}

void intake::show(session& s, std::string_view text, bool last) {
  if (!last && s.held.empty() && s.dialogue && s.path.by != bearer_kind::sms && notices_.contains(s.msisdn)) {
    s.held = text;
    const std::string notice = notice_for(s);
    notices_.erase(s.msisdn);
    store_.drop_notices(s.msisdn, {});
    return show(s, notice, false);
  }
  s.unshown = s.path.by == bearer_kind::ussd; // an SMS is taken and shown later, by nobody's turn
  turn_latency_.add(static_cast<std::uint64_t>(std::max<std::int64_t>(0, (clock_.steady() - s.last_heard).count())));
  out_.page(s.msisdn, code_of(s, menus_[s.menu]), s.path, text, last);
  ++s.path.turn;
}

void intake::turn_away(const inbound& in, std::uint16_t menu, menus::message why) {
  const auto person = world_.election().person_by(in.msisdn, menus_[menu].script->who);
  const std::string_view language = person ? language_for(in.msisdn, *person) : std::string_view{};
  const auto speaker = menus_[menu].engine->open(person ? world_.subject_of(*person) : menus::subject{}, language);
  out_.page(in.msisdn, menus_[menu].script->dial, in.path, menus_[menu].engine->say(*speaker, why), true);
}

void intake::fail(session_ref ref, session& s, const boost::system::error_code& why) {
  ++counters_.store_errors;
  // The store tells of a failing disk once, not once a phone; what it refuses should never have come so far.
  const bool refused =
      why == storage::errc::bad_report || why == storage::errc::out_of_scope || why == storage::errc::not_on_roster;
  counters_.refused_reports += refused;
  spdlog::log(refused ? spdlog::level::warn : spdlog::level::debug, "not recorded for …{:04}: {}", s.msisdn % 10000,
              why.message());
  if (refused || !out_.put_off(s.msisdn, s.path))
    show(s, engine_of(s).say(*s.dialogue, menus::message::try_later), true);
  close(ref, s);
}

void intake::close(session_ref ref, session& s) {
  // While the disk works for it, what the slot holds is not known here: claimed as held, a redial looks and finds out.
  if (s.slot != 0) {
    if (s.draft_held || s.busy)
      slots_.leave(s.slot, s.msisdn, menus_[s.menu].line);
    else
      slots_.give_back(s.slot);
  }
  sessions_.close(ref);
}

std::uint16_t intake::menu_for(std::string_view dialled) const {
  const std::string_view code = service_code(dialled);
  for (std::size_t m = 0; m < menus_.size(); ++m)
    if (menus_[m].in_service && (service_code(menus_[m].script->dial) == code ||
                                 (!code.empty() && service_code(menus_[m].script->training) == code)))
      return static_cast<std::uint16_t>(m);
  for (std::size_t m = 0; m < menus_.size(); ++m)
    if (menus_[m].in_service) return static_cast<std::uint16_t>(m);
  return 0;
}

std::uint16_t intake::menu_named(const inbound& in) const {
  for (std::size_t m = 0; m < menus_.size(); ++m)
    if (menus_[m].in_service && !in.menu.empty() && menus_[m].script->name == in.menu)
      return static_cast<std::uint16_t>(m);
  return menu_for(in.text);
}

bool intake::takes_words(std::uint64_t msisdn) {
  const session* s = sessions_.find(msisdn);
  return s && s->dialogue && engine_of(*s).takes_words(*s->dialogue);
}

std::optional<steady_time> intake::next_expiry() {
  const session* s = sessions_.oldest(nullptr);
  return s ? std::optional{s->last_heard + settings_.idle} : std::nullopt;
}

void intake::expire() {
  const steady_time now = clock_.steady();
  session_ref ref;
  while (session* s = sessions_.oldest(&ref)) {
    if (s->last_heard + settings_.idle > now) return;
    close(ref, *s); // the operator has ended it long ago, without a word in some dialects
  }
}

} // namespace tallyline::gateway
