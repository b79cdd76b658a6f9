#include "gateway/proof_file.h"

#include "storage/receipt.h"

#include <boost/json.hpp>

namespace tallyline::gateway {
namespace {

namespace json = boost::json;
using storage::from_hex, storage::to_hex;

constexpr std::size_t longest_file = 1 << 20, longest_path = 64;
constexpr std::string_view format_name = "tallyline proof 1";

std::string hex_of(std::string_view bytes) {
  return to_hex({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

std::optional<std::string_view> text_of(const json::object& o, std::string_view name) {
  const auto* v = o.if_contains(name);
  return v && v->is_string() ? std::optional<std::string_view>(v->get_string()) : std::nullopt;
}

bool number_of(const json::object& o, std::string_view name, std::int64_t& out) {
  const auto* v = o.if_contains(name);
  boost::system::error_code failed;
  if (v) out = v->to_number<std::int64_t>(failed);
  return v && !failed && out >= 0;
}

template <class Bytes> bool bytes_of(const json::object& o, std::string_view name, Bytes& out) {
  const auto text = text_of(o, name);
  return text && from_hex(*text, out);
}

bool body_of(const json::object& o, std::string& out) {
  const auto text = text_of(o, "record");
  if (!text || text->size() % 2) return false;
  out.resize(text->size() / 2);
  return from_hex(*text, {reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
}

bool path_of(const json::object& o, storage::ledger::path& out) {
  const auto* v = o.if_contains("path");
  if (!v || !v->is_array() || v->get_array().size() > longest_path) return false;
  for (const auto& step : v->get_array())
    if (!step.is_string() || !from_hex(step.get_string(), out.emplace_back())) return false;
  return true;
}

bool head_of(const json::object& o, storage::signed_head& out) {
  const auto* v = o.if_contains("head");
  if (!v || !v->is_object()) return false;
  const auto& h = v->get_object();
  std::int64_t size = 0;
  if (!number_of(h, "size", size) || !number_of(h, "time_ms", out.time_ms)) return false;
  out.size = static_cast<std::uint64_t>(size);
  return bytes_of(h, "root", out.root) && bytes_of(h, "key", out.key) && bytes_of(h, "signature", out.proof);
}

} // namespace

std::string to_json(const storage::record_proof& p) {
  json::array path;
  for (const auto& step : p.path)
    path.emplace_back(to_hex(step));
  const json::object head{{"size", p.head.size},
                          {"time_ms", p.head.time_ms},
                          {"root", to_hex(p.head.root)},
                          {"key", to_hex(p.head.key)},
                          {"signature", to_hex(p.head.proof)}};
  return json::serialize(json::object{{"format", format_name},
                                      {"receipt", storage::receipt::to_text(p.receipt)},
                                      {"seq", p.seq},
                                      {"record", hex_of(p.body)},
                                      {"path", std::move(path)},
                                      {"head", head}});
}

std::optional<storage::record_proof> proof_from_json(std::string_view text) {
  boost::system::error_code failed;
  if (text.size() > longest_file) return std::nullopt;
  const auto all = json::parse(text, failed);
  const auto* o = failed ? nullptr : all.if_object();
  if (!o || text_of(*o, "format") != format_name) return std::nullopt;
  storage::record_proof p;
  const auto code = text_of(*o, "receipt");
  if (!code) return std::nullopt;
  const auto parsed = storage::receipt::parse(*code);
  if (parsed.wrong != storage::receipt::fault::none) return std::nullopt;
  p.receipt = parsed.receipt;
  const bool good = number_of(*o, "seq", p.seq) && body_of(*o, p.body) && path_of(*o, p.path) && head_of(*o, p.head);
  return good ? std::optional(std::move(p)) : std::nullopt;
}

} // namespace tallyline::gateway
