// What of a dialogue survives a drop. Layout: version, fingerprint of the form (8 octets, little-endian), the form's name,
// the set of answers; then each answer: a number as a varint, an option by its value, an entity by its code (its index
// is another one after the next import), a text; last the lists, which may be filled in part. Never a PIN.
#include "menus/answers.h"
#include "menus/dialogue.h"

namespace tallyline::menus {
namespace {

constexpr char version = 1;
constexpr std::int64_t most = 1'000'000'000'000;

void put(std::string& out, std::uint64_t n) {
  for (; n >= 0x80; n >>= 7) out += static_cast<char>(n | 0x80);
  out += static_cast<char>(n);
}
void put(std::string& out, std::string_view s) {
  put(out, s.size());
  out += s;
}

class cursor {
public:
  explicit cursor(std::string_view bytes) : rest_(bytes) {}
  bool number(std::uint64_t& n) {
    n = 0;
    for (unsigned shift = 0; shift < 63 && !rest_.empty(); shift += 7) {
      const auto octet = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      n |= std::uint64_t{octet & 0x7FU} << shift;
      if (octet < 0x80) return true;
    }
    return false;
  }
  bool text(std::string_view& s) {
    std::uint64_t size = 0;
    if (!number(size) || size > rest_.size()) return false;
    s = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return true;
  }
  bool octets(std::size_t n, std::string_view& s) {
    if (rest_.size() < n) return false;
    s = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return true;
  }
  bool done() const { return rest_.empty(); }

private:
  std::string_view rest_;
};

std::string code_of(const world& election, entity e) {
  if (e.kind == noun::candidate) return std::to_string(election.number(e, attribute::number));
  if (e.kind == noun::person) return std::string(election.text(e, attribute::msisdn, {}));
  return std::string(election.text(e, attribute::code, {}));
}

void put_fingerprint(std::string& out, std::uint64_t f) {
  for (int i = 0; i < 8; ++i) out += static_cast<char>(f >> (8 * i));
}

class restorer {
public:
  restorer(dialogue& d, const script& menu, const world& election, cursor in) : d_(d), menu_(menu), election_(election), in_(in) {}

  bool all() {
    std::string_view head, name;
    if (!in_.octets(9, head) || head.front() != version || !in_.text(name)) return false;
    for (std::size_t f = 0; f < menu_.forms.size(); ++f) {
      std::string print;
      put_fingerprint(print, menu_.forms[f].fingerprint);
      if (menu_.forms[f].name != name || head.substr(1) != print) continue;
      start_form(d_, menu_, static_cast<std::uint16_t>(f));
      return fill(menu_.forms[f]);
    }
    return false;
  }

private:
  bool fill(const form& f) {
    std::uint64_t set = 0;
    if (!in_.number(set) || (f.ask.size() < 64 && set >> f.ask.size())) return false;
    for (std::size_t q = 0; q < f.ask.size(); ++q) {
      if (!(set >> q & 1)) continue;
      if (f.ask[q].needs & ~d_.answered) return false; // made from an answer that is not there
      if (!f.ask[q].each && !one(f, q)) return false;
      if (f.ask[q].each && !list(f, q, true)) return false;
      d_.answered |= std::uint64_t{1} << q;
    }
    std::uint64_t partly = 0;
    if (!in_.number(partly)) return false;
    if (partly != 0 && (partly > f.ask.size() || !f.ask[partly - 1].each || is_answered(d_, partly - 1) || !list(f, partly - 1, false))) return false;
    return in_.done();
  }

  bool one(const form& f, std::size_t q) {
    const question& what = f.ask[q];
    std::uint64_t n = 0;
    std::string_view s;
    if (what.what == question::kind::number) {
      if (!in_.number(n) || n >= static_cast<std::uint64_t>(most)) return false;
      d_.numbers[q] = static_cast<std::int64_t>(n);
      return true;
    }
    if (!in_.text(s)) return false;
    if (what.what == question::kind::text) return d_.texts[text_index(f, q)] = s, true;
    if (what.what == question::kind::choice) {
      for (std::size_t o = 0; o < what.options.size(); ++o)
        if (what.options[o].text == s) return d_.numbers[q] = static_cast<std::int64_t>(o), true;
      return false;
    }
    for (const entity e : answers(d_, menu_, election_).items(what))
      if (code_of(election_, e) == s) return d_.numbers[q] = e.index, true;
    return false;
  }

  bool list(const form& f, std::size_t q, bool whole) {
    std::uint64_t count = 0, n = 0;
    if (f.ask[q].needs & ~d_.answered || !in_.number(count)) return false;
    const std::size_t size = answers(d_, menu_, election_).items(f.ask[q]).size();
    if (whole ? count != size : count >= size) return false;
    auto& into = d_.lists[list_index(f, q)];
    for (; count > 0; --count) {
      if (!in_.number(n) || n >= static_cast<std::uint64_t>(most)) return false;
      into.push_back(static_cast<std::int64_t>(n));
    }
    return true;
  }

  dialogue& d_;
  const script& menu_;
  const world& election_;
  cursor in_;
};

void put_list(std::string& out, const std::vector<std::int64_t>& list) {
  put(out, list.size());
  for (const std::int64_t n : list) put(out, static_cast<std::uint64_t>(n));
}

} // namespace

void save_draft(const dialogue& d, const script& menu, const world& election, std::string& out) {
  if (d.form == no_index) return;
  const form& f = menu.forms[d.form];
  out += version;
  put_fingerprint(out, f.fingerprint);
  put(out, std::string_view{f.name});
  put(out, d.answered);
  std::size_t partly = 0;
  for (std::size_t q = 0; q < f.ask.size(); ++q) {
    if (!is_answered(d, q)) {
      if (f.ask[q].each && !d.lists[list_index(f, q)].empty()) partly = q + 1;
      continue;
    }
    if (f.ask[q].each) put_list(out, d.lists[list_index(f, q)]);
    else if (f.ask[q].what == question::kind::number) put(out, static_cast<std::uint64_t>(d.numbers[q]));
    else if (f.ask[q].what == question::kind::text) put(out, std::string_view{d.texts[text_index(f, q)]});
    else if (f.ask[q].what == question::kind::choice) put(out, std::string_view{f.ask[q].options[static_cast<std::size_t>(d.numbers[q])].text});
    else put(out, std::string_view{code_of(election, {f.ask[q].of, static_cast<std::uint32_t>(d.numbers[q])})});
  }
  put(out, partly);
  if (partly) put_list(out, d.lists[list_index(f, partly - 1)]);
}

bool restore_draft(dialogue& d, const script& menu, const world& election, std::string_view bytes) {
  if (restorer(d, menu, election, cursor(bytes)).all()) return true;
  leave_form(d);
  return false;
}

} // namespace tallyline::menus
