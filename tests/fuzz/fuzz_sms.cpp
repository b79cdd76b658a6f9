// What anybody with a phone can send by SMS: header, parts, receipts, lines. Nothing may be read beyond its end, and
// what is cut into parts must come together again.
#include "gateway/smpp/gsm_text.h"
#include "gateway/sms/delivery.h"
#include "gateway/sms/line.h"
#include "gateway/sms/parts.h"

#include <cstdlib>

using namespace tallyline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  static sms::assembly assembly;
  const smpp::buffer octets(data + 2, data + size);
  smpp::message m;
  m.esm_class = data[0];
  m.data_coding = data[1];
  m.text = octets;
  m.tlvs = octets; // as a second reading of the same
  (void)sms::delivery_of(m);
  if (const auto p = sms::part_of(m)) {
    if (p->text_at > m.text.size() || p->number > p->total) std::abort();
    std::string text;
    sms::append_text_of(m, *p, text);
    const auto words = sms::words_of(text);
    for (const auto& w : words)
      if (w.empty()) std::abort();
    (void)sms::folded(text);
    (void)sms::as_answers(words, 1);
    const auto cut = sms::cut(text, 1);
    std::string again;
    for (const auto& part : cut.parts) {
      smpp::message one;
      one.esm_class = cut.with_headers() ? 0x40 : 0;
      one.text = part;
      const auto place = sms::part_of(one);
      if (cut.parts.size() > 255) return 0; // longer than SMS can be: never sent
      if (!place) std::abort();
      smpp::append_utf8(one.text.subspan(place->text_at), smpp::alphabet_of(cut.data_coding), again);
    }
    if (again != text) std::abort();
    assembly.add(data[1], *p, text, sms::moment{});
  }
  return 0;
}
