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

const past_record* past::find(std::uint16_t form, std::span<const std::string_view> key) const {
  for (const auto& r : records_)
    if (r.form == form && std::equal(r.key.begin(), r.key.end(), key.begin(), key.end())) return &r;
  return nullptr;
}

std::span<const entity> past::own(std::uint16_t form) const {
  return form < own_.size() ? std::span<const entity>(own_[form]) : std::span<const entity>{};
}

} // namespace tallyline::menus
