#include "gateway/past_records.h"

#include "storage/canonical.h"
#include "storage/pseudonym.h"
#include "storage/receipt.h"
#include "storage/text.h"

#include <algorithm>
#include <optional>

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
    if (!storage::is_pseudonym(v.key[k])) r.key_text += (r.key_text.empty() ? "" : " ") + std::string(v.key[k]);
  }
  r.values.reserve(form.ask.size());
  for (const auto& q : form.ask)
    r.values.push_back(value_of(v.field(q.name)));
  return r;
}

// The form's own name, or nothing when it is not of this kind.
std::optional<std::string_view> plain(std::string_view form, bool training) {
  if (form.starts_with(storage::training_prefix) != training) return std::nullopt;
  return training ? form.substr(storage::training_prefix.size()) : form;
}

// Behind the scope, without what stands for something personal.
std::string shown_key(std::string_view key) {
  std::vector<std::string> parts(1);
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (key[i] == '/')
      parts.emplace_back();
    else
      parts.back() += key[i] == '\\' && i + 1 < key.size() ? key[++i] : key[i];
  }
  std::string out;
  for (std::size_t p = 1; p < parts.size(); ++p)
    if (!storage::is_pseudonym(parts[p])) out += (out.empty() ? "" : " ") + parts[p];
  return out;
}

menus::queue_state figures(const storage::queue_length& q, std::int64_t now_ms) {
  menus::queue_state s;
  s[0] = q.waiting;
  if (q.waiting > 0) s[1] = std::max<std::int64_t>(0, (now_ms - q.oldest_ms) / 60'000);
  s[2] = q.last_hour;
  if (q.waiting == 0)
    s[3] = 0;
  else if (q.last_hour > 0)
    s[3] = (q.waiting * 60 + q.last_hour - 1) / q.last_hour;
  return s;
}

} // namespace

std::shared_ptr<menus::past> past_of(const menus::script& menu, const std::vector<storage::past_entry>& entries,
                                     std::string_view scope, std::uint64_t msisdn, std::string_view role,
                                     const local_clock& clock, bool training) {
  std::vector<menus::past_record> all;
  view v;
  for (const auto& e : entries) {
    if (!storage::canonical::read_record(e.body, v) || v.scope != scope) continue;
    const auto name = plain(v.form, training);
    const auto form =
        std::find_if(menu.forms.begin(), menu.forms.end(), [&](const auto& f) { return name && f.name == *name; });
    const bool own = e.msisdn == msisdn && v.role == role;
    if (form == menu.forms.end() || (e.pending && !own)) continue;
    auto& r = all.emplace_back(record_of(v, *form, static_cast<std::uint16_t>(form - menu.forms.begin())));
    r.own = own;
    r.receipt = e.receipt;
    r.local_minutes = clock.minutes_at(v.time_ms);
  }
  return std::make_shared<menus::past>(std::move(all));
}

void add_opening(menus::past& past, const menus::script& menu, const storage::opening& found, const local_clock& clock,
                 std::int64_t now_ms, bool training) {
  for (const auto& q : found.queues)
    if (const auto name = plain(q.form, training)) past.queues[std::string(*name)] = figures(q, now_ms);
  for (const auto& r : found.own) {
    const auto name = plain(r.form, training);
    if (!name) continue;
    const auto form =
        std::find_if(menu.forms.begin(), menu.forms.end(), [&](const auto& f) { return f.name == *name; });
    const bool shown = form != menu.forms.end() && form->shows_ticket && r.ticket != 0;
    past.reports.push_back({std::string(*name), shown_key(r.key), r.receipt,
                            shown ? storage::receipt::ticket_text(r.ticket) : std::string(),
                            clock.minutes_at(r.time_ms)});
  }
}

} // namespace tallyline::gateway
