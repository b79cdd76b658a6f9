// What comes from outside into storage: packs, receipts, and the bytes of records in a database somebody has touched.
//
// Input: sections that begin with a line "@FILE.csv"; a section "@record" goes to the reader of canonical bytes and
// what it accepts must be what it would write itself.
#include "storage/canonical.h"
#include "storage/pack.h"
#include "storage/receipt.h"

#include <cstdlib>

using namespace tallyline::storage;

namespace {

pack_files sections(std::string_view input) {
  pack_files files;
  while (!input.empty() && input.front() == '@') {
    const auto line = std::min(input.find('\n'), input.size());
    const auto end = std::min(input.find("\n@", line), input.size());
    const auto from = std::min(line + 1, end);
    files[std::string(input.substr(1, line - 1))] = input.substr(from, end - from);
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  return files;
}

void must(bool good) {
  if (!good) std::abort();
}

void check_pack(const pack_files& files) {
  const auto read = read_pack(files);
  if (!read) {
    must(read.error().total > 0 && !read.error().list.empty() && read.error().list.size() <= problems::most);
    for (const auto& p : read.error().list)
      must(!to_text(p).empty());
    return;
  }
  const auto& e = read->contents;
  must(read->pins.size() == e.people.size() && !e.languages.empty());
  for (const auto& s : e.stations)
    must(s.area < e.areas.size() && e.station_by_code(s.code).has_value());
  for (const auto& c : e.candidates)
    must(c.contest < e.contests.size());
}

void check_record(std::string_view bytes) {
  canonical::record_view v;
  if (!canonical::read_record(bytes, v)) return;
  for (const auto& f : v.fields)
    must(f.what == canonical::field_view::type::list || f.items.empty());
  must(canonical::kind_of(bytes) == canonical::kind::record);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto files = sections(input);
  check_pack(files);
  if (const auto it = files.find("record"); it != files.end()) check_record(it->second);
  check_record(input);
  const auto parsed = receipt::parse(input.substr(0, 64));
  if (parsed.wrong == receipt::fault::none)
    must(receipt::parse(receipt::to_text(parsed.receipt)).receipt == parsed.receipt);
  return 0;
}
