#include "gateway/terminal/session.h"

#include "menus/utf8.h"

#include <algorithm>
#include <charconv>
#include <spdlog/spdlog.h>

namespace tallyline::gateway {
namespace {

std::string small(std::string_view word) {
  std::string out;
  menus::append_latin_digits(out, word);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); });
  return out;
}

struct command {
  std::string name, rest;
};
command command_in(std::string_view text) {
  const auto end = std::min(text.find(' '), text.size());
  return {small(text.substr(0, end)), small(menus::trimmed(text.substr(end)))};
}

} // namespace

// False when it is no command but an answer.
bool terminal_session::obey(std::string_view raw) {
  std::string_view text = menus::trimmed(raw);
  const bool slash = text.starts_with('/');
  if (slash) text.remove_prefix(1);
  if (!slash && at_ == at::answering && house_.desk_->takes_words(msisdn_)) return false;
  const auto c = command_in(text);
  if (c.name == "bye" || c.name == "logout" || c.name == "exit" || c.name == "quit")
    return leave(phrase::bye, "the caller said goodbye"), true;
  if (c.name == "help" || c.name == "?") return help(), true;
  if (c.name == "width" && !c.rest.empty()) return set_width(c.rest), true;
  if (c.name == "charset") return set_charset(c.rest), true;
  if (c.name == "ansi") {
    term_.set_ansi(c.rest != "off");
    return again(), true;
  }
  // `rz` is what a sender's program writes ahead of a file.
  if (c.name == "send" || (c.name == "rz" && c.rest.empty())) {
    receive(c.rest == "ymodem" ? file_receive::protocol::ymodem : file_receive::protocol::zmodem);
    return true;
  }
  if (c.name == "menu" && !people_.empty()) return choose_menu(), true;
  return false;
}

void terminal_session::set_width(std::string_view word) {
  std::size_t columns = 0;
  const auto [end, failed] = std::from_chars(word.data(), word.data() + word.size(), columns);
  if (failed != std::errc{} || end != word.data() + word.size() || columns < 20 || columns > 200)
    term_.print(words(phrase::bad_width));
  else
    term_.set_columns(columns);
  again();
}

void terminal_session::set_charset(std::string_view word) {
  if (const auto set = modem::charset_named(word)) {
    term_.set_charset(*set);
    term_.print(words(phrase::charset_now, modem::name_of(*set)));
  } else {
    term_.print(words(phrase::bad_charset));
  }
  again();
}

void terminal_session::help() {
  term_.print(words(phrase::help));
  term_.print(words(phrase::commands));
  again();
}

void terminal_session::receive(file_receive::protocol how) {
  if (people_.empty()) {
    term_.print(words(phrase::send_login));
    return again();
  }
  const bool zmodem = how == file_receive::protocol::zmodem;
  const auto& o = house_.options_;
  file_receive::events on;
  on.now = [this] { return line_.now(); };
  on.send = [this](modem::octets_view octets) {
    term_.raw({reinterpret_cast<const char*>(octets.data()), octets.size()});
    flush();
  };
  on.wake = [this] { set_wake(); };
  on.done = [this](file_receive::result r) { file_over(std::move(r)); };
  term_.print(words(phrase::send_how, zmodem ? "ZMODEM" : "YMODEM"));
  try {
    incoming_ = std::make_unique<file_receive>(
        house_.runner_,
        file_receive::settings{zmodem ? o.zmodem : o.ymodem, o.largest_file, o.file_silence, o.file_lasts},
        std::move(on));
  } catch (const std::runtime_error& e) {
    spdlog::error("call {}: no file can be taken: {}", line_.info().number, e.what());
    term_.print(words(phrase::no_file, e.what()));
    return again();
  }
  at_ = at::receiving;
  incoming_->take(term_.unread());
}

void terminal_session::file_over(file_receive::result r) {
  incoming_.reset();
  term_.heard_now(line_.now());
  came_ = std::move(r);
  std::reverse(came_.files.begin(), came_.files.end()); // the last is taken off first
  term_.print("");
  if (came_.files.empty()) {
    ++house_.counters_.files_failed;
    spdlog::info("call {}: no file came from …{:04}: {}", line_.info().number, msisdn_ % 10000, came_.why);
    term_.print(words(phrase::no_file, came_.why));
  }
  at_ = at::recording;
  record_next();
}

void terminal_session::record_next() {
  while (!came_.files.empty()) {
    auto f = std::move(came_.files.back());
    came_.files.pop_back();
    auto file = std::make_unique<report_file>(std::move(f.bytes));
    if (!file->problem().empty()) {
      ++house_.counters_.files_failed;
      spdlog::info("call {}: {} of …{:04} is no file of reports: {}", line_.info().number, f.name, msisdn_ % 10000,
                   file->problem());
      term_.print(words(phrase::not_a_file, f.name, file->problem()));
      continue;
    }
    ++house_.counters_.files;
    term_.print(words(phrase::file_begins, f.name));
    file_events on;
    on.row = [this](const row_result& r) { told(r); };
    on.done = [this, name = f.name](std::size_t recorded, std::size_t refused) {
      spdlog::info("call {}: {} of …{:04}: {} reports, {} lines refused", line_.info().number, name, msisdn_ % 10000,
                   recorded, refused);
      term_.print(words(phrase::file_end, recorded, refused));
      if (refused) term_.print(words(phrase::file_again));
      record_next();
      pump();
      flush();
    };
    job_ = house_.files_.take(std::move(file), {msisdn_, people_, language_}, std::move(on));
    return;
  }
  // Back to where it was.
  at_ = path_ && !shown_.empty() ? at::answering : offers_.empty() ? at::choosing : at::after;
  again();
}

void terminal_session::told(const row_result& r) {
  term_.heard_now(line_.now());
  const bool good = r.what == row_result::kind::recorded;
  ++(good ? house_.counters_.rows_recorded : house_.counters_.rows_refused);
  reports_ += good;
  if (r.what == row_result::kind::unconfirmed)
    term_.print(words(phrase::row_confirm, r.line, r.text, r.about));
  else if (r.about.empty())
    term_.print(words(phrase::row, r.line, r.text));
  else
    term_.print(words(phrase::row_about, r.line, r.about, r.text));
  flush();
}

} // namespace tallyline::gateway
