#include "gateway/site/site_desk.h"

#include "gateway/menu_files.h"
#include "gateway/site/site_answers.h"

#include <algorithm>
#include <fmt/format.h>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

namespace link = modem::link;
constexpr std::size_t most_in_a_call = 2048;

} // namespace

std::string_view in_words(link::verdict v) {
  static constexpr std::string_view words[] = {"recorded", "duplicate", "corrected", "review", "first entry",
                                               "agreed",   "differs",   "refused",   "unread"};
  return words[static_cast<std::size_t>(v)];
}

site_desk::site_desk(const std::filesystem::path& folder) : queue_(folder) { load_forms(); }

void site_desk::load_forms() {
  if (const auto packed = queue_.forms(); !packed.empty()) forms_ = std::make_unique<site_forms>(packed);
}

const site_forms& site_desk::forms() const {
  if (!forms_) throw std::runtime_error("there are no forms yet: run `tallyline site send` once, which fetches them");
  return *forms_;
}

menus::whole_result site_desk::fill(const queued_report& r, std::uint16_t form, menus::entity scope) const {
  menus::whole_form whole;
  for (const auto& [question, text] : r.answers)
    whole.answers.push_back({question, text});
  for (const auto& c : r.confirmed)
    whole.confirmed.push_back(c);
  return forms_->fill(form, scope, std::move(whole));
}

// Whether a report corrects another one is the gateway's to know: the reason goes along if there is one.
std::string site_desk::reason_in(const queued_report& r, std::uint16_t form) const {
  const auto& f = forms_->form(form);
  if (f.reason == menus::no_index) return {};
  const auto given =
      std::find_if(r.answers.begin(), r.answers.end(), [&](const auto& a) { return a.first == f.ask[f.reason].name; });
  return given == r.answers.end() ? std::string() : given->second;
}

std::optional<entry_refused> site_desk::check(const queued_report& r) const {
  const auto form = forms().form_by_name(r.form);
  if (!form) {
    std::string names;
    for (std::uint16_t i = 0; i < forms_->forms().size(); ++i)
      names += (names.empty() ? "" : ", ") + forms_->form(i).name;
    return entry_refused{fmt::format("there is no form '{}'; there are: {}", r.form, names), {}, false};
  }
  const auto scope = forms_->scope_by_code(*form, r.scope);
  if (!scope) return entry_refused{fmt::format("'{}' is not one of this site's", r.scope), {}, false};
  const auto got = fill(r, *form, *scope);
  using kind = menus::whole_result::kind;
  if (got.what == kind::complete) return std::nullopt;
  return entry_refused{got.why, got.about, got.what == kind::unconfirmed};
}

queued_report site_desk::gathered(std::uint16_t form, std::string scope,
                                  const std::vector<std::pair<std::string, std::string>>& cells) const {
  queued_report r;
  r.form = forms().menus()[forms_->forms()[form].menu].script->name + "." + forms_->form(form).name;
  r.scope = std::move(scope), r.added_ms = now_ms();
  for (const auto& [name, text] : cells) {
    const auto under = name.rfind('_');
    const bool numbered = under != std::string::npos && under + 1 < name.size() &&
                          name.find_first_not_of("0123456789", under + 1) == std::string::npos;
    const auto base = name.substr(0, under);
    const auto& ask = forms_->form(form).ask;
    const bool of_list =
        numbered && std::any_of(ask.begin(), ask.end(), [&](const auto& q) { return q.name == base && q.is_list(); });
    if (!of_list) {
      r.answers.emplace_back(name, text);
      continue;
    }
    const auto list = std::find_if(r.answers.begin(), r.answers.end(), [&](const auto& a) { return a.first == base; });
    if (list == r.answers.end())
      r.answers.emplace_back(base, text);
    else
      list->second += '*' + text;
  }
  return r;
}

