#include "modem/link/layout.h"

#include "modem/link/octets.h"

#include <algorithm>
#include <sodium.h>

namespace tallyline::modem::link {
namespace {

void put(std::string& out, std::string_view text) {
  put_varint(out, text.size());
  out += text;
}

void put(std::string& out, const field& f) {
  put(out, f.name);
  out += static_cast<char>(f.what);
  out += f.optional ? '\1' : '\0';
  put_varint(out, f.size);
  put_varint(out, f.sized_by);
  put_varint(out, f.sizes.size());
  for (const auto n : f.sizes)
    put_varint(out, n);
  put_varint(out, f.total_of.size());
  for (const auto n : f.total_of)
    put_varint(out, n);
}

bool in_range(std::int64_t n) { return n >= 0 && n <= largest_number; }
bool all_in_range(const std::vector<std::int64_t>& all) { return std::all_of(all.begin(), all.end(), in_range); }

bool fits(const field& f, const value& v, const record& r) {
  if (std::holds_alternative<std::monostate>(v)) return f.optional;
  const auto* number = std::get_if<std::int64_t>(&v);
  const auto* text = std::get_if<std::string>(&v);
  const auto* many = std::get_if<std::vector<std::int64_t>>(&v);
  switch (f.what) {
  case field::kind::number:
    return number && in_range(*number);
  case field::kind::date:
    return number && *number >= -farthest_day && *number <= farthest_day;
  case field::kind::choice:
    return number && *number >= 0 && *number < f.size;
  case field::kind::list:
    return many && many->size() == list_size(f, r) && all_in_range(*many);
  case field::kind::numbers:
    return many && many->size() <= most_numbers && all_in_range(*many);
  case field::kind::text:
    return text && text->size() <= longest_text;
  }
  return false;
}

} // namespace

digest digest_of(const layout& l, std::string_view salt) {
  std::string all;
  put(all, salt);
  put_varint(all, l.scopes.size());
  for (const auto n : l.scopes)
    put_varint(all, n);
  for (const auto& f : l.forms) {
    put(all, f.name);
    put_varint(all, f.warnings);
    put_varint(all, f.scope_list);
    put_varint(all, f.fields.size());
    for (const auto& one : f.fields)
      put(all, one);
  }
  std::array<std::uint8_t, 32> hash;
  crypto_generichash(hash.data(), hash.size(), reinterpret_cast<const unsigned char*>(all.data()), all.size(), nullptr,
                     0);
  digest d;
  std::copy_n(hash.begin(), d.size(), d.begin());
  return d;
}

std::uint32_t list_size(const field& f, const record& r) {
  if (f.sized_by == no_field) return f.size;
  if (f.sized_by >= r.values.size()) return 0;
  const auto* chosen = std::get_if<std::int64_t>(&r.values[f.sized_by]);
  if (!chosen || *chosen < 0 || static_cast<std::size_t>(*chosen) >= f.sizes.size()) return 0;
  return f.sizes[static_cast<std::size_t>(*chosen)];
}

bool fits(const layout& l, const record& r) {
  if (r.form >= l.forms.size()) return false;
  const form& f = l.forms[r.form];
  if (f.scope_list >= l.scopes.size() || r.scope >= l.scopes[f.scope_list]) return false;
  if (r.values.size() != f.fields.size() || r.reason.size() > longest_text) return false;
  if (f.warnings < 64 && r.confirmed >> f.warnings) return false;
  for (std::size_t i = 0; i < f.fields.size(); ++i)
    if (!fits(f.fields[i], r.values[i], r)) return false;
  return true;
}

} // namespace tallyline::modem::link
