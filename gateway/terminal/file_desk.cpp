#include "gateway/terminal/file_desk.h"

#include "gateway/filled_report.h"
#include "gateway/intake_words.h"
#include "gateway/past_records.h"
#include "storage/receipt.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <spdlog/spdlog.h>

namespace tallyline::gateway {
namespace {

// A row that has found its form and its sender, with what fill_whole wants of it.
struct wanted {
  std::uint32_t line = 0;
  std::uint16_t menu = 0, form = 0;
  std::uint32_t person = 0;
  menus::subject who;
  std::vector<std::pair<std::string, std::string>> answers;
  std::vector<std::string> confirmed;
  std::map<std::string, std::vector<std::int64_t>, std::less<>> items; // the numbers that a list's columns name
};

// "votes_12" is item 12 of `votes`.
std::optional<std::pair<std::string_view, std::int64_t>> item_of(std::string_view column) {
  const auto bar = column.rfind('_');
  if (bar == std::string_view::npos || bar == 0) return std::nullopt;
  std::int64_t number = 0;
  const auto digits = column.substr(bar + 1);
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failed != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  return std::pair{column.substr(0, bar), number};
}

const menus::question* question_named(const menus::form& f, std::string_view name) {
  const auto q = std::find_if(f.ask.begin(), f.ask.end(), [&](const auto& asked) { return asked.name == name; });
  return q == f.ask.end() ? nullptr : &*q;
}

// The row's cells as answers: lists that came in a column each are joined in the order of their numbers. Empty, or why
// not.
std::string answer_all(const menus::form& f, const file_row& row, wanted& w) {
  std::map<std::string_view, std::map<std::int64_t, std::string_view>> lists;
  for (const auto& cell : row.cells) {
    if (question_named(f, cell.column)) {
      w.answers.emplace_back(cell.column, cell.text);
      continue;
    }
    const auto item = item_of(cell.column);
    const auto* q = item ? question_named(f, item->first) : nullptr;
    if (!q || !q->each) return fmt::format("{} has no question {}", f.name, cell.column);
    lists[item->first][item->second] = cell.text;
  }
  for (const auto& [name, items] : lists) {
    std::string joined;
    auto& numbers = w.items[std::string(name)];
    for (const auto& [number, text] : items) {
      joined += joined.empty() ? "" : "*";
      joined += text;
      numbers.push_back(number);
    }
    w.answers.emplace_back(name, joined);
  }
  return {};
}

std::optional<menus::entity> scope_named(const storage::election& e, menus::noun kind, std::string_view code) {
  const auto found = kind == menus::noun::station  ? e.station_by_code(code)
                     : kind == menus::noun::office ? e.office_by_code(code)
                                                   : e.area_by_code(code);
  return found ? std::optional(menus::entity{kind, *found}) : std::nullopt;
}

} // namespace

class file_desk::job : public std::enable_shared_from_this<job> {
public:
  job(const file_desk& d, std::unique_ptr<report_file> file, file_sender from, file_events on)
      : desk_(d), file_(std::move(file)), from_(std::move(from)), on_(std::move(on)) {}

  void forget() { on_ = {}; }

  void go() {
    if (going_) return;
    going_ = true;
    while (!ended_ && !alone_ && waiting_.size() < at_once) {
      auto row = file_->next();
      if (!row) {
        ended_ = true;
        break;
      }
      begin(*row);
    }
    going_ = false;
    if (ended_ && waiting_.empty()) finish();
  }

private:
  // Rows are told in the file's order, whatever order they are settled in.
  struct place {
    std::uint32_t line;
    std::optional<row_result> result;
  };

  void begin(const file_row& row) {
    const std::size_t at = first_ + waiting_.size();
    waiting_.push_back({row.line, std::nullopt});
    if (!row.fault.empty()) return settle(at, row_result::kind::refused, {}, row.fault);
    auto w = std::make_shared<wanted>();
    w->line = row.line;
    if (auto why = resolve(row, *w); !why.empty()) return settle(at, row_result::kind::refused, {}, std::move(why));
    const auto& script = *desk_.menus_[w->menu].script;
    if (script.looks_back.empty()) return fill(at, *w, {});
    // It may look back at what the row before it says: one after the other.
    alone_ = at;
    std::vector<std::string_view> forms;
    for (const auto f : script.looks_back)
      forms.push_back(script.forms[f].name);
    desk_.store_.load_past(menus::code_of(desk_.world_, w->who.scope), forms,
                           [self = shared_from_this(), at, w](storage::result<std::vector<storage::past_entry>> found) {
                             if (!found) return self->failed(at, found.error());
                             self->fill(at, *w, self->past_of_row(*w, *found));
                           });
  }

  std::shared_ptr<const menus::past> past_of_row(const wanted& w, const std::vector<storage::past_entry>& found) const {
    auto past = past_of(*desk_.menus_[w.menu].script, found, menus::code_of(desk_.world_, w.who.scope), from_.msisdn,
                        person(w).role, desk_.world_.clock());
    past->hide = desk_.world_.hide();
    return past;
  }

  const storage::person& person(const wanted& w) const { return desk_.world_.election().people[w.person]; }

