#include "gateway/terminal/session.h"

#include "gateway/address.h"
#include "menus/utf8.h"

#include <algorithm>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <utility>

namespace tallyline::gateway {
namespace {

constexpr std::size_t chunk = 8 * 1024; // octets given to the line at once
constexpr std::string_view prompt = "> ";

} // namespace

terminal_session::terminal_session(terminal_house& house, modem::call& line)
    : house_(house), line_(line), term_(house.options_.screen, line.now()) {
  house_.sessions_[line.info().number] = this;
}

terminal_session::~terminal_session() {
  if (job_) file_desk::forget(*job_);
  house_.sessions_.erase(line_.info().number);
}

// Before anybody has logged in, that of the menu that is served first.
std::string_view terminal_session::language() const {
  std::string_view tag = language_;
  if (tag.empty())
    for (const auto& m : house_.menus_)
      if (tag.empty() && m.in_service) tag = m.script->languages.front().tag;
  return modem::can_write(term_.settings().set, tag) ? tag : std::string_view("en");
}

void terminal_session::greet() {
  term_.page(words(phrase::greeting, house_.world_.election().name));
  at_ = at::number;
  again();
  flush();
}

void terminal_session::on_bytes(modem::octets_view bytes) {
  if (at_ == at::leaving) return;
  if (incoming_) {
    incoming_->take(bytes);
  } else {
    term_.take(bytes, line_.now());
    pump();
  }
  flush();
}

void terminal_session::on_wake(modem::clock::time_point) {
  if (incoming_)
    incoming_->tick();
  else
    pump();
  flush();
}

void terminal_session::on_lost(modem::call_end why) {
  lost_ = true;
  leave_dialogue();
  incoming_.reset();
  if (msisdn_) spdlog::info("call {}: …{:04} is gone: {}", line_.info().number, msisdn_ % 10000, modem::describe(why));
}

void terminal_session::pump() {
  if (std::exchange(pumping_, true)) return;
  while (!incoming_ && at_ != at::leaving) {
    const auto said = term_.next(line_.now());
    if (!said) break;
    take(*said);
  }
  pumping_ = false;
}

void terminal_session::take(const modem::said_on_line& said) {
  using modem::heard;
  switch (said.what) {
  case heard::line:
    return line(said.text);
  case heard::unreadable:
    term_.print(words(phrase::unreadable));
    return again();
  case heard::interrupt:
    return again();
  case heard::bye:
    return leave(phrase::bye, "the caller said goodbye");
  case heard::idle:
    ++house_.counters_.idle;
    return leave(phrase::idle, "the caller said nothing for too long");
  case heard::held:
    return leave(phrase::noise, "the caller stopped the line (XOFF) and never went on");
  case heard::noise:
    ++house_.counters_.noisy;
    spdlog::warn("call {}: {} octets of noise and next to no text", line_.info().number, term_.garbage());
    return leave(phrase::noise, "the line is noise");
  }
}

void terminal_session::line(const std::string& text) {
  if (at_ != at::pin && obey(text)) return;
  switch (at_) {
  case at::number:
    return take_number(text);
  case at::pin:
    return take_pin(text);
  case at::choosing: {
    std::string digits;
    menus::append_latin_digits(digits, text);
    for (std::size_t i = 0; i < offers_.size(); ++i)
      if (digits == fmt::to_string(i + 1)) return begin(i);
    return again();
  }
  case at::after:
    return choose_menu();
  case at::answering: {
    at_ = at::waiting; // the page may come from within
    const auto& o = offers_[chosen_];
    house_.desk_->take({said::answer, msisdn_, o.dial, text, *path_, o.menu, true});
    if (house_.turned_) house_.turned_();
    return;
  }
  default:
    return;
  }
}

void terminal_session::take_number(const std::string& text) {
  std::string digits;
  menus::append_latin_digits(digits, menus::trimmed(text));
  if (digits.empty()) return again();
  msisdn_ = msisdn_of(digits);
  at_ = at::pin; // whatever was written: who guesses numbers learns nothing
  again();
}

void terminal_session::take_pin(const std::string& text) {
  std::string digits;
  menus::append_latin_digits(digits, menus::trimmed(text));
  at_ = at::checking;
  // The call may be over when it is known.
  log_in(house_.world_, house_.pins_, msisdn_, std::move(digits), house_.unix_ms_(),
         [&house = house_, call = line_.info().number](const storage::result<login_result>& got) {
           if (auto* s = house.find(call)) s->logged_in(got);
         });
}

void terminal_session::logged_in(const storage::result<login_result>& got) {
  if (lost_ || at_ != at::checking) return;
  if (!got) {
    spdlog::warn("call {}: nobody can log in: {}", line_.info().number, got.error().message());
    login_failed(phrase::login_wrong);
  } else if (got->verdict == menus::pin_verdict::right) {
    ++house_.counters_.logins;
    line_.hide(modem::hiding::nothing);
    people_ = got->people;
    language_ = house_.world_.election().people[people_.front()].language;
    spdlog::info("call {}: …{:04} has logged in", line_.info().number, msisdn_ % 10000);
    choose_menu();
  } else {
    login_failed(got->verdict == menus::pin_verdict::locked ? phrase::login_locked : phrase::login_wrong);
  }
  pump(); // what was typed ahead
  flush();
}

void terminal_session::login_failed(phrase why) {
  ++house_.counters_.wrong_logins;
  spdlog::info("call {}: a wrong login, number {} of this call", line_.info().number, ++wrong_);
  term_.print(words(why));
  msisdn_ = 0;
  if (wrong_ >= house_.options_.logins) return leave(phrase::login_enough, "too many wrong logins");
  at_ = at::number;
  again();
}

void terminal_session::choose_menu() {
  leave_dialogue();
  offers_.clear();
  for (const auto& m : house_.menus_) {
    const auto person = m.in_service ? house_.world_.acting(msisdn_, m.script->who) : std::nullopt;
    if (!person || std::find(people_.begin(), people_.end(), *person) == people_.end()) continue;
    const auto scope = menus::code_of(house_.world_, house_.world_.subject_of(*person).scope);
    offers_.push_back({m.script->name, m.script->dial, fmt::format("{} ({})", m.script->name, scope)});
  }
  if (offers_.size() == 1) return begin(0);
  at_ = at::choosing;
  again();
}

void terminal_session::begin(std::size_t choice) {
  chosen_ = choice;
  path_ = return_path{};
  path_->link = static_cast<std::uint32_t>(line_.info().number);
  path_->session = line_.info().number;
  path_->connection = ++dialogues_;
  path_->by = bearer_kind::terminal;
  at_ = at::waiting;
  const auto& o = offers_[choice];
  house_.desk_->take({said::begin, msisdn_, o.dial, o.dial, *path_, o.menu, true});
  if (house_.turned_) house_.turned_();
}

void terminal_session::page(const return_path& path, std::string_view text, bool last) {
  // Of an earlier dialogue, or while a file is on its way.
  if (!path_ || path.connection != path_->connection || at_ != at::waiting) return;
  shown_ = last ? std::string() : std::string(text);
  term_.page(text);
  at_ = last ? at::after : at::answering;
  if (last) path_.reset();
  term_.ask(last ? words(phrase::again) : std::string(prompt));
  pump();
  flush();
}

void terminal_session::again() {
  switch (at_) {
  case at::number:
    line_.hide(modem::hiding::next_line);
    return term_.ask(words(phrase::ask_number));
  case at::pin:
    line_.hide(modem::hiding::all);
    return term_.ask(words(phrase::ask_pin), true);
  case at::choosing: {
    std::string page = words(offers_.empty() ? phrase::no_menu : phrase::choose_menu);
    for (std::size_t i = 0; i < offers_.size(); ++i)
      page += fmt::format("\n{} {}", i + 1, offers_[i].label);
    term_.page(page);
    return term_.ask(prompt);
  }
  case at::answering:
    term_.page(shown_);
    return term_.ask(prompt);
  case at::after:
    return term_.ask(words(phrase::again));
  default:
    return;
  }
}

// What was answered is on disk and waits for the next time.
void terminal_session::leave_dialogue() {
  if (!path_) return;
  const auto path = *std::exchange(path_, std::nullopt);
  house_.desk_->take({said::gone, msisdn_, {}, {}, path});
}

void terminal_session::leave(phrase goodbye, std::string_view why) {
  leave_dialogue();
  const auto seconds = term_.settings().idle.count();
  term_.print("\n" + words(goodbye, seconds));
  at_ = at::leaving;
  flush();
  line_.hang_up(why);
}

void terminal_session::flush() {
  if (lost_) return;
  for (;;) {
    if (unsent_.empty()) unsent_ = term_.output(chunk);
    if (unsent_.empty()) break;
    const auto* octets = reinterpret_cast<const std::uint8_t*>(unsent_.data());
    if (!line_.send({octets, unsent_.size()})) break; // on_writable goes on
    unsent_.clear();
  }
  set_wake();
}

void terminal_session::set_wake() {
  if (at_ == at::leaving) return line_.wake_at(std::nullopt);
  line_.wake_at(incoming_ ? incoming_->deadline() : term_.deadline());
}

std::string terminal_session::doing() const {
  const std::string who = people_.empty() ? std::string() : fmt::format(" …{:04}", msisdn_ % 10000);
  switch (at_) {
  case at::number:
  case at::pin:
  case at::checking:
    return "logging in";
  case at::receiving:
    return "sends a file" + who;
  case at::recording:
    return "its file is recorded" + who;
  case at::leaving:
    return "leaving" + who;
  default:
    return "at the menus" + who;
  }
}

} // namespace tallyline::gateway
