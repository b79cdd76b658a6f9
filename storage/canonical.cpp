#include "storage/canonical.h"

#include "storage/cbor_writer.h"

#include <algorithm>
#include <sodium.h>
#include <stdexcept>

namespace tallyline::storage::canonical {
namespace {

std::string_view view(const commitment& c) { return {reinterpret_cast<const char*>(c.data()), c.size()}; }

void write_list(cbor_writer& out, const std::vector<list_item>& items) {
  out.array(items.size() * 2);
  const auto by_number = [](const list_item& a, const list_item& b) { return a.number < b.number; };
  const auto write = [&out](const std::vector<list_item>& sorted) {
    for (const auto& item : sorted)
      out.number(item.number), out.number(item.value);
  };
  // In the order of the number whichever way the bearer asked, so that the same values are the same bytes.
  if (std::is_sorted(items.begin(), items.end(), by_number)) return write(items);
  auto sorted = items;
  std::sort(sorted.begin(), sorted.end(), by_number);
  write(sorted);
}

void write_value(cbor_writer& out, const field_value& v) {
  if (const auto* number = std::get_if<std::int64_t>(&v))
    out.number(*number);
  else if (const auto* text = std::get_if<std::string>(&v))
    out.text(*text);
  else
    write_list(out, std::get<std::vector<list_item>>(v));
}

void write_fields(cbor_writer& out, const report& r, std::span<const salt> s) {
  if (s.size() != salts_needed(r))
    throw std::logic_error("a report needs a salt for its sender and one for each personal field");
  std::size_t next_salt = 1;
  out.array(r.fields.size());
  for (const auto& field : r.fields) {
    out.array(2);
    out.text(field.name);
    if (field.personal)
      out.bytes(view(commit(s[next_salt++], value_bytes(field.value))));
    else
      write_value(out, field.value);
  }
}

void write_texts(cbor_writer& out, const std::vector<std::string>& texts) {
  out.array(texts.size());
  for (const auto& text : texts)
    out.text(text);
}

} // namespace

void salts_from(std::span<const std::uint8_t, 32> seed, salts& out) {
  for (std::size_t n = 0; n < out.size(); ++n) {
    std::array<std::uint8_t, 8> number{};
    for (std::size_t i = 0; i < number.size(); ++i)
      number[i] = static_cast<std::uint8_t>(n >> (56 - 8 * i));
    crypto_generichash(out[n].data(), out[n].size(), number.data(), number.size(), seed.data(), seed.size());
  }
}

std::size_t salts_needed(const report& r) {
  return 1 + static_cast<std::size_t>(
                 std::count_if(r.fields.begin(), r.fields.end(), [](const field& f) { return f.personal; }));
}

std::string value_bytes(const field_value& v) {
  cbor_writer out;
  write_value(out, v);
  return out.take();
}

std::string number_bytes(std::uint64_t msisdn) { return value_bytes(static_cast<std::int64_t>(msisdn)); }

commitment commit(const salt& s, std::string_view value_cbor) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  crypto_hash_sha256_update(&state, s.data(), s.size());
  crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(value_cbor.data()), value_cbor.size());
  commitment c;
  crypto_hash_sha256_final(&state, c.data());
  return c;
}

std::string fields_bytes(const report& r, std::span<const salt> s) {
  cbor_writer out;
  write_fields(out, r, s);
  return out.take();
}

std::string record_bytes(const report& r, std::span<const salt> s, std::int64_t supersedes, std::int64_t against,
                         bool agrees) {
  cbor_writer out;
  out.map(10 + !r.flags.empty() + !r.reason.empty() + (supersedes != 0) + (against != 0) + (r.entries == 2) + r.once +
          !r.follows.empty());
  out.number(0), out.number(static_cast<int>(kind::record));
  out.number(1), out.text(r.form);
  out.number(2), write_texts(out, r.key);
  out.number(3), out.text(r.scope);
  out.number(4), write_fields(out, r, s);
  if (!r.flags.empty()) out.number(5), write_texts(out, r.flags);
  if (!r.reason.empty()) out.number(6), out.text(r.reason);
  out.number(7), out.bytes(view(commit(s[0], number_bytes(r.msisdn))));
  out.number(8), out.text(r.role);
  out.number(9), out.number(static_cast<int>(r.by));
  out.number(10), out.text(r.menu_version);
  out.number(11), out.number(r.time_ms);
  if (supersedes != 0) out.number(12), out.number(supersedes);
  if (against != 0) out.number(13), out.number(against);
  if (r.entries == 2) out.number(14), out.number(agrees ? 2 : 1);
  if (r.once) out.number(15), out.number(1);
  if (!r.follows.empty()) out.number(16), out.text(r.follows);
  return out.take();
}

std::string import_bytes(const commitment& public_digest, const commitment& sealed_digest, std::int64_t time_ms) {
  cbor_writer out;
  out.map(4);
  out.number(0), out.number(static_cast<int>(kind::import));
  out.number(1), out.bytes(view(public_digest));
  out.number(2), out.bytes(view(sealed_digest));
  out.number(3), out.number(time_ms);
  return out.take();
}

