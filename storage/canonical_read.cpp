#include "storage/canonical.h"
#include "storage/cbor_keys.h"
#include "storage/text.h"

namespace tallyline::storage::canonical {
namespace {

bool read_text(cbor_reader& in, std::string_view& out) { return in.text(out) && valid_utf8(out); }

bool read_texts(cbor_reader& in, std::vector<std::string_view>& out) {
  std::uint64_t size = 0;
  if (!in.array(size)) return false;
  out.clear();
  for (; size > 0; --size)
    if (!read_text(in, out.emplace_back())) return false;
  return true;
}

bool read_list(cbor_reader& in, std::vector<list_item>& items) {
  std::uint64_t size = 0;
  if (!in.array(size) || size % 2 != 0) return false;
  const std::size_t first = items.size();
  for (; size > 0; size -= 2) {
    list_item item;
    if (!in.number(item.number) || !in.number(item.value)) return false;
    if (items.size() > first && items.back().number >= item.number) return false;
    items.push_back(item);
  }
  return true;
}

bool read_value(cbor_reader& in, field_view& out, std::vector<list_item>& items) {
  using type = field_view::type;
  switch (in.peek_major()) {
  case 0:
  case 1:
    return out.what = type::number, in.number(out.number);
  case 2:
    return out.what = type::personal, in.bytes(out.text) && out.text.size() == std::tuple_size_v<commitment>;
  case 3:
    return out.what = type::text, read_text(in, out.text);
  case 4:
    return out.what = type::list, read_list(in, items);
  default:
    return false;
  }
}

} // namespace

// The pieces of read_record, in the order of the map.
struct record_reader {
  cbor_reader& in;
  keys& key;
  record_view& out;

  template <class Read> bool must(std::int64_t k, Read read) { return key.is(k) && read() && key.advance(); }
  template <class Read> bool may(std::int64_t k, Read read) { return !key.is(k) || (read() && key.advance()); }

  bool seq(std::int64_t& value) { return in.number(value) && value > 0; }
  bool kind_is_record() {
    std::int64_t k = 0;
    return in.number(k) && k == static_cast<int>(kind::record);
  }
  bool bearer_of() {
    std::int64_t b = 0;
    if (!in.number(b) || b < 1 || b > 5) return false;
    out.by = static_cast<bearer>(b);
    return true;
  }
  bool fields(std::vector<list_item>& items, std::vector<std::pair<std::size_t, std::size_t>>& ranges) {
    const char* start = in.position();
    std::uint64_t size = 0, two = 0;
    if (!in.array(size)) return false;
    for (; size > 0; --size) {
      field_view& f = out.fields.emplace_back();
      const std::size_t first = items.size();
      if (!in.array(two) || two != 2 || !read_text(in, f.name) || !read_value(in, f, items)) return false;
      ranges.emplace_back(first, items.size() - first);
    }
    out.fields_bytes = {start, static_cast<std::size_t>(in.position() - start)};
    return true;
  }
};

bool read_record(std::string_view bytes, record_view& out) {
  out.flags.clear(), out.fields.clear(), out.items_.clear(), out.ranges_.clear();
  out.reason = {};
  out.supersedes = out.against = 0;
  out.entry = out.once = 0;
  out.follows = {};
  cbor_reader in(bytes);
  keys key(in);
  record_reader r{in, key, out};
  const bool good = key.open() && r.must(0, [&] { return r.kind_is_record(); }) &&
                    r.must(1, [&] { return read_text(in, out.form); }) &&
                    r.must(2, [&] { return read_texts(in, out.key); }) &&
                    r.must(3, [&] { return read_text(in, out.scope); }) &&
                    r.must(4, [&] { return r.fields(out.items_, out.ranges_); }) &&
                    r.may(5, [&] { return read_texts(in, out.flags) && !out.flags.empty(); }) &&
                    r.may(6, [&] { return read_text(in, out.reason) && !out.reason.empty(); }) &&
                    r.must(7, [&] { return in.bytes(out.who) && out.who.size() == std::tuple_size_v<commitment>; }) &&
                    r.must(8, [&] { return read_text(in, out.role); }) && r.must(9, [&] { return r.bearer_of(); }) &&
                    r.must(10, [&] { return read_text(in, out.menu_version); }) &&
                    r.must(11, [&] { return in.number(out.time_ms); }) &&
                    r.may(12, [&] { return r.seq(out.supersedes); }) && r.may(13, [&] { return r.seq(out.against); }) &&
                    r.may(14, [&] { return in.number(out.entry) && (out.entry == 1 || out.entry == 2); }) &&
                    r.may(15, [&] { return in.number(out.once) && out.once == 1; }) &&
                    r.may(16, [&] { return read_text(in, out.follows) && !out.follows.empty(); }) &&
                    key.done() && in.at_end();
  if (!good) return false;
  // Only now: the vector of items has stopped growing.
  for (std::size_t i = 0; i < out.fields.size(); ++i)
    out.fields[i].items = std::span<const list_item>(out.items_).subspan(out.ranges_[i].first, out.ranges_[i].second);
  return true;
}

const field_view* record_view::field(std::string_view name) const {
  for (const auto& f : fields)
    if (f.name == name) return &f;
  return nullptr;
}

std::optional<kind> kind_of(std::string_view bytes) {
  cbor_reader in(bytes);
  std::uint64_t size = 0;
  std::int64_t key = -1, value = 0;
  if (!in.map(size) || !in.number(key) || key != 0 || !in.number(value) || value < 1 || value > 12) return std::nullopt;
  return static_cast<kind>(value);
}

} // namespace tallyline::storage::canonical
