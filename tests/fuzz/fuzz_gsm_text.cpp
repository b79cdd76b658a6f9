// Text both ways: any octets as any alphabet give valid UTF-8; any UTF-8, valid or not, is measured as it is encoded;
// packed septets come back.
#include "gateway/smpp/gsm_text.h"
#include "gateway/smpp/utf8.h"

#include <cstdlib>

using namespace tallyline::smpp;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

std::string decode(std::span<const std::uint8_t> octets, alphabet a) {
  std::string utf8;
  append_utf8(octets, a, utf8);
  return utf8;
}

// Re-encoding code point by code point changes nothing in valid UTF-8.
void require_valid(std::string_view utf8) {
  std::string again;
  for (std::string_view rest = utf8; !rest.empty();)
    append_code_point(again, take_code_point(rest));
  require(again == utf8);
}

void check_encoding(std::string_view utf8) {
  const measure m = measure_text(utf8);
  buffer coded;
  const auto coding = encode_text(utf8, coded);
  require(alphabet_of(coding) == (m.gsm7 ? alphabet::gsm7 : alphabet::ucs2));
  require(coded.size() == (m.gsm7 ? m.length : 2 * m.length));
  require(fits_ussd(utf8) == (m.length <= (m.gsm7 ? ussd_septets : ussd_units)));
  const std::string back = decode(coded, alphabet_of(coding));
  require_valid(back);
  require(measure_text(back).length == m.length);
  buffer lossy;
  append_gsm7(utf8, lossy);
  for (const std::uint8_t septet : lossy)
    require(septet < 0x80);
}

void check_packing(std::span<const std::uint8_t> octets) {
  buffer septets, packed, back;
  append_unpacked(octets, septets, packing::plain);
  require(septets.size() == octets.size() * 8 / 7);
  append_packed(septets, packed, packing::plain);
  append_unpacked(packed, back, packing::plain);
  require(back.size() >= septets.size() && std::equal(septets.begin(), septets.end(), back.begin()));
  packed.clear();
  append_packed(septets, packed, packing::ussd);
  back.clear();
  append_unpacked(packed, back, packing::ussd);
  require(back.size() + 1 >= septets.size() && back.size() <= septets.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::span<const std::uint8_t> octets(data + 1, size - 1);
  const std::string text = decode(octets, alphabet_of(data[0]));
  require_valid(text);
  check_encoding(text);
  check_encoding({reinterpret_cast<const char*>(octets.data()), octets.size()});
  check_packing(octets);
  return 0;
}
