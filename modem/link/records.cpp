#include "modem/link/records.h"

#include "modem/link/model.h"
#include "modem/link/octets.h"

#include <algorithm>
#include <bit>
#include <stdexcept>
#include <zstd.h>

namespace tallyline::modem::link {
namespace {

constexpr std::size_t most_text = 1 << 20; // of a batch, all texts together

// What is asked of the model, beside form, field and place.
enum class about : std::uint8_t {
  present = 1,
  form,
  scope,
  choice,
  number,
  date,
  item,
  count,
  total,
  text,
  warning,
  reason
};

context name(about what, std::uint32_t form = 0, std::uint32_t field = 0, std::uint32_t place = 0,
             std::uint32_t size = 0) {
  return static_cast<context>(what) << 40 | static_cast<context>(form & 0xFF) << 32 |
         static_cast<context>(field & 0xFF) << 24 | static_cast<context>(place & 0x3FFFF) << 6 | (size & 0x3F);
}

// Codes records one after the other; reading and writing are the same steps (see bit_coder).
class record_coder {
public:
  record_coder(const layout& l, bit_coder& coder) : layout_(l), model_(coder) {}

  // `r` is what to write, or where to read into. False when what was read cannot be.
  bool code(record& r, std::string& texts, bool reading) {
    reading_ = reading, texts_ = &texts;
    r.form = static_cast<std::uint16_t>(choice(r.form, layout_.forms.size(), about::form, last_form_ + 1u, 0));
    if (r.form >= layout_.forms.size()) return false;
    form_ = r.form;
    const form& f = layout_.forms[r.form];
    if (reading_) r.values.assign(f.fields.size(), {});
    if (!code_scope(r, f)) return false;
    size_ = 0;
    for (const bool totals : {false, true})
      for (std::size_t i = 0; i < f.fields.size(); ++i)
        if (f.fields[i].total_of.empty() != totals && !code_field(r, f, static_cast<std::uint32_t>(i))) return false;
    for (std::uint32_t w = 0; w < f.warnings; ++w)
      if (model_.bit(r.confirmed >> w & 1, {name(about::warning, form_, 0, w)}, 0))
        r.confirmed |= std::uint64_t{1} << w;
    const bool reason = model_.bit(!r.reason.empty(), {name(about::reason, form_)}, 0);
    if (reason && !text(r.reason, name(about::reason, form_, 1))) return false;
    last_form_ = r.form;
    return true;
  }

private:
  // Bit length first, each step a bit that says "longer"; then the bits under the highest, the first of them by the
  // model.
  std::uint64_t number(std::uint64_t n, const model::contexts& c) {
    const auto length = static_cast<std::uint32_t>(std::bit_width(n));
    std::uint32_t bits = 0;
    while (bits < 54 && model_.bit(length > bits, c, bits))
      ++bits;
    if (bits < 2) return bits;
    std::uint64_t out = 1;
    for (std::uint32_t i = bits - 1; i-- > 0;) {
      const bool b = n >> i & 1;
      out = out << 1 | (i == bits - 2 ? model_.bit(b, c, 64 + bits) : model_.plain_bit(b));
    }
    return out;
  }

  std::uint64_t plain(std::uint64_t n, std::uint64_t below) {
    std::uint64_t out = 0;
    for (auto i = static_cast<std::uint32_t>(std::bit_width(below - 1)); i-- > 0;)
      out = out << 1 | static_cast<std::uint64_t>(model_.plain_bit(n >> i & 1));
    return out;
  }

  static std::uint64_t folded(std::int64_t n) {
    return n < 0 ? (static_cast<std::uint64_t>(-(n + 1)) << 1 | 1) : static_cast<std::uint64_t>(n) << 1;
  }
  static std::int64_t unfolded(std::uint64_t n) {
    const auto half = static_cast<std::int64_t>(n >> 1);
    return n & 1 ? -half - 1 : half;
  }

  // A place among few, under what was chosen last; among many, by the model's number.
  std::uint64_t choice(std::uint64_t n, std::size_t size, about what, std::uint32_t place, std::uint32_t field_index) {
    if (size <= 1) return 0;
    if (size > 64) return number(n, {name(what, form_, field_index)});
    const model::contexts c{name(what, form_, field_index), name(what, form_, field_index, place + 1)};
    std::uint64_t out = 1;
    for (auto i = static_cast<std::uint32_t>(std::bit_width(size - 1)); i-- > 0;)
      out = out << 1 | static_cast<std::uint64_t>(model_.bit(n >> i & 1, c, static_cast<std::uint32_t>(out)));
    return out - (std::uint64_t{1} << std::bit_width(size - 1));
  }