std::string menu_bytes(const menu_change& c) {
  cbor_writer out;
  out.map(6 + !c.approved_by.empty() + !c.in_freeze.empty());
  out.number(0), out.number(static_cast<int>(kind::menu));
  out.number(1), out.text(c.menu);
  out.number(2), out.number(c.number);
  out.number(3), out.text(c.digest);
  out.number(4), out.text(c.by);
  out.number(5), out.number(c.time_ms);
  if (!c.approved_by.empty()) out.number(6), out.text(c.approved_by);
  if (!c.in_freeze.empty()) out.number(7), out.text(c.in_freeze);
  return out.take();
}

std::string policy_bytes(const named_numbers& values, std::string_view by, std::int64_t time_ms) {
  cbor_writer out;
  out.map(4);
  out.number(0), out.number(static_cast<int>(kind::policy));
  out.number(1), out.array(values.size());
  for (const auto& [name, value] : values)
    out.array(2), out.text(name), out.number(value);
  out.number(4), out.text(by);
  out.number(5), out.number(time_ms);
  return out.take();
}

namespace {

void write_numbers(cbor_writer& out, const std::vector<std::int64_t>& all) {
  out.array(all.size());
  for (const auto n : all)
    out.number(n);
}

// The keys 3 to 5, which entries made by people end with.
void write_maker(cbor_writer& out, std::string_view reason, std::string_view by, std::int64_t time_ms) {
  if (!reason.empty()) out.number(3), out.text(reason);
  out.number(4), out.text(by);
  out.number(5), out.number(time_ms);
}

} // namespace

std::string decision_bytes(const decision_view& d) {
  cbor_writer out;
  out.map(5 + !d.reason.empty());
  out.number(0), out.number(static_cast<int>(kind::decision));
  out.number(1), write_numbers(out, d.accepted);
  out.number(2), write_numbers(out, d.rejected);
  write_maker(out, d.reason, d.by, d.time_ms);
  return out.take();
}

std::string settings_bytes(const named_texts& values, std::string_view by, std::int64_t time_ms) {
  cbor_writer out;
  out.map(4);
  out.number(0), out.number(static_cast<int>(kind::settings));
  out.number(1), out.array(values.size());
  for (const auto& [name, value] : values)
    out.array(2), out.text(name), out.text(value);
  write_maker(out, {}, by, time_ms);
  return out.take();
}

std::string forgetting_bytes(const forgetting_view& f) {
  cbor_writer out;
  out.map(4 + !f.reason.empty());
  out.number(0), out.number(static_cast<int>(kind::forgetting));
  out.number(1), write_numbers(out, f.records);
  write_maker(out, f.reason, f.by, f.time_ms);
  return out.take();
}

std::string numbering_bytes(const numbering_view& n) {
  cbor_writer out;
  out.map(5);
  out.number(0), out.number(static_cast<int>(kind::numbering));
  out.number(1), out.array(n.given.size());
  for (const auto& g : n.given)
    out.array(4), out.text(g.contest), out.number(g.value), out.text(g.part), out.number(g.decision);
  write_maker(out, n.order, n.by, n.time_ms);
  return out.take();
}

std::string roster_bytes(const roster_view& r) {
  cbor_writer out;
  out.map(6 + (r.record != 0) + !r.to.empty() + (r.until_ms != 0) + !r.by.empty());
  out.number(0), out.number(static_cast<int>(kind::roster));
  out.number(1), out.text(r.what);
  if (r.record != 0) out.number(2), out.number(r.record);
  out.number(3), out.text(r.role);
  out.number(4), out.text(r.scope);
  out.number(5), out.bytes(r.who);
  if (!r.to.empty()) out.number(6), out.bytes(r.to);
  if (r.until_ms != 0) out.number(7), out.number(r.until_ms);
  if (!r.by.empty()) out.number(8), out.text(r.by);
  out.number(9), out.number(r.time_ms);
  return out.take();
}

std::string account_bytes(const account_view& a) {
  cbor_writer out;
  out.map(5 + !a.area.empty());
  out.number(0), out.number(static_cast<int>(kind::account));
  out.number(1), out.text(a.login);
  out.number(2), out.text(a.role);
  if (!a.area.empty()) out.number(3), out.text(a.area);
  out.number(4), out.text(a.by);
  out.number(5), out.number(a.time_ms);
  return out.take();
}

std::string site_key_bytes(const site_key_view& k) {
  cbor_writer out;
  out.map(5);
  out.number(0), out.number(static_cast<int>(kind::site_key));
  out.number(1), out.text(k.site);
  out.number(2), out.number(k.invited ? 1 : 0);
  write_maker(out, {}, k.by, k.time_ms);
  return out.take();
}

std::string enrolment_bytes(const enrolment_view& e) {
  cbor_writer out;
  out.map(4);
  out.number(0), out.number(static_cast<int>(kind::enrolment));
  out.number(1), out.text(e.site);
  out.number(2), out.number(e.invitation);
  out.number(5), out.number(e.time_ms);
  return out.take();
}

} // namespace tallyline::storage::canonical
