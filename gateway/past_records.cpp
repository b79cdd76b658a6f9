#include "gateway/past_records.h"

#include "storage/canonical.h"

#include <algorithm>

namespace tallyline::gateway {
namespace {

using view = storage::canonical::record_view;

menus::past_value value_of(const storage::canonical::field_view* f) {
  using type = storage::canonical::field_view::type;
  if (!f || f->what == type::personal) return {};
  if (f->what == type::number) return f->number;
  if (f->what == type::text) return std::string(f->text);
  std::vector<std::int64_t> list; // records hold them in the order of their numbers, which is the order of asking
  for (const auto& item : f->items)
    list.push_back(item.value);
  return list;
}

menus::past_record record_of(const view& v, const menus::form& form, std::uint16_t index) {
  menus::past_record r;
  r.form = index;
  for (std::size_t k = 1; k < v.key.size(); ++k) {
    r.key.emplace_back(v.key[k]);
    r.key_text += (r.key_text.empty() ? "" : " ") + std::string(v.key[k]);
  }
  r.values.reserve(form.ask.size());
  for (const auto& q : form.ask)
    r.values.push_back(value_of(v.field(q.name)));
  return r;
}

} // namespace

std::shared_ptr<const menus::past> past_of(const menus::script& menu, const std::vector<storage::past_entry>& entries,
                                           std::string_view scope, std::uint64_t msisdn, std::string_view role,
                                           const local_clock& clock) {
  std::vector<menus::past_record> all;
  view v;
  for (const auto& e : entries) {
    if (!storage::canonical::read_record(e.body, v) || v.scope != scope) continue;
    const auto form =
        std::find_if(menu.forms.begin(), menu.forms.end(), [&](const auto& f) { return f.name == v.form; });
    const bool own = e.msisdn == msisdn && v.role == role;
    if (form == menu.forms.end() || (e.pending && !own)) continue;
    auto& r = all.emplace_back(record_of(v, *form, static_cast<std::uint16_t>(form - menu.forms.begin())));
    r.own = own;
    r.receipt = e.receipt;
    r.local_minutes = clock.minutes_at(v.time_ms);
  }
  return std::make_shared<const menus::past>(std::move(all));
}

} // namespace tallyline::gateway