  // Stations come in order: the distance from the last record's, under the forms of both.
  bool code_scope(record& r, const form& f) {
    if (f.scope_list >= layout_.scopes.size()) return false;
    const std::uint64_t size = layout_.scopes[f.scope_list];
    if (size == 0) return false;
    if (f.scope_list != last_list_) {
      r.scope = static_cast<std::uint32_t>(plain(r.scope, size));
    } else if (size > 1) {
      const auto far = static_cast<std::int64_t>(r.scope) - static_cast<std::int64_t>(last_scope_);
      const auto back = last_scope_ + unfolded(number(folded(far), {name(about::scope, form_, 0, last_form_ + 1u)}));
      if (back < 0 || back >= static_cast<std::int64_t>(size)) return false;
      r.scope = static_cast<std::uint32_t>(back);
    }
    last_list_ = f.scope_list, last_scope_ = r.scope;
    return r.scope < size;
  }

  bool code_field(record& r, const form& f, std::uint32_t i) {
    const field& what = f.fields[i];
    value& v = r.values[i];
    if (what.optional) {
      const bool there = !std::holds_alternative<std::monostate>(v);
      if (!model_.bit(there, {name(about::present, form_, i)}, 0)) return true;
    }
    switch (what.what) {
    case field::kind::number:
      v = what.total_of.empty() ? one_number(v, i) : total(r, v, what, i);
      return std::get<std::int64_t>(v) >= 0 && std::get<std::int64_t>(v) <= largest_number;
    case field::kind::date:
      return one_date(v, i);
    case field::kind::choice:
      return one_choice(v, what, i);
    case field::kind::list:
      return many(v, list_size(what, r), i);
    case field::kind::numbers: {
      const auto* had = std::get_if<std::vector<std::int64_t>>(&v);
      return many(v, number(had ? had->size() : 0, {name(about::count, form_, i)}), i);
    }
    case field::kind::text:
      if (reading_) v = std::string();
      return text(std::get<std::string>(v), name(about::text, form_, i));
    }
    return false;
  }

  static std::int64_t number_in(const value& v) {
    const auto* n = std::get_if<std::int64_t>(&v);
    return n ? *n : 0;
  }

  // People round: whether it ends in 0, then whether fifties go into it, and what is left after that.
  value one_number(const value& v, std::uint32_t i) {
    const auto n = static_cast<std::uint64_t>(number_in(v));
    const context own = name(about::number, form_, i);
    std::uint64_t unit = 1;
    if (model_.bit(n != 0 && n % 10 == 0, {own}, 256)) unit = model_.bit(n % 50 == 0, {own}, 257) ? 50 : 10;
    const auto back = unit * number(n / unit, {name(about::number), own, name(about::number, form_, i, 0, 1 + size_)});
    size_ = std::max(size_, static_cast<std::uint32_t>(std::bit_width(back)));
    return static_cast<std::int64_t>(back);
  }

  static std::int64_t sum_of(const record& r, const std::vector<std::uint16_t>& parts) {
    std::int64_t sum = 0;
    for (const auto p : parts) {
      if (p >= r.values.size()) continue;
      sum += number_in(r.values[p]);
      if (const auto* list = std::get_if<std::vector<std::int64_t>>(&r.values[p]))
        for (const auto n : *list)
          sum += n;
    }
    return std::min(sum, largest_number);
  }

  value total(const record& r, const value& v, const field& what, std::uint32_t i) {
    const auto expected = sum_of(r, what.total_of);
    return expected +
           unfolded(number(folded(number_in(v) - expected), {name(about::total), name(about::total, form_, i)}));
  }

  bool one_date(value& v, std::uint32_t i) {
    auto& last = last_days_[form_ << 8 | i];
    const context own = name(about::date, form_, i);
    last += unfolded(number(folded(number_in(v) - last), {own}));
    v = last;
    return last >= -farthest_day && last <= farthest_day;
  }

