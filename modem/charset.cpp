#include "modem/charset.h"

#include <array>
#include <stdexcept>
#include <unicode/uchar.h>
#include <unicode/ucnv.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

namespace tallyline::modem {
namespace {

constexpr char32_t replacement = 0xFFFD;

const char* icu_name(charset set) {
  switch (set) {
  case charset::latin1:
    return "ISO-8859-1";
  case charset::windows1256:
    return "windows-1256";
  case charset::utf8:
    break;
  }
  return "UTF-8";
}

std::unique_ptr<UConverter, converter_closer> open_converter(charset set) {
  UErrorCode failed = U_ZERO_ERROR;
  std::unique_ptr<UConverter, converter_closer> c(ucnv_open(icu_name(set), &failed));
  if (U_FAILURE(failed)) throw std::runtime_error(std::string("ICU has no converter for ") + icu_name(set));
  return c;
}

// What can stand for a character that the set lacks; 0 for leaving it out.
char32_t nearest(char32_t c) {
  if (const auto digit = u_charDigitValue(static_cast<UChar32>(c)); digit >= 0)
    return U'0' + static_cast<char32_t>(digit);
  switch (c) {
  case 0x06CC: // Persian yeh
    return 0x064A;
  case 0x06C0:
    return 0x0647;
  case 0x2013:
  case 0x2014:
  case 0x2212:
    return U'-';
  case 0x2018:
  case 0x2019:
    return U'\'';
  case 0x201C:
  case 0x201D:
  case 0x00AB:
  case 0x00BB:
    return U'"';
  case 0x060C:
    return U',';
  case 0x2026:
    return U'.';
  default:
    break;
  }
  if (u_charType(static_cast<UChar32>(c)) == U_FORMAT_CHAR) return 0;
  return U'?';
}

// Appends the character's bytes; false when the set has none.
bool append_in(UConverter& to, char32_t c, std::string& out) {
  std::array<UChar, 2> units{};
  std::int32_t size = 0;
  UBool bad = false;
  U16_APPEND(units.data(), size, 2, static_cast<UChar32>(c), bad);
  if (bad) return false;
  std::array<char, 8> bytes{};
  UErrorCode failed = U_ZERO_ERROR;
  char* end = bytes.data();
  const UChar* from = units.data();
  ucnv_resetFromUnicode(&to);
  ucnv_fromUnicode(&to, &end, bytes.data() + bytes.size(), &from, units.data() + size, nullptr, true, &failed);
  if (U_FAILURE(failed)) return false;
  out.append(bytes.data(), static_cast<std::size_t>(end - bytes.data()));
  return true;
}

std::string folded(std::string_view word) {
  std::string out;
  for (const char c : word)
    if (c != '-' && c != '_' && c != ' ') out += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return out;
}

} // namespace

void converter_closer::operator()(UConverter* c) const noexcept { ucnv_close(c); }

std::optional<charset> charset_named(std::string_view word) {
  const std::string w = folded(word);
  if (w == "utf8") return charset::utf8;
  if (w == "latin1" || w == "iso88591") return charset::latin1;
  if (w == "windows1256" || w == "cp1256" || w == "1256") return charset::windows1256;
  return std::nullopt;
}

std::string_view name_of(charset set) {
  switch (set) {
  case charset::latin1:
    return "latin-1";
  case charset::windows1256:
    return "windows-1256";
  case charset::utf8:
    break;
  }
  return "utf-8";
}

bool can_write(charset set, std::string_view language) {
  const std::string_view tag = language.substr(0, language.find_first_of("-_"));
  const bool arabic = tag == "fa" || tag == "ar" || tag == "ur" || tag == "ckb" || tag == "ps";
  switch (set) {
  case charset::latin1:
    return tag == "en" || tag == "fr" || tag == "de" || tag == "es" || tag == "pt" || tag == "it";
  case charset::windows1256:
    return arabic || tag == "en" || tag == "fr";
  case charset::utf8:
    break;
  }
  return true;
}

charset_reader::charset_reader(charset set) : converter_(open_converter(set)) {}

std::u32string_view charset_reader::take(std::uint8_t byte) {
  out_.clear();
  std::array<UChar, 16> units{};
  UErrorCode failed = U_ZERO_ERROR;
  const char in = static_cast<char>(byte);
  const char* from = &in;
  UChar* end = units.data();
  ucnv_toUnicode(converter_.get(), &end, units.data() + units.size(), &from, &in + 1, nullptr, false, &failed);
  const auto size = static_cast<std::int32_t>(end - units.data());
  for (std::int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U16_NEXT(units.data(), at, size, c);
    out_ += U_IS_SURROGATE(c) ? replacement : static_cast<char32_t>(c);
  }
  return out_;
}

std::string encoded(charset set, std::string_view utf8) {
  if (set == charset::utf8) return std::string(utf8);
  const auto to = open_converter(set);
  UErrorCode failed = U_ZERO_ERROR;
  ucnv_setFromUCallBack(to.get(), UCNV_FROM_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &failed);
  ucnv_setFallback(to.get(), false);
  std::string out;
  for (const char32_t c : to_utf32(utf8)) {
    if (append_in(*to, c, out)) continue;
    const char32_t instead = nearest(c);
    if (instead != 0 && !append_in(*to, instead, out)) out += '?';
  }
  return out;
}

void append_utf8(std::string& out, char32_t c) {
  std::array<char, 4> bytes{};
  std::int32_t size = 0;
  UBool bad = false;
  U8_APPEND(bytes.data(), size, 4, static_cast<UChar32>(c), bad);
  if (!bad) out.append(bytes.data(), static_cast<std::size_t>(size));
}

std::u32string to_utf32(std::string_view utf8) {
  std::u32string out;
  const auto size = static_cast<std::int32_t>(utf8.size());
  for (std::int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U8_NEXT(utf8.data(), at, size, c);
    out += c < 0 ? replacement : static_cast<char32_t>(c);
  }
  return out;
}

} // namespace tallyline::modem