std::unique_ptr<link::site_call> site_desk::begin_call(link::channel_settings line) {
  sent_ = {};
  going_.clear();
  std::vector<link::record> records;
  first_ = 0;
  if (forms_)
    for (auto& r : queue_.waiting(most_in_a_call)) {
      const auto form = forms_->form_by_name(r.form);
      const auto scope = form ? forms_->scope_by_code(*form, r.scope) : std::nullopt;
      auto got = scope ? fill(r, *form, *scope) : menus::whole_result{};
      if (got.what != menus::whole_result::kind::complete) {
        // The forms have changed under it: the person must look at it.
        if (!records.empty()) break; // numbers go on without a gap
        r.verdict = "refused", r.text = got.why.empty() ? "there is no such form or place any more" : got.why;
        r.question = got.about, r.answered_ms = now_ms();
        queue_.answer(r);
        ++sent_.refused;
        continue;
      }
      if (!records.empty() && r.number != first_ + records.size()) break;
      if (records.empty()) first_ = r.number;
      const auto& menu = forms_->menus()[forms_->forms()[*form].menu];
      const auto filled = menus::engine(*menu.script, forms_->world()).filled(*got.filled);
      records.push_back(to_record(*forms_, *form, filled));
      records.back().reason = reason_in(r, *form);
      going_.push_back({r, site_report(filled, forms_->world(), menu.digest, forms_->msisdn())});
    }
  sent_.waiting = going_.size();
  link::site_call_settings s;
  s.line = line, s.key = queue_.key(), s.call = queue_.next_call();
  const auto care = queue_.setting("care");
  if (!care.empty()) s.line.care = static_cast<link::line_care>(std::min(care[0] - '0', 3));
  if (forms_) s.forms = forms_->name();
  if (const auto p = queue_.partial_forms()) part_ = *p, s.partial = p->forms, s.partial_octets = p->octets.size();
  return std::make_unique<link::site_call>(s, forms_ ? &forms_->layout() : nullptr, first_, std::move(records));
}

void site_desk::take(const link::site_event& e) {
  if (const auto* a = std::get_if<link::answer>(&e))
    take_answer(*a);
  else if (const auto* p = std::get_if<link::forms_part>(&e))
    take_part(*p);
  else {
    sent_.how = std::get<link::call_ended>(e);
    if (sent_.how.how == link::call_end::stale) queue_.calls_begin_above(sent_.how.last_call);
  }
}

void site_desk::take_answer(const link::answer& a) {
  for (std::size_t i = 0; i < a.decisions.size(); ++i) {
    const auto number = a.first + i;
    if (number < first_ || number - first_ >= going_.size()) continue;
    auto& g = going_[number - first_];
    const auto& d = a.decisions[i];
    g.entry.verdict = in_words(d.what);
    g.entry.text = d.text, g.entry.question = d.question;
    g.entry.receipt = receipt_of(a, d, number, g.filled, queue_.key());
    g.entry.answered_ms = now_ms();
    queue_.answer(g.entry);
    --sent_.waiting;
    const bool refused = d.what == link::verdict::refused || d.what == link::verdict::unread;
    ++(refused ? sent_.refused : sent_.answered);
  }
}

void site_desk::take_part(const link::forms_part& p) {
  if (part_.forms != p.forms || p.at == 0) part_ = {p.forms, {}};
  if (p.at != part_.octets.size()) return; // of an earlier fetch
  part_.octets += p.bytes;
  if (part_.octets.size() < p.size) return queue_.keep_part(part_);
  auto fresh = std::make_unique<site_forms>(part_.octets); // before it replaces what works
  queue_.keep_forms(part_.octets);
  sent_.new_forms = true;
  if (going_.empty()) forms_ = std::move(fresh); // else they are still needed; the next call loads them
}

void site_desk::call_over(const link::site_call& c) {
  queue_.set("care", std::string(1, static_cast<char>('0' + static_cast<int>(c.care()))));
  load_forms();
  going_.clear();
}

} // namespace tallyline::gateway
