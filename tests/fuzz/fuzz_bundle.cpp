// Bundles and the entries in them: hostile bytes are refused, and what is read can be verified without harm.
//
// The input is compressed here too, so that the fuzzer reaches what lies behind zstd's checksum.
#include "gateway/proof_file.h"
#include "storage/bundle.h"
#include "storage/canonical.h"
#include "storage/verify_parts.h"

#include <cstdlib>
#include <zstd.h>

using namespace tallyline;
using namespace tallyline::storage;

namespace {

void must(bool good) {
  if (!good) std::abort();
}

void read_all(std::string_view bytes) {
  auto in = bundle_reader::read(bytes);
  if (!in) return;
  verifying::in_order order(0);
  canonical::record_view view;
  bundle_item item;
  for (;;) {
    const auto more = in->next(item);
    if (!more || *more == bundle_reader::got::end) return;
    must(item.entry.has_value() + item.head.has_value() + !item.roster.empty() == 1);
    if (item.head) order.check_head(*item.head, std::nullopt);
    if (!item.entry) continue;
    verifying::entry_facts facts;
    if (!verifying::check_entry(*item.entry, view, facts)) order.take(facts);
  }
}

void read_entry(std::string_view bytes) {
  canonical::record_view view;
  const bool record = canonical::read_record(bytes, view);
  const int kinds = record + canonical::is_import(bytes) + canonical::read_menu(bytes).has_value() +
                    canonical::read_policy(bytes).has_value() + canonical::read_decision(bytes).has_value() +
                    canonical::read_settings(bytes).has_value() + canonical::read_forgetting(bytes).has_value();
  must(kinds <= 1);
  if (kinds == 1) must(canonical::kind_of(bytes).has_value());
}

void read_proof(std::string_view text) {
  const auto p = gateway::proof_from_json(text);
  if (!p) return;
  must(gateway::proof_from_json(gateway::to_json(*p)).has_value());
  wrong_with(*p, p->head.key);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  read_all(input);
  std::string packed(ZSTD_compressBound(size), '\0');
  packed.resize(ZSTD_compress(packed.data(), packed.size(), data, size, 1));
  read_all(packed);
  read_entry(input);
  read_proof(input);
  head_from_text(input);
  return 0;
}
