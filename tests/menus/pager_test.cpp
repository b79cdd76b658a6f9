#include "menus/pager.h"

#include "menus/utf8.h"
#include "tests/support/bearers.h"

#include <array>
#include <doctest/doctest.h>
#include <random>
#include <string>
#include <vector>

using namespace tallyline;
using namespace tallyline::menus;

namespace {

std::vector<std::string> pages_of(page_request r, const bearer& on) {
  std::vector<std::string> pages;
  for (;;) {
    page p = lay_out(r, on);
    pages.push_back(p.text);
    if (!p.more || pages.size() > 5000) return pages;
    r.from = p.next;
    r.before = {};
  }
}

std::string without_spaces(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (c != ' ' && c != '\n') out += c;
  return out;
}

class random_text {
public:
  explicit random_text(unsigned seed) : random_(seed) {}
  std::size_t below(std::size_t n) { return random_() % n; }
  std::string words(std::size_t count, bool persian) {
    static constexpr std::array latin{"count",   "the", "ballots", "[x]", "€",
                                      "station", "a",   "12:00",   "{",   "unbreakablyLongWordOfAName"};
    static constexpr std::array farsi{"شمارش", "آرا",  "برگه‌ها",     "😀", "۱۲۰",
                                      "و",     "شعبه", "صورت‌جلسه", "ك", "ی"};
    std::string out;
    for (std::size_t i = 0; i < count; ++i) {
      if (i) out += ' ';
      out += persian && below(4) != 0 ? farsi[below(farsi.size())] : latin[below(latin.size())];
      if (below(30) == 0)
        for (std::size_t k = below(300); k > 0; --k)
          out += persian ? "ب" : "x";
    }
    return out;
  }

private:
  std::mt19937 random_;
};

} // namespace

TEST_CASE("a text that fits is one page, with the hint back where there is room") {
  const tests::octet_page page(20);
  CHECK(pages_of({{}, "Ballots?", 0, 999, "0 Back", "9 More"}, page) == std::vector<std::string>{"Ballots?\n0 Back"});
  CHECK(pages_of({{}, "Ballots, so far?", 0, 999, "0 Back", "9 More"}, page) ==
        std::vector<std::string>{"Ballots, so far?"});
}

TEST_CASE("a longer text is broken between words, each page that goes on says by which key") {
  const tests::octet_page page(20);
  CHECK(pages_of({{}, "How many have voted by then?", 0, 999, "", "9 More"}, page) ==
        std::vector<std::string>{"How many have\n9 More", "voted by then?"});
}

TEST_CASE("choices are never cut, a choice longer than a page is, between words") {
  const tests::octet_page page(22);
  CHECK(pages_of({{}, "Which?\n1 Ann One\n2 Ben Two\n3 Cleo", 0, 7, "", "9 More"}, page) ==
        std::vector<std::string>{"Which?\n9 More", "1 Ann One\n9 More", "2 Ben Two\n3 Cleo"});
  CHECK(pages_of({{}, "1 A name that is longer", 0, 0, "", "9 More"}, page) ==
        std::vector<std::string>{"1 A name that\n9 More", "is longer"});
}

TEST_CASE("a word longer than a page is cut between characters") {
  const tests::octet_page page(12);
  CHECK(pages_of({{}, "abcdefghijklmn", 0, 99, "", "9 M"}, page) ==
        std::vector<std::string>{"abcdefgh\n9 M", "ijklmn"});
  CHECK(pages_of({{}, "شششششششش", 0, 99, "", "9 M"}, page) == std::vector<std::string>{"شششش\n9 M", "شششش"});
}

TEST_CASE("the line before comes first and takes nothing from the text behind it") {
  const tests::octet_page page(24);
  CHECK(pages_of({"Digits only.", "Ballots in the box?", 0, 999, "", "9 More"}, page) ==
        std::vector<std::string>{"Digits only.\n9 More", "Ballots in the box?"});
  CHECK(pages_of({"No.", "Ballots in the box?", 0, 999, "", "9 More"}, tests::octet_page(20)) ==
        std::vector<std::string>{"No.\nBallots\n9 More", "in the box?"});
}

TEST_CASE("a text that cannot be turned is cut between words") {
  CHECK(cut_to_fit("Recorded. Receipt 12345", tests::octet_page(20)) == "Recorded. Receipt");
  CHECK(cut_to_fit("Recorded", tests::octet_page(20)) == "Recorded");
}

TEST_CASE("random texts in Latin and Persian: every page fits 182 septets or 80 units, and nothing is lost") {
  const tests::ussd_page page;
  for (unsigned seed = 0; seed < 400; ++seed) {
    random_text random(seed);
    const bool persian = seed % 2;
    std::string body = random.words(random.below(60), persian);
    const std::size_t choices_at = body.size() + 1;
    for (std::size_t c = random.below(40), i = 1; i <= c; ++i)
      body += "\n" + std::to_string(i) + " " + random.words(1 + random.below(4), persian);
    const std::string before = random.below(3) ? "" : random.words(1 + random.below(50), persian);
    const std::string more = persian ? "۹ ادامه" : "9 More";
    page_request r{before, body, 0, choices_at, "0 Back", more};
    std::string all;
    for (std::size_t n = 0;; ++n) {
      const menus::page p = lay_out(r, page);
      REQUIRE(page.fits(p.text));
      REQUIRE(first_malformed(p.text) == std::string::npos);
      REQUIRE(p.more == (p.next < body.size()));
      if (p.more) REQUIRE(p.text.find("\n" + more) != std::string::npos);
      const std::size_t to = p.more ? p.next : body.size();
      REQUIRE((to > r.from || (n == 0 && !before.empty()) || body.empty()));
      // What was skipped at the break is spaces; what was not is on the page.
      const auto shown = without_spaces(std::string_view(body).substr(r.from, to - r.from));
      REQUIRE(without_spaces(p.text).find(shown) != std::string::npos);
      all += shown;
      if (r.from > 0) REQUIRE(page_before(r, r.from, page) < r.from);
      if (!p.more) break;
      r.from = to;
      r.before = {};
    }
    REQUIRE(all == without_spaces(body));
  }
}

TEST_CASE("a bearer with room for next to nothing gets next to nothing, and turning comes to an end") {
  for (std::size_t room = 1; room < 12; ++room) {
    const tests::octet_page page(room);
    for (const auto& text : pages_of({"No.", "شمارش آرا and more", 0, 5, "0 Back", "9 More"}, page))
      CHECK(page.fits(text));
  }
}