  bool one_choice(value& v, const field& what, std::uint32_t i) {
    auto& last = last_choices_[form_ << 8 | i];
    const auto chosen = choice(static_cast<std::uint64_t>(number_in(v)), what.size, about::choice, last, i);
    last = static_cast<std::uint32_t>(chosen) + 1;
    v = static_cast<std::int64_t>(chosen);
    return chosen < what.size;
  }

  bool many(value& v, std::uint64_t size, std::uint32_t i) {
    if (size > most_numbers) return false;
    if (reading_) v = std::vector<std::int64_t>(size);
    auto& all = std::get<std::vector<std::int64_t>>(v);
    for (std::uint32_t at = 0; at < size; ++at) {
      const model::contexts c{name(about::item), name(about::item, form_, i, at + 1),
                              name(about::item, form_, i, at + 1, 1 + size_)};
      all[at] = static_cast<std::int64_t>(number(static_cast<std::uint64_t>(all[at]), c));
      if (all[at] > largest_number) return false;
    }
    return true;
  }

  // Its length here, its octets with those of all the other texts.
  bool text(std::string& t, context own) {
    const auto size = number(t.size(), {own});
    if (size > longest_text) return false;
    if (!reading_) {
      *texts_ += t;
    } else {
      if (texts_->size() < size) return false;
      t = texts_->substr(0, size);
      texts_->erase(0, size);
    }
    return true;
  }

  const layout& layout_;
  model model_;
  bool reading_ = false;
  std::string* texts_ = nullptr;
  std::uint32_t form_ = 0, last_form_ = 0xFE, last_list_ = no_field, last_scope_ = 0;
  std::uint32_t size_ = 0; // of the largest number of the record so far, in bits
  std::unordered_map<std::uint32_t, std::int64_t> last_days_;
  std::unordered_map<std::uint32_t, std::uint32_t> last_choices_;
};

std::string packed(std::string_view texts) {
  std::string out(ZSTD_compressBound(texts.size()), '\0');
  const auto size = ZSTD_compress(out.data(), out.size(), texts.data(), texts.size(), 19);
  if (ZSTD_isError(size)) throw std::runtime_error("zstd cannot pack a text");
  out.resize(size);
  return out;
}

// Texts, when there are any: how long they are, how long packed (0: as they are), and then they themselves.
void put_texts(std::string& out, std::string_view texts) {
  put_varint(out, texts.size());
  if (texts.empty()) return;
  const std::string small = packed(texts);
  const bool pays = small.size() < texts.size();
  put_varint(out, pays ? small.size() : 0);
  out += pays ? std::string_view(small) : texts;
}

bool get_texts(octet_reader& in, std::string& out) {
  const auto size = in.varint();
  if (size == 0) return in.good();
  const auto small = in.varint();
  if (!in.good() || size > most_text) return false;
  const auto bytes = in.chunk(small ? small : size);
  if (!in.good()) return false;
  if (small == 0) return out = bytes, true;
  out.resize(size);
  return ZSTD_decompress(out.data(), size, bytes.data(), bytes.size()) == size;
}

} // namespace

std::string encode_records(const layout& l, std::span<const record> records) {
  if (records.size() > most_records) throw std::logic_error("too many records for a batch");
  std::string texts, out;
  bit_writer coder;
  record_coder each(l, coder);
  for (record r : records) {
    if (!fits(l, r) || !each.code(r, texts, false)) throw std::logic_error("a record does not fit its layout");
  }
  // The lowest bit says whether texts follow.
  put_varint(out, records.size() << 1 | (texts.empty() ? 0 : 1));
  if (!texts.empty()) put_texts(out, texts);
  return out += coder.finish();
}

std::optional<std::vector<record>> decode_records(const layout& l, std::string_view bytes) {
  octet_reader in(bytes);
  const auto head = in.varint();
  std::string texts;
  if (!in.good() || head >> 1 > most_records || (head & 1 && !get_texts(in, texts))) return std::nullopt;
  bit_reader coder(in.rest());
  record_coder each(l, coder);
  std::vector<record> records(head >> 1);
  for (auto& r : records)
    if (!each.code(r, texts, true) || coder.beyond() > 4 || !fits(l, r)) return std::nullopt;
  if (!texts.empty() || coder.left() != 0) return std::nullopt;
  return records;
}

} // namespace tallyline::modem::link
