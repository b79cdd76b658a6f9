#include "storage/bundle.h"
#include "storage/cbor_reader.h"
#include "storage/text.h"

#include <array>
#include <cstdio>
#include <zstd.h>

namespace tallyline::storage {
namespace {

using canonical::cbor_reader;

// Larger than any item that the writer makes: 64 fields of 2,000 characters, and as many kept apart.
constexpr std::size_t longest_item = 2u << 20;
constexpr std::uint64_t most_personal = 65;
constexpr unsigned largest_window = 27; // 2^27 octets, what the format allows without asking

template <class Bytes> bool fixed(cbor_reader& in, Bytes& out) {
  std::string_view bytes;
  if (!in.bytes(bytes) || bytes.size() != out.size()) return false;
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(out.data()));
  return true;
}

// The value of a personal field, from its canonical bytes, as SQLite would hold it.
bool value_of(std::string_view bytes, verifying::kept_value& out) {
  using type = verifying::kept_value::type;
  cbor_reader in(bytes);
  std::string_view text;
  switch (in.peek_major()) {
  case 0:
  case 1:
    out.what = type::integer;
    return in.number(out.number) && in.at_end();
  case 3:
    out.what = type::text;
    if (!in.text(text) || !in.at_end()) return false;
    out.bytes = text;
    return true;
  case 4:
    out.what = type::blob;
    out.bytes = bytes;
    return true;
  default:
    return false;
  }
}

bool personal_of(cbor_reader& in, verifying::entry_row& e) {
  std::uint64_t rows = 0, four = 0;
  if (!in.array(rows) || rows > most_personal) return false;
  for (; rows > 0; --rows) {
    auto& row = e.personal.emplace_back();
    std::string_view salt, name, value;
    if (!in.array(four) || four != 4 || !in.number(row.no) || !in.bytes(salt) || !in.text(name) || !in.bytes(value) ||
        !value_of(value, row.value))
      return false;
    row.salt = salt;
    if (!name.empty()) row.name = name;
  }
  return true;
}

bool entry_of(cbor_reader& in, verifying::entry_row& e) {
  std::string_view body, leaf;
  std::int64_t state = 0;
  if (!in.number(e.seq) || !in.bytes(body) || !in.bytes(leaf) || !in.number(state) || state < -1 || !personal_of(in, e))
    return false;
  e.body = body, e.leaf = leaf;
  const auto kind = canonical::kind_of(body);
  e.kind = kind ? static_cast<std::int64_t>(*kind) : 0;
  e.has_record = state >= 0;
  e.record.state = state;
  return true;
}

} // namespace

struct bundle_reader::state {
  ~state() {
    if (file) std::fclose(file);
  }
  // Until a whole item is there for certain, or the end. False for what is not zstd, or is cut off.
  bool fill() {
    if (at > longest_item) buffer.erase(0, std::exchange(at, 0));
    while (!ended && buffer.size() - at < longest_item)
      if (!decompress()) return false;
    return true;
  }
  bool decompress() {
    if (in.pos == in.size && !read_more()) return false;
    const auto before = buffer.size();
    buffer.resize(before + ZSTD_DStreamOutSize());
    ZSTD_outBuffer out{buffer.data() + before, buffer.size() - before, 0};
    const auto left = ZSTD_decompressStream(zstd.get(), &out, &in);
    buffer.resize(before + out.pos);
    if (ZSTD_isError(left)) return false;
    if (left != 0) return true;
    ended = true; // and nothing may follow
    return in.pos == in.size && (!file || std::fgetc(file) == EOF);
  }
  bool read_more() {
    if (!file) return false; // memory is given whole: it was cut off
    const auto got = std::fread(compressed.data(), 1, compressed.size(), file);
    in = {compressed.data(), got, 0};
    return got > 0;
  }

