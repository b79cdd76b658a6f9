// The character sets a terminal may speak, to and from UTF-8, by ICU's converters.
//
// Any thread; one reader a line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct UConverter;

namespace tallyline::modem {

enum class charset : std::uint8_t { utf8, latin1, windows1256 };

// As people write it: "utf-8", "UTF8", "latin-1", "windows-1256", "cp1256".
std::optional<charset> charset_named(std::string_view word);
std::string_view name_of(charset set);
// Whether text of this language (a tag such as "fa") can be shown in it.
bool can_write(charset set, std::string_view language);

struct converter_closer {
  void operator()(UConverter* c) const noexcept;
};

// Bytes of the line as characters, however a character is split over reads.
class charset_reader {
public:
  explicit charset_reader(charset set);
  // The characters that the byte completes, at most two. A byte that is none of the set gives U+FFFD, and so does one
  // that cuts a character short, which is then read as itself.
  std::u32string_view take(std::uint8_t byte);

private:
  std::unique_ptr<UConverter, converter_closer> converter_;
  std::u32string out_;
};

// As the line's bytes. What the set does not have is written as its nearest: digits as 0-9, ی as ي; else as a question
// mark. Marks that only guide a screen are left out where the set has none.
std::string encoded(charset set, std::string_view utf8);

void append_utf8(std::string& out, char32_t c);
std::u32string to_utf32(std::string_view utf8); // malformed bytes become U+FFFD

} // namespace tallyline::modem
