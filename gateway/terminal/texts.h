// What the terminal itself says, beside the menus: greeting, login, commands, files. In every language it knows; what
// is missing in one is said in English.
#pragma once

#include <cstdint>
#include <fmt/format.h>
#include <string>
#include <string_view>

namespace tallyline::gateway {

enum class phrase : std::uint8_t {
  greeting, // {0} the election's name
  ask_number,
  ask_pin,
  login_wrong,
  login_locked,
  login_enough,
  no_menu,
  choose_menu,
  again, // after a dialogue's last page
  help,
  commands,
  send_how, // {0} ZMODEM or YMODEM
  send_login,
  no_file,     // {0} why
  file_begins, // {0} name
  row,         // {0} line, {1} what became of it
  row_about,   // {0} line, {1} question, {2} why
  row_confirm, // {0} line, {1} why, {2} name of the warning
  file_end,    // {0} recorded, {1} refused
  file_again,
  not_a_file, // {0} name, {1} why
  unreadable,
  bad_width,
  bad_charset,
  charset_now, // {0}
  busy,
  idle, // {0} seconds
  noise,
  bye,
};

// With the braces still in it. `language`: a tag.
std::string_view phrase_in(phrase p, std::string_view language);

template <class... Args> std::string say(phrase p, std::string_view language, Args&&... args) {
  return fmt::vformat(phrase_in(p, language), fmt::make_format_args(args...));
}

} // namespace tallyline::gateway