  struct free_zstd {
    void operator()(ZSTD_DCtx* d) const { ZSTD_freeDCtx(d); }
  };
  std::FILE* file = nullptr;
  std::array<char, 1 << 16> compressed;
  ZSTD_inBuffer in{nullptr, 0, 0};
  std::unique_ptr<ZSTD_DCtx, free_zstd> zstd{ZSTD_createDCtx()};
  std::string buffer;
  std::size_t at = 0;
  bool ended = false, closed = false;
  std::int64_t entries = 0, items = 0;
  bool personal = false;
};

bundle_reader::bundle_reader(std::unique_ptr<state> s) : state_(std::move(s)) {}
bundle_reader::bundle_reader(bundle_reader&&) noexcept = default;
bundle_reader::~bundle_reader() = default;
std::int64_t bundle_reader::entries() const { return state_->entries; }

boost::system::result<bundle_reader> bundle_reader::open(const std::filesystem::path& file) {
  auto s = std::make_unique<state>();
  s->file = std::fopen(file.c_str(), "rbe");
  if (!s->file) return make_error_code(errc::io);
  return begin(std::move(s));
}

boost::system::result<bundle_reader> bundle_reader::read(std::string_view bytes) {
  auto s = std::make_unique<state>();
  s->in = {bytes.data(), bytes.size(), 0};
  return begin(std::move(s));
}

boost::system::result<bundle_reader> bundle_reader::begin(std::unique_ptr<state> s) {
  ZSTD_DCtx_setParameter(s->zstd.get(), ZSTD_d_windowLogMax, largest_window);
  if (!s->fill()) return make_error_code(errc::bad_bundle);
  cbor_reader in(std::string_view(s->buffer).substr(s->at));
  std::uint64_t four = 0;
  std::string_view name;
  std::int64_t version = 0, personal = 0;
  if (!in.array(four) || four != 4 || !in.text(name) || name != "tallyline bundle" || !in.number(version))
    return make_error_code(errc::bad_bundle);
  if (version > 1) return make_error_code(errc::newer_schema);
  // More entries than there can be is no reason to reserve memory for them.
  if (version != 1 || !in.number(s->entries) || s->entries < 0 || s->entries > 100'000'000 || !in.number(personal) ||
      personal < 0 || personal > 1)
    return make_error_code(errc::bad_bundle);
  s->personal = personal != 0;
  s->at = static_cast<std::size_t>(in.position() - s->buffer.data());
  s->items = 1;
  return bundle_reader(std::move(s));
}

boost::system::result<bundle_reader::got> bundle_reader::next(bundle_item& item) {
  auto& s = *state_;
  item = {};
  if (s.closed) return got::end;
  if (!s.fill()) return make_error_code(errc::bad_bundle);
  cbor_reader in(std::string_view(s.buffer).substr(s.at));
  std::uint64_t size = 0;
  if (!in.array(size) || size == 0) return make_error_code(errc::bad_bundle);
  bool good = false;
  if (in.peek_major() == 0) {
    good = size == 5 && entry_of(in, item.entry.emplace());
  } else {
    std::string_view what;
    if (!in.text(what)) return make_error_code(errc::bad_bundle);
    std::int64_t number = 0;
    if (what == "end") {
      good = size == 2 && in.number(number) && number == s.items && in.at_end() && s.ended;
      s.closed = true;
    } else if (what == "head") {
      auto& h = item.head.emplace();
      good = size == 6 && in.number(number) && number >= 0 && fixed(in, h.root) && in.number(h.time_ms) &&
             fixed(in, h.key) && fixed(in, h.proof);
      h.size = static_cast<std::uint64_t>(number);
    } else {
      item.roster.emplace_back(what);
      good = size <= 8;
      for (std::string_view text; good && size > 1; --size)
        if ((good = in.text(text) && valid_utf8(text))) item.roster.emplace_back(text);
    }
  }
  if (!good) return make_error_code(errc::bad_bundle);
  s.at = static_cast<std::size_t>(in.position() - s.buffer.data());
  ++s.items;
  return s.closed ? got::end : got::item;
}

} // namespace tallyline::storage
