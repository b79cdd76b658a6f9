#include "gateway/rehearsal/session_table.h"

#include <utility>

namespace tallyline::rehearsal {

session_table::id session_table::open(std::uint64_t msisdn, packed_code code, std::uint32_t link, smsc::handset phone,
                                      std::uint64_t now) {
  std::uint32_t at = none;
  if (!free_.empty()) {
    at = free_.back();
    free_.pop_back();
  } else if (slots_.size() < capacity) {
    at = static_cast<std::uint32_t>(slots_.size());
    slots_.emplace_back();
  } else {
    return 0;
  }
  auto& s = slots_[at];
  // The octet moves on from the slot's last session, so that a late submit_sm of a replaced one does not hit the new
  // one.
  const auto octet = static_cast<std::uint8_t>(s.e.octet + 1);
  s.e = entry{std::move(phone), msisdn, code, link, octet, 0, false};
  s.used = true;
  index_insert(at);
  append(whole, at, now);
  ++open_;
  return id_of(at);
}

session_table::entry* session_table::find(id session) noexcept {
  const auto at = slot_of(session);
  return at == none ? nullptr : &slots_[at].e;
}

session_table::id session_table::of(std::uint64_t msisdn) const noexcept {
  const auto mask = index_.size() - 1;
  for (auto i = home(msisdn); index_[i] != none; i = (i + 1) & mask)
    if (slots_[index_[i]].e.msisdn == msisdn) return id_of(index_[i]);
  return 0;
}

void session_table::wait_for_esme(id session, std::uint64_t now) noexcept {
  const auto at = slot_of(session);
  if (at == none || slots_[at].e.waiting) return;
  slots_[at].e.waiting = true;
  append(answer, at, now);
}

void session_table::wait_for_subscriber(id session) noexcept {
  const auto at = slot_of(session);
  if (at == none || !slots_[at].e.waiting) return;
  slots_[at].e.waiting = false;
  remove(answer, at);
}

smsc::handset session_table::close(id session) {
  const auto at = slot_of(session);
  if (at == none) return {};
  wait_for_subscriber(session);
  remove(whole, at);
  auto& s = slots_[at];
  index_erase(s.e.msisdn);
  s.used = false;
  s.generation = static_cast<std::uint16_t>(s.generation % 4095 + 1);
  free_.push_back(at);
  --open_;
  return std::exchange(s.e.phone, nullptr);
}

std::optional<session_table::expiry> session_table::first_expired(std::uint64_t now) const noexcept {
  for (const auto l : {answer, whole}) {
    const auto at = chains_[l].first;
    if (at != none && slots_[at].hooks[l].since + limit_of(l) <= now) return expiry{id_of(at), l == whole};
  }
  return std::nullopt;
}

std::optional<std::uint64_t> session_table::next_expiry() const noexcept {
  std::optional<std::uint64_t> next;
  for (const auto l : {answer, whole}) {
    const auto at = chains_[l].first;
    if (at == none) continue;
    const auto due = slots_[at].hooks[l].since + limit_of(l);
    if (!next || due < *next) next = due;
  }
  return next;
}

std::vector<session_table::id> session_table::on_link(std::uint32_t link) const {
  std::vector<id> found;
  for (std::uint32_t at = 0; at < slots_.size(); ++at)
    if (slots_[at].used && (link == 0 || slots_[at].e.link == link)) found.push_back(id_of(at));
  return found;
}

std::uint32_t session_table::slot_of(id session) const noexcept {
  const auto at = session & (capacity - 1);
  if (session == 0 || at >= slots_.size() || !slots_[at].used || slots_[at].generation != session >> 20U) return none;
  return at;
}

void session_table::append(limit l, std::uint32_t at, std::uint64_t now) noexcept {
  auto& c = chains_[l];
  slots_[at].hooks[l] = {c.last, none, now};
  (c.last == none ? c.first : slots_[c.last].hooks[l].after) = at;
  c.last = at;
}

void session_table::remove(limit l, std::uint32_t at) noexcept {
  auto& c = chains_[l];
  const auto& h = slots_[at].hooks[l];
  (h.before == none ? c.first : slots_[h.before].hooks[l].after) = h.after;
  (h.after == none ? c.last : slots_[h.after].hooks[l].before) = h.before;
}

std::size_t session_table::home(std::uint64_t msisdn) const noexcept {
  // Fibonacci hashing: neighbouring numbers, the usual case, are spread over the whole index.
  return static_cast<std::size_t>(msisdn * 0x9E3779B97F4A7C15ULL >> 32U) & (index_.size() - 1);
}

void session_table::index_insert(std::uint32_t at) {
  if ((open_ + 1) * 2 > index_.size()) index_grow();
  const auto mask = index_.size() - 1;
  auto i = home(slots_[at].e.msisdn);
  while (index_[i] != none)
    i = (i + 1) & mask;
  index_[i] = at;
}

void session_table::index_erase(std::uint64_t msisdn) noexcept {
  const auto mask = index_.size() - 1;
  auto hole = home(msisdn);
  while (slots_[index_[hole]].e.msisdn != msisdn)
    hole = (hole + 1) & mask;
  // Backward shift: what probing had pushed past the hole moves up, so that no tombstones pile up.
  for (auto i = (hole + 1) & mask; index_[i] != none; i = (i + 1) & mask) {
    const auto wanted = home(slots_[index_[i]].e.msisdn);
    if (((i - wanted) & mask) >= ((i - hole) & mask)) {
      index_[hole] = index_[i];
      hole = i;
    }
  }
  index_[hole] = none;
}

void session_table::index_grow() {
  auto old = std::exchange(index_, std::vector<std::uint32_t>(index_.size() * 2, none));
  const auto mask = index_.size() - 1;
  for (const auto at : old) {
    if (at == none) continue;
    auto i = home(slots_[at].e.msisdn);
    while (index_[i] != none)
      i = (i + 1) & mask;
    index_[i] = at;
  }
}

} // namespace tallyline::rehearsal