  // Whose form it is, and as whom the sender may fill it. Empty, or why not.
  std::string resolve(const file_row& row, wanted& w) const {
    const auto& e = desk_.world_.election();
    bool known = false;
    for (std::size_t m = 0; m < desk_.menus_.size(); ++m) {
      const auto& script = *desk_.menus_[m].script;
      const auto f = std::find_if(script.forms.begin(), script.forms.end(),
                                  [&](const menus::form& form) { return form.name == row.form; });
      if (!desk_.menus_[m].in_service || f == script.forms.end()) continue;
      known = true;
      const auto as = sender_for(script);
      if (!as) continue;
      w.menu = static_cast<std::uint16_t>(m);
      w.form = static_cast<std::uint16_t>(f - script.forms.begin());
      w.person = *as;
      w.confirmed = row.confirmed;
      w.who = desk_.world_.subject_of(*as);
      if (!row.scope.empty()) {
        const auto scope = scope_named(e, script.scope, row.scope);
        if (!scope) return fmt::format("{} is not known here", row.scope);
        w.who.scope = *scope;
      }
      if (w.who.scope.kind != script.scope) return "it does not say of which station; name it in a column station";
      return answer_all(*f, row, w);
    }
    return known ? fmt::format("the form {} is not yours", row.form) : fmt::format("there is no form {}", row.form);
  }

  std::optional<std::uint32_t> sender_for(const menus::script& script) const {
    const auto& people = desk_.world_.election().people;
    for (const std::string_view role : {std::string_view(script.who), operator_role})
      for (const auto p : from_.people)
        if (people[p].role == role) return p;
    if (from_.from_paper)
      for (const auto p : from_.people)
        if (people[p].scope == storage::scope_kind::area && people[p].role != storage::site_role) return p;
    return std::nullopt;
  }

  void fill(std::size_t at, const wanted& w, std::shared_ptr<const menus::past> earlier) {
    const auto& menu = desk_.menus_[w.menu];
    menus::whole_form form;
    form.form = w.form;
    for (const auto& [question, text] : w.answers)
      form.answers.push_back({question, text});
    form.confirmed.assign(w.confirmed.begin(), w.confirmed.end());
    auto got = menus::fill_whole(*menu.script, desk_.world_, w.who, from_.language, form, std::move(earlier));
    using kind = menus::whole_result::kind;
    if (got.what != kind::complete)
      return settle(at, got.what == kind::unconfirmed ? row_result::kind::unconfirmed : row_result::kind::refused,
                    std::move(got.about), std::move(got.why));
    const auto filled = menu.engine->filled(*got.filled);
    if (const auto question = misnamed(filled, w); !question.empty())
      return settle(
          at, row_result::kind::refused, question,
          fmt::format("its columns are not those of this form: {}_NUMBER wants the numbers asked for", question));
    submit(at, w, filled, std::move(got.filled));
  }

  // A list whose columns name other items than the form asks for.
  static std::string misnamed(const menus::filled_form& filled, const wanted& w) {
    for (const auto& v : filled.values) {
      const auto named = w.items.find(v.name);
      if (named == w.items.end() || v.what != menus::filled_value::kind::list) continue;
      std::vector<std::int64_t> asked;
      for (const auto& item : v.items)
        asked.push_back(item.number);
      if (asked != named->second) return std::string(v.name);
    }
    return {};
  }

  void submit(std::size_t at, const wanted& w, const menus::filled_form& filled, menus::dialogue_ptr dialogue) {
    storage::report report = to_report(filled, desk_.world_);
    report.msisdn = from_.msisdn;
    report.role = person(w).role;
    report.by = from_.by;
    report.menu_version = desk_.menus_[w.menu].digest;
    report.time_ms = desk_.unix_ms_();
    // The menus may be switched meanwhile, which moves them; the script stays where it is.
    const auto shared = std::make_shared<menus::dialogue_ptr>(std::move(dialogue));
    const auto script = desk_.menus_[w.menu].script;
    desk_.store_.submit(
        std::move(report), 0, [self = shared_from_this(), at, shared, script](storage::result<storage::outcome> got) {
          if (!got) return self->failed(at, got.error());
          const menus::engine engine(*script, self->desk_.world_);
          self->settle(at, row_result::kind::recorded, {},
                       engine
                           .submitted(**shared, told_as(got->what), got->receipt, menus::unlimited,
                                      got->ticket ? storage::receipt::ticket_text(got->ticket) : std::string())
                           .text);
        });
  }

  void failed(std::size_t at, const boost::system::error_code& why) {
    settle(at, row_result::kind::refused, {}, why.message());
  }

  void settle(std::size_t at, row_result::kind what, std::string about, std::string text) {
    auto& settled = waiting_[at - first_];
    settled.result = row_result{settled.line, what, std::move(about), std::move(text)};
    if (alone_ == at) alone_.reset();
    for (; !waiting_.empty() && waiting_.front().result; waiting_.pop_front(), ++first_) {
      const row_result& r = *waiting_.front().result;
      ++(r.what == row_result::kind::recorded ? recorded_ : refused_);
      if (const auto told = on_.row) told(r);
    }
    go();
  }

  void finish() {
    if (std::exchange(finished_, true)) return;
    if (!on_.done) {
      spdlog::info("a file whose sender has hung up is recorded: {} reports, {} lines refused", recorded_, refused_);
      return;
    }
    const auto done = std::move(on_.done);
    on_ = {};
    done(recorded_, refused_);
  }

  const file_desk& desk_;
  std::unique_ptr<report_file> file_;
  file_sender from_;
  file_events on_;
  std::deque<place> waiting_;
  std::size_t first_ = 0; // the place of waiting_.front()
  std::size_t recorded_ = 0, refused_ = 0;
  bool ended_ = false, going_ = false, finished_ = false;
  std::optional<std::size_t> alone_; // the row that the next one has to wait for
};

std::shared_ptr<file_desk::job> file_desk::take(std::unique_ptr<report_file> file, file_sender from, file_events on) {
  auto j = std::make_shared<job>(*this, std::move(file), std::move(from), std::move(on));
  j->go();
  return j;
}

void file_desk::forget(job& j) { j.forget(); }

} // namespace tallyline::gateway
