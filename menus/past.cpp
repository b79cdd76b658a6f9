#include "menus/past.h"

#include <algorithm>

namespace tallyline::menus {

past::past(std::vector<past_record> records) : records_(std::move(records)) {
  for (std::size_t i = 0; i < records_.size(); ++i) {
    if (!records_[i].own) continue;
    if (own_.size() <= records_[i].form) own_.resize(records_[i].form + std::size_t{1});
    own_[records_[i].form].push_back({noun::record, static_cast<std::uint32_t>(i)});
  }
}

// A part that begins with "~" stands for something personal: it is the same when hiding what was said gives it.
const past_record* past::find(std::uint16_t form, std::span<const std::string_view> key) const {
  std::vector<std::string> hidden(key.size());
  const auto same = [&](const past_record& r, std::size_t k) {
    if (r.key[k] == key[k]) return true;
    if (!hide || !r.key[k].starts_with('~')) return false;
    if (hidden[k].empty()) hidden[k] = hide(key[k]);
    return r.key[k] == hidden[k];
  };
  for (const auto& r : records_) {
    if (r.form != form || r.key.size() != key.size()) continue;
    std::size_t k = 0;
    while (k < key.size() && same(r, k))
      ++k;
    if (k == key.size()) return &r;
  }
  return nullptr;
}

std::span<const entity> past::own(std::uint16_t form) const {
  return form < own_.size() ? std::span<const entity>(own_[form]) : std::span<const entity>{};
}

} // namespace tallyline::menus
