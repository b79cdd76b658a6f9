// TPDUs as a network, or a damaged SIM, gives them; and that what is written is read back the same.
#include "gateway/sms/parts.h"
#include "gateway/sms/tpdu.h"

#include <cstdlib>

using namespace tallyline;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (const auto in = sms::read_tpdu({data, size})) {
    if (const auto* d = std::get_if<sms::delivered_message>(&*in)) {
      const auto m = sms::as_message(*d, "140");
      if (const auto p = sms::part_of(m)) {
        std::string text;
        sms::append_text_of(m, *p, text);
      }
    } else {
      (void)std::get<sms::status_report>(*in).in_words();
    }
  }
  if (size < 4) return 0;
  smpp::message m;
  m.destination = "98912";
  m.destination_ton = 1;
  m.esm_class = data[0] & 0x40;
  m.data_coding = data[1] & 1 ? 8 : 0;
  smpp::buffer text(data + 2, data + size);
  if (m.data_coding == 0)
    for (std::size_t i = m.esm_class ? text[0] + std::size_t{1} : 0; i < text.size(); ++i)
      text[i] &= 0x7F;
  m.text = text;
  const auto submit = sms::write_submit(m);
  if (!submit) return 0;
  // The same as the other side would get it: SMS-DELIVER has the address, a time and no reference or validity.
  smpp::buffer deliver{static_cast<std::uint8_t>((*submit)[0] & 0x40)};
  const std::size_t address = 2 + ((*submit)[2] + 1) / 2;
  deliver.insert(deliver.end(), submit->begin() + 2, submit->begin() + 2 + static_cast<std::ptrdiff_t>(address));
  const auto rest = submit->begin() + 2 + static_cast<std::ptrdiff_t>(address);
  deliver.insert(deliver.end(), rest, rest + 2);
  deliver.insert(deliver.end(), 7, 0x11);
  deliver.insert(deliver.end(), rest + 3, submit->end());
  const auto back = sms::read_tpdu(deliver);
  if (!back) std::abort();
  const auto& d = std::get<sms::delivered_message>(*back);
  if (d.text != text || d.from != "98912" || d.data_coding != m.data_coding) std::abort();
  return 0;
}
