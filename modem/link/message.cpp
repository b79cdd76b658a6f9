#include "modem/link/message.h"

#include "modem/link/octets.h"

#include <algorithm>
#include <cstring>

namespace tallyline::modem::link {
namespace {

enum class kind : std::uint8_t {
  reports = 0x01,
  hello = 0x02,
  fetch = 0x03,
  answer = 0x81,
  unknown_forms = 0x82,
  forms_now = 0x83,
  forms_part = 0x84,
  stale_call = 0x85,
  not_now = 0x86
};
// Of an answer's second octet.
constexpr std::uint8_t not_all_derived = 0x01, with_offer = 0x02;

constexpr std::size_t most_decisions = 4096, longest_words = 1000;

std::string begin(kind k) { return std::string(1, static_cast<char>(k)); }

template <std::size_t N> std::array<std::uint8_t, N> octets(octet_reader& in) {
  std::array<std::uint8_t, N> out{};
  const auto bytes = in.chunk(N);
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

void put(std::string& out, const offer& o) {
  out += as_text(o.forms);
  put_varint(out, o.size);
}
offer get_offer(octet_reader& in) {
  offer o;
  o.forms = octets<4>(in), o.size = in.varint();
  return o;
}

void put_words(std::string& out, std::string_view words) {
  words = words.substr(0, longest_words);
  put_varint(out, words.size());
  out += words;
}
std::string get_words(octet_reader& in) {
  const auto size = in.varint();
  return std::string(in.chunk(std::min<std::uint64_t>(size, longest_words + 1)));
}

bool as_expected(const decision& d) { return d.what == verdict::recorded && d.derived; }

void put(std::string& out, const decision& d) {
  out += static_cast<char>(static_cast<std::uint8_t>(d.what) | (d.derived ? 0x80 : 0));
  if (d.what == verdict::refused) {
    put_words(out, d.text);
    put_words(out, d.question);
  } else if (!d.derived && d.what != verdict::unread) {
    put_varint(out, d.receipt);
  }
}

bool get(octet_reader& in, decision& d) {
  const auto first = in.octet();
  if ((first & 0x7F) > last_verdict) return false;
  d.what = static_cast<verdict>(first & 0x7F), d.derived = first & 0x80;
  if (d.what == verdict::refused)
    d.text = get_words(in), d.question = get_words(in);
  else if (!d.derived && d.what != verdict::unread)
    d.receipt = in.varint();
  return in.good();
}

std::string written(const answer& a) {
  const bool all = std::all_of(a.decisions.begin(), a.decisions.end(), as_expected);
  std::string out = begin(kind::answer);
  out += static_cast<char>((all ? 0 : not_all_derived) | (a.newer ? with_offer : 0));
  put_varint(out, a.first);
  put_varint(out, a.decisions.size());
  put_fixed(out, static_cast<std::uint64_t>(a.time_ms), 6);
  out += as_text(a.drawn);
  if (!all) {
    std::string bitmap((a.decisions.size() + 7) / 8, '\0');
    for (std::size_t i = 0; i < a.decisions.size(); ++i)
      if (as_expected(a.decisions[i])) bitmap[i / 8] = static_cast<char>(bitmap[i / 8] | 0x80 >> i % 8);
    out += bitmap;
    for (const auto& d : a.decisions)
      if (!as_expected(d)) put(out, d);
  }
  if (a.newer) put(out, *a.newer);
  return out;
}

std::optional<down_message> answer_in(octet_reader& in) {
  answer a;
  const auto what = in.octet();
  a.first = in.varint();
  const auto count = in.varint();
  a.time_ms = static_cast<std::int64_t>(in.fixed(6));
  a.drawn = octets<8>(in);
  if (!in.good() || count > most_decisions) return std::nullopt;
  a.decisions.resize(count);
  if (what & not_all_derived) {
    const auto bitmap = in.chunk((count + 7) / 8);
    if (!in.good()) return std::nullopt;
    for (std::size_t i = 0; i < count; ++i)
      if (!(static_cast<std::uint8_t>(bitmap[i / 8]) & 0x80 >> i % 8) && !get(in, a.decisions[i])) return std::nullopt;
  }
  if (what & with_offer) a.newer = get_offer(in);
  return in.done() ? std::optional<down_message>(std::move(a)) : std::nullopt;
}

std::string written(const reports& m) {
  std::string out = begin(kind::reports);
  out += as_text(m.coded_by);
  put_varint(out, m.first);
  return out += m.coded;
}
std::string written(const hello& m) { return begin(kind::hello).append(as_text(m.forms)); }
std::string written(const fetch& m) {
  std::string out = begin(kind::fetch).append(as_text(m.forms));
  put_varint(out, m.from);
  return out;
}
std::string written(const unknown_forms& m) {
  std::string out = begin(kind::unknown_forms);
  put(out, m.now);
  return out;
}
std::string written(const forms_now& m) {
  std::string out = begin(kind::forms_now);
  put(out, m.now);
  return out;
}
std::string written(const forms_part& m) {
  std::string out = begin(kind::forms_part).append(as_text(m.forms));
  put_varint(out, m.size);
  put_varint(out, m.at);
  return out += m.bytes;
}
std::string written(const stale_call& m) {
  std::string out = begin(kind::stale_call);
  put_varint(out, m.last);
  return out;
}
std::string written(const not_now&) { return begin(kind::not_now); }

} // namespace

std::string to_octets(const up_message& m) {
  return std::visit([](const auto& one) { return written(one); }, m);
}
std::string to_octets(const down_message& m) {
  return std::visit([](const auto& one) { return written(one); }, m);
}

std::optional<up_message> read_up(std::string_view bytes) {
  octet_reader in(bytes);
  std::optional<up_message> m;
  switch (static_cast<kind>(in.octet())) {
  case kind::reports: {
    reports r;
    r.coded_by = octets<4>(in), r.first = in.varint(), r.coded = in.rest();
    m = std::move(r);
    break;
  }
  case kind::hello:
    m = hello{octets<4>(in)};
    break;
  case kind::fetch: {
    fetch f;
    f.forms = octets<4>(in), f.from = in.varint();
    m = f;
    break;
  }
  default:
    return std::nullopt;
  }
  return in.done() ? m : std::nullopt;
}

std::optional<down_message> read_down(std::string_view bytes) {
  octet_reader in(bytes);
  std::optional<down_message> m;
  switch (static_cast<kind>(in.octet())) {
  case kind::answer:
    return answer_in(in);
  case kind::unknown_forms:
    m = unknown_forms{get_offer(in)};
    break;
  case kind::forms_now:
    m = forms_now{get_offer(in)};
    break;
  case kind::forms_part: {
    forms_part p;
    p.forms = octets<4>(in), p.size = in.varint(), p.at = in.varint(), p.bytes = in.rest();
    m = std::move(p);
    break;
  }
  case kind::stale_call:
    m = stale_call{in.varint()};
    break;
  case kind::not_now:
    m = not_now{};
    break;
  default:
    return std::nullopt;
  }
  return in.done() ? m : std::nullopt;
}

void put_message(std::string& stream, std::string_view sealed) {
  put_varint(stream, sealed.size());
  stream += sealed;
}

next_message first_message(std::string_view stream) {
  octet_reader in(stream);
  const auto size = in.varint();
  if (!in.good()) return {stream.size() < 4 ? next_message::state::incomplete : next_message::state::bad, {}, 0};
  if (size < tag_size || size > longest_message) return {next_message::state::bad, {}, 0};
  const auto head = stream.size() - in.left();
  if (in.left() < size) return {};
  return {next_message::state::whole, stream.substr(head, size), head + size};
}

std::string to_octets(const opening& o) {
  std::string out(1, static_cast<char>(link_version));
  out += as_text(o.key);
  put_varint(out, o.call);
  return out;
}

found_opening read_opening(std::string_view stream) {
  found_opening found;
  if (stream.empty()) return found;
  octet_reader in(stream);
  if (in.octet() != link_version) return {found_opening::state::bad, {}, 0};
  found.is.key = octets<4>(in), found.is.call = in.varint();
  if (!in.good()) return stream.size() < 15 ? found : found_opening{found_opening::state::bad, {}, 0};
  found.what = found_opening::state::whole, found.octets = stream.size() - in.left();
  return found;
}

std::string_view in_words(refusal r) {
  switch (r) {
  case refusal::unknown_key:
    return "the gateway does not know this site's key, or it was revoked: ask for a new code and enrol with it";
  case refusal::broken_seal:
    return "the gateway could not open what was sent: the site's key is not the gateway's; enrol again";
  case refusal::other_version:
    return "the gateway speaks another version of the link: update this program";
  }
  return "the gateway refused the call";
}

} // namespace tallyline::modem::link
