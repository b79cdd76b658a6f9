#include "gateway/sms/line.h"

#include "menus/utf8.h"

namespace tallyline::sms {
namespace {

constexpr std::string_view separators = " \t\r\n,;/*#=:|";
constexpr std::size_t longest_line = 1600; // octets: ten parts
// Arabic comma, Arabic semicolon, no-break space, zero-width non-joiner is none: it stands within Persian words.
constexpr std::string_view wide_separators[] = {"\u060C", "\u061B", "\u00A0", "\u066B", "\u066C"};

} // namespace

std::vector<std::string> words_of(std::string_view utf8) {
  utf8 = utf8.substr(0, longest_line);
  std::vector<std::string> words;
  std::string word;
  const auto end = [&] {
    if (!word.empty()) words.push_back(std::move(word));
    word.clear();
  };
  while (!utf8.empty()) {
    std::size_t size = 1;
    bool separates = separators.find(utf8[0]) != std::string_view::npos;
    for (const auto s : wide_separators)
      if (utf8.starts_with(s)) separates = true, size = s.size();
    if (separates)
      end();
    else
      word += utf8[0];
    utf8.remove_prefix(size);
  }
  end();
  return words;
}

std::string folded(std::string_view word) {
  std::string digits, out;
  menus::append_latin_digits(digits, word);
  for (std::size_t i = 0; i < digits.size(); ++i) {
    const std::string_view rest = std::string_view(digits).substr(i);
    if (rest.starts_with("\u064A") || rest.starts_with("\u0649")) // Arabic yeh, alef maksura
      out += "\u06CC", ++i;
    else if (rest.starts_with("\u0643")) // Arabic kaf
      out += "\u06A9", ++i;
    else if (rest.starts_with("\u200C")) // zero-width non-joiner
      i += 2;
    else
      out += digits[i] >= 'A' && digits[i] <= 'Z' ? static_cast<char>(digits[i] + 32) : digits[i];
  }
  return out;
}

std::string as_answers(const std::vector<std::string>& words, std::size_t skip) {
  std::string all;
  for (std::size_t w = skip; w < words.size(); ++w)
    all.append(all.empty() ? "" : "*").append(words[w]);
  return all;
}

} // namespace tallyline::sms
