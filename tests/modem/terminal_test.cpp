#include "modem/screen.h"
#include "modem/terminal.h"

#include <doctest/doctest.h>
#include <random>

using namespace tallyline::modem;

namespace {

struct desk {
  clock::time_point now{std::chrono::hours(1)};
  terminal term;
  explicit desk(terminal_settings s = {}) : term(s, now) {}

  void type(std::string_view octets) {
    term.take({reinterpret_cast<const std::uint8_t*>(octets.data()), octets.size()}, now);
  }
  std::optional<said_on_line> hear() { return term.next(now); }
  // Types, and gives the line that comes of it.
  std::string line(std::string_view octets) {
    term.ask("> ");
    type(octets);
    const auto said = hear();
    REQUIRE(said.has_value());
    REQUIRE(said->what == heard::line);
    return said->text;
  }
  std::string seen() { return term.output(100'000); }
};

} // namespace

TEST_CASE("a line ends with CR, LF, CR LF or CR NUL, and each is one line") {
  for (const std::string_view end : {"\r", "\n", "\r\n"}) {
    desk d;
    CHECK(d.line("120" + std::string(end)) == "120");
    CHECK(d.line("45" + std::string(end)) == "45");
  }
  desk d;
  CHECK(d.line({"120\r\0", 5}) == "120");
  CHECK(d.line({"45\r\0", 4}) == "45");
}

TEST_CASE("backspace takes back a character with its marks, ctrl-W a word, ctrl-U the line") {
  desk d;
  CHECK(d.line("12x\b0\r") == "120");
  CHECK(d.line("12x\x7F"
               "0\r") == "120");
  CHECK(d.line("\b\b7\r") == "7");
  CHECK(d.line("سلا\x7Fلام\r") == "سللام");
  CHECK(d.line("be\xCC\x81\x7F"
               "x\r") == "bx"); // e and a combining acute go together
  CHECK(d.line("one two  \x17three\r") == "one three");
  CHECK(d.line("wrong\x15right\r") == "right");
}

TEST_CASE("what is typed is echoed, a secret as stars") {
  desk d;
  d.term.ask("PIN: ", true);
  d.type("12\b34\r");
  CHECK(d.hear()->text == "134");
  CHECK(d.seen() == "PIN: **\b \b**\r\n");
}

TEST_CASE("what is typed ahead of a secret question is not shown when the question comes") {
  desk d;
  d.term.ask("Number: ");
  d.type("98912\r1234\r");
  CHECK(d.hear()->text == "98912");
  CHECK_FALSE(d.hear().has_value());
  d.term.ask("PIN: ", true);
  CHECK(d.hear()->text == "1234");
  CHECK(d.seen() == "Number: 98912\r\nPIN: ****\r\n");
}

TEST_CASE("a character split over reads is one character, in every split") {
  const std::string octets = "شعبه é 12\r";
  for (std::size_t at = 0; at <= octets.size(); ++at) {
    desk d;
    d.term.ask("> ");
    d.type(std::string_view(octets).substr(0, at));
    auto said = d.hear();
    d.type(std::string_view(octets).substr(at));
    if (!said) said = d.hear();
    REQUIRE(said.has_value());
    CHECK(said->text == "شعبه é 12");
  }
}

TEST_CASE("Latin-1 and Windows-1256 come in and go out as the same text, what they lack as its nearest") {
  CHECK(encoded(charset::latin1, "Zürich ۱۲۰ – “ok” ش") == "Z\xFCrich 120 - \"ok\" ?");
  CHECK(encoded(charset::windows1256, "یک ک۱") == "\xED\x98 \x98"
                                                  "1");
  terminal_settings s;
  s.set = charset::windows1256;
  desk d(s);
  CHECK(d.line("\xD3\xE1\xC7\xE3\r") == "سلام");
  d.term.set_charset(charset::latin1);
  CHECK(d.line("Z\xFCrich\r") == "Zürich");
  CHECK(charset_named("Windows-1256") == charset::windows1256);
  CHECK(charset_named("UTF8") == charset::utf8);
  CHECK_FALSE(charset_named("koi8").has_value());
}

TEST_CASE("ctrl-C gives up the line, ctrl-D on an empty line is goodbye, arrow keys are nothing") {
  desk d;
  d.term.ask("> ");
  d.type("12\x03");
  CHECK(d.hear()->what == heard::interrupt);
  CHECK(d.line("1\x1B[A\x1B[1;5C\x1BOP2\x04\r") == "12");
  d.term.ask("> ");
  d.type("\x04");
  CHECK(d.hear()->what == heard::bye);
}

TEST_CASE("XOFF holds the output until XON or Enter, and one that never ends gives the line back") {
  desk d;
  d.term.print("one");
  d.type("\x13");
  CHECK(d.seen() == "");
  d.type("\x11");
  CHECK(d.seen() == "one\r\n");
  d.type("\x13");
  d.term.print("two");
  CHECK(d.line("\r") == "");
  CHECK(d.seen() == "two\r\n> \r\n");
  d.type("\x13");
  d.now += std::chrono::seconds(60);
  CHECK(d.term.deadline() <= d.now);
  CHECK(d.hear()->what == heard::held);
}

TEST_CASE("a Telnet client's commands are nothing that anybody typed") {
  desk d;
  CHECK(d.line("\xFF\xFD\x03"
               "12\xFF\xFB\x1F\xFF\xFA\x1F\x01\x50\xFF\xF0"
               "3\r") == "123");
}

TEST_CASE("a line with octets that are no text is asked for again") {
  desk d;
  d.term.ask("> ");
  d.type("12\x80\x01"
         "3\r");
  CHECK(d.hear()->what == heard::unreadable);
  CHECK(d.line("123\r") == "123");
}

TEST_CASE("a line has a length, beyond it a bell and no more") {
  desk d;
  const std::string line = d.line(std::string(1000, 'a') + "\r");
  CHECK(line.size() == line_editor::longest);
  CHECK(d.seen().find('\a') != std::string::npos);
}

TEST_CASE("ten minutes of line noise at 2400 bit/s are told as noise, whatever the character set") {
  for (const charset set : {charset::utf8, charset::latin1, charset::windows1256})
    for (unsigned seed = 0; seed < 20; ++seed) {
      terminal_settings s;
      s.set = set;
      desk d(s);
      std::mt19937 dice(seed);
      d.term.ask("> ");
      bool told = false;
      std::size_t octets = 0, lines = 0;
      for (; octets < 600 * 240 && !told; octets += 24) {
        d.now += std::chrono::milliseconds(100);
        std::string noise(24, '\0');
        for (auto& c : noise)
          c = static_cast<char>(dice());
        d.type(noise);
        while (const auto said = d.hear()) {
          lines += said->what == heard::line;
          told = told || said->what == heard::noise || said->what == heard::bye;
          d.term.ask("> ");
        }
        d.seen();
      }
      CHECK_MESSAGE(told, name_of(set), " seed ", seed);
      CHECK_MESSAGE(octets < 60 * 240, name_of(set), " seed ", seed, ": ", octets, " octets");
      CHECK_MESSAGE(lines < 40, name_of(set), " seed ", seed, ": ", lines, " lines were taken for text");
    }
}

TEST_CASE("whoever types on a poor line is not taken for noise") {
  desk d;
  for (int i = 0; i < 500; ++i) {
    d.term.ask("> ");
    d.type(i % 5 ? "120\r"
                 : "12\x9F\xFE\x02"
                   "0\r");
    const auto said = d.hear();
    REQUIRE(said.has_value());
    CHECK(said->what == (i % 5 ? heard::line : heard::unreadable));
  }
}

TEST_CASE("nothing typed for too long is told once, and typing moves it on") {
  desk d;
  d.term.ask("> ");
  d.now += std::chrono::seconds(100);
  d.type("1");
  CHECK_FALSE(d.hear().has_value());
  CHECK(d.term.deadline() == d.now + std::chrono::seconds(120));
  d.now += std::chrono::seconds(120);
  CHECK(d.hear()->what == heard::idle);
  CHECK_FALSE(d.hear().has_value());
  CHECK_FALSE(d.term.deadline().has_value());
}

TEST_CASE("text is broken between words at the screen's width, with wide characters counted twice and marks not") {
  CHECK(wrapped("one two three", 8) == std::vector<std::string>{"one two", "three"});
  CHECK(wrapped("abcdefgh", 4) == std::vector<std::string>{"abcd", "efgh"});
  CHECK(wrapped("a\n\nb", 4) == std::vector<std::string>{"a", "", "b"});
  CHECK(wrapped("", 4) == std::vector<std::string>{""});
  CHECK(columns_of("投票") == 4);
  CHECK(columns_of("e\xCC\x81") == 1);
  CHECK(columns_of("می\u200Cشود") == 5);
  for (std::size_t width = 2; width < 30; ++width)
    for (const auto& line : wrapped("گزارش one 投票 de\xCC\x81trop x", width))
      CHECK(columns_of(line) <= width);
}

TEST_CASE("a page fits 80 by 24 or 40 by 24 with its question") {
  desk d;
  CHECK(d.term.fits(std::string(79 * 21, 'a')));
  CHECK_FALSE(d.term.fits(std::string(79 * 21 + 1, 'a')));
  d.term.set_columns(40);
  CHECK(d.term.fits(std::string(39 * 21, 'a')));
  CHECK_FALSE(d.term.fits(std::string(39 * 21 + 1, 'a')));
}

TEST_CASE("ANSI clears the screen and makes the first line bold, plain sends nothing but text") {
  desk d;
  d.term.page("Station\n1 Count");
  CHECK(d.seen() == "\r\nStation\r\n1 Count\r\n");
  d.term.set_ansi(true);
  d.term.page("Station\n1 Count");
  CHECK(d.seen() == "\x1B[H\x1B[2J\x1B[1mStation\x1B[0m\r\n1 Count\r\n");
}
