// One person on one call: logs in, goes through the menus, sends files.
//
// Network thread only; made by the house, belongs to its call. What the person answers goes through intake like an
// answer by any bearer; this only reads lines and writes pages.
#pragma once

#include "gateway/terminal/file_receive.h"
#include "gateway/terminal/house.h"
#include "gateway/terminal/login.h"
#include "gateway/terminal/texts.h"

#include <optional>
#include <string>
#include <vector>

namespace tallyline::gateway {

class terminal_session final : public modem::call_handler {
public:
  terminal_session(terminal_house& house, modem::call& line);
  ~terminal_session() override;
  void greet();

  void on_bytes(modem::octets_view bytes) override;
  void on_lost(modem::call_end why) override;
  void on_writable() override { flush(); }
  void on_wake(modem::clock::time_point now) override;

  void page(const return_path& path, std::string_view text, bool last);
  const menus::bearer& limit() const { return limit_; }
  std::string doing() const;
  void recorded() { ++reports_; }
  terminal_house::brought brought() const { return {people_.empty() ? 0 : msisdn_, reports_}; }

private:
  enum class at : std::uint8_t {
    number,
    pin,
    checking,  // the PIN
    choosing,  // a menu
    waiting,   // for a page
    answering, // a page
    after,     // a dialogue's last page
    receiving, // a file: the line is another program's
    recording, // it
    leaving
  };
  struct screen final : menus::bearer {
    explicit screen(const modem::terminal& t) : term(t) {}
    bool fits(std::string_view utf8) const override { return term.fits(utf8); }
    const modem::terminal& term;
  };

  // --- session.cpp
  void pump();
  void take(const modem::said_on_line& said);
  void line(const std::string& text);
  void take_number(const std::string& text);
  void take_pin(const std::string& text);
  void logged_in(const storage::result<login_result>& got);
  void login_failed(phrase why);
  void choose_menu();
  void begin(std::size_t choice);
  void again(); // what is asked, once more
  void leave_dialogue();
  void leave(phrase words, std::string_view why);
  void flush();
  void set_wake();
  std::string words(phrase p) const { return std::string(phrase_in(p, language())); }
  template <class... Args> std::string words(phrase p, Args&&... args) const {
    return gateway::say(p, language(), args...);
  }
  std::string_view language() const;

  // --- session_commands.cpp
  bool obey(std::string_view text);
  void set_width(std::string_view word);
  void set_charset(std::string_view word);
  void help();
  void receive(file_receive::protocol how);
  void file_over(file_receive::result r);
  void record_next();
  void told(const row_result& r);

  terminal_house& house_;
  modem::call& line_;
  modem::terminal term_;
  screen limit_{term_};
  at at_ = at::number;
  bool pumping_ = false, lost_ = false;
  int wrong_ = 0;
  std::uint64_t msisdn_ = 0, reports_ = 0;
  std::vector<std::uint32_t> people_;
  std::string language_;
  struct offer {
    std::string menu, dial, label;
  };
  std::vector<offer> offers_;
  std::size_t chosen_ = 0;
  std::optional<return_path> path_; // of the dialogue under way
  std::uint32_t dialogues_ = 0;
  std::string shown_; // the page that waits for an answer
  std::unique_ptr<file_receive> incoming_;
  file_receive::result came_; // files that wait to be recorded
  std::shared_ptr<file_desk::job> job_;
  std::string unsent_;
};

} // namespace tallyline::gateway
