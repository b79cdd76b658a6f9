// What of a dialogue survives a drop. Layout: version, fingerprint of the form (8 octets, little-endian), the form's
// name, the sets of answers, of questions passed over and of confirmed warnings; then each answer: a number as a varint
// (a date in zigzag, it may lie before 1970), an option by its value, an entity by its code (its index is another one
// after the next import), a text; last the list that is filled in part. A list carries a check of the codes it was
// asked for. Never a PIN.
#include "menus/answers.h"
#include "menus/dialogue.h"
#include "menus/identifiers.h"
#include "menus/utf8.h"

namespace tallyline::menus {
namespace {

constexpr char version = 3;

void put(std::string& out, std::uint64_t n) {
  for (; n >= 0x80; n >>= 7)
    out += static_cast<char>(n | 0x80);
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
    for (unsigned shift = 0; shift <= 63 && !rest_.empty(); shift += 7) {
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

// Of which things, in which order: the same numbers for others would be wrong. (Options are in the fingerprint.)
std::uint64_t check_of(const world& election, std::span<const entity> items) {
  std::uint32_t hash = 0x811C9DC5; // FNV-1a
  for (const entity e : items) {
    for (const char c : code_of(election, e))
      hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193;
    hash = (hash ^ 0xFF) * 0x01000193;
  }
  return hash;
}

std::uint64_t zigzag(std::int64_t n) {
  return static_cast<std::uint64_t>(n) << 1 ^ static_cast<std::uint64_t>(n >> 63);
}
std::int64_t from_zigzag(std::uint64_t n) {
  return static_cast<std::int64_t>(n >> 1) ^ -static_cast<std::int64_t>(n & 1);
}

void put_fingerprint(std::string& out, std::uint64_t f) {
  for (int i = 0; i < 8; ++i)
    out += static_cast<char>(f >> (8 * i));
}

class restorer {
public:
  restorer(dialogue& d, const script& menu, const world& election, cursor in)
      : d_(d), menu_(menu), answers_(d, menu, election), election_(election), in_(in) {}

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
    std::uint64_t set = 0, skipped = 0, confirmed = 0;
    if (!in_.number(set) || set >> f.ask.size() || !in_.number(skipped) || skipped >> f.ask.size() || skipped & set ||
        !in_.number(confirmed) || confirmed >> f.rules.size())
      return false;
    for (std::size_t q = 0; q < f.ask.size(); ++q)
      if (skipped >> q & 1 && !f.ask[q].optional) return false;
    d_.skipped = skipped;
    for (std::size_t q = 0; q < f.ask.size(); ++q) // what may be missing: limits made from it do not hold anybody
      if (f.ask[q].optional || !f.ask[q].when.empty()) may_lack_ |= std::uint64_t{1} << q;
    for (std::size_t q = 0; q < f.ask.size(); ++q) {
      if (!(set >> q & 1)) continue;
      if (f.ask[q].needs & ~(d_.answered | may_lack_)) return false; // made from an answer that is not there
      if (!(f.ask[q].is_list() ? list(f, q, true) : one(f, q))) return false;
      d_.answered |= std::uint64_t{1} << q;
    }
    for (std::size_t r = 0; r < f.rules.size(); ++r)
      if (!f.rules[r].must && !(f.rules[r].test.fields & ~d_.answered))
        d_.confirmed |= confirmed & std::uint64_t{1} << r;
    return partly(f) && in_.done();
  }

  bool partly(const form& f) {
    std::uint64_t q = 0;
    if (!in_.number(q)) return false;
    if (q == 0) return true;
    --q;
    return q < f.ask.size() && f.ask[q].each && !is_answered(d_, q) && list(f, q, false);
  }

  bool one(const form& f, std::size_t q) {
    const question& what = f.ask[q];
    std::string_view s;
    switch (what.what) {
    case question::kind::number:
    case question::kind::time:
      return number(answers_.limits_of(what), d_.numbers[q]);
    case question::kind::yes_no:
      return number({0, 1}, d_.numbers[q]);
    case question::kind::date:
      return date(answers_.limits_of(what), d_.numbers[q]);
    default:
      break;
    }
    if (!in_.text(s)) return false;
    switch (what.what) {
    case question::kind::text:
      return line(what, s, d_.texts[text_index(f, q)]);
    case question::kind::national_code:
      return is_national_code(s) && (d_.texts[text_index(f, q)] = s, true);
    case question::kind::phone:
      return is_msisdn(s) && (d_.texts[text_index(f, q)] = s, true);
    case question::kind::choice:
      return chosen(what, s, d_.numbers[q]);
    default:
      return entity_of(what, s, d_.numbers[q]);
    }
  }

  bool number(limits l, std::int64_t& into) {
    std::uint64_t n = 0;
    if (!in_.number(n) || n > static_cast<std::uint64_t>(largest_answer)) return false;
    into = static_cast<std::int64_t>(n);
    return l.hold(into);
  }
  bool date(limits l, std::int64_t& into) {
    std::uint64_t n = 0;
    if (!in_.number(n)) return false;
    into = from_zigzag(n);
    return l.hold(into);
  }
  static bool line(const question& q, std::string_view s, std::string& into) {
    into = s;
    const std::size_t length = characters(s);
    return first_malformed(s) == std::string_view::npos && length >= q.shortest && length <= q.longest;
  }
  static bool chosen(const question& q, std::string_view s, std::int64_t& into) {
    for (std::size_t o = 0; o < q.options.size(); ++o)
      if (q.options[o].text == s) return into = static_cast<std::int64_t>(o), true;
    return false;
  }
  bool entity_of(const question& q, std::string_view s, std::int64_t& into) const {
    for (const entity e : answers_.items(q))
      if (answers_.code(e) == s) return into = e.index, true;
    return false;
  }

  bool list(const form& f, std::size_t q, bool whole) {
    std::uint64_t check = 0, count = 0;
    const question& asked = f.ask[q];
    if (asked.needs & ~(d_.answered | may_lack_) || !in_.number(check) || !in_.number(count)) return false;
    const auto items = answers_.items(asked);
    if (asked.each && asked.options.empty() && check != check_of(election_, items)) return false;
    if (asked.each ? !fills(count, answers_.size(asked), whole) : count < asked.least || count > asked.most)
      return false;
    auto& into = d_.lists[list_index(f, q)];
    into.resize(count);
    for (std::size_t i = 0; i < count; ++i)
      if (!number(answers_.limits_of(asked, answers::item(items, i)), into[i])) return false;
    return true;
  }

  static bool fills(std::uint64_t count, std::size_t size, bool whole) { return whole ? count == size : count < size; }

  dialogue& d_;
  const script& menu_;
  answers answers_;
  const world& election_;
  cursor in_;
  std::uint64_t may_lack_ = 0;
};

class writer {
public:
  writer(const dialogue& d, const script& menu, const world& election, std::string& out)
      : d_(d), form_(menu.forms[d.form]), election_(election), answers_(d, menu, election), out_(out) {}

  void all() {
    out_ += version;
    put_fingerprint(out_, form_.fingerprint);
    put(out_, std::string_view{form_.name});
    put(out_, d_.answered);
    put(out_, d_.skipped);
    put(out_, d_.confirmed);
    std::size_t partly = 0;
    for (std::size_t q = 0; q < form_.ask.size(); ++q) {
      if (is_answered(d_, q))
        answer(q);
      else if (form_.ask[q].each && !d_.lists[list_index(form_, q)].empty())
        partly = q + 1;
    }
    put(out_, partly);
    if (partly) list(partly - 1);
  }

private:
  void answer(std::size_t q) {
    const question& asked = form_.ask[q];
    if (asked.is_list()) return list(q);
    const std::int64_t n = d_.numbers[q];
    switch (asked.what) {
    case question::kind::number:
    case question::kind::yes_no:
    case question::kind::time:
      return put(out_, static_cast<std::uint64_t>(n));
    case question::kind::date:
      return put(out_, zigzag(n));
    case question::kind::text:
    case question::kind::national_code:
    case question::kind::phone:
      return put(out_, std::string_view{d_.texts[text_index(form_, q)]});
    case question::kind::choice:
      return put(out_, std::string_view{asked.options[static_cast<std::size_t>(n)].text});
    case question::kind::choose:
      return put(out_, std::string_view{answers_.code({asked.of, static_cast<std::uint32_t>(n)})});
    case question::kind::list:
      return;
    }
  }
  void list(std::size_t q) {
    const auto& numbers = d_.lists[list_index(form_, q)];
    const question& asked = form_.ask[q];
    put(out_, asked.each && asked.options.empty() ? check_of(election_, answers_.items(asked)) : 0);
    put(out_, numbers.size());
    for (const std::int64_t n : numbers)
      put(out_, static_cast<std::uint64_t>(n));
  }

  const dialogue& d_;
  const form& form_;
  const world& election_;
  answers answers_;
  std::string& out_;
};

} // namespace

void save_draft(const dialogue& d, const script& menu, const world& election, std::string& out) {
  if (d.form != no_index) writer(d, menu, election, out).all();
}

bool restore_draft(dialogue& d, const script& menu, const world& election, std::string_view bytes) {
  if (restorer(d, menu, election, cursor(bytes)).all()) return true;
  leave_form(d);
  return false;
}

} // namespace tallyline::menus
