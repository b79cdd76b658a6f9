#include "gateway/paper_desk.h"

#include <array>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <memory>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

namespace json = boost::json;

constexpr std::string_view command = "enter ";
constexpr std::array<std::string_view, 3> kinds{"recorded", "refused", "unconfirmed"};

std::string text_of(const json::object& o, std::string_view name) {
  const auto* v = o.if_contains(name);
  if (!v || !v->is_string()) throw std::runtime_error("not understood");
  return std::string(v->as_string());
}

json::object object_of(std::string_view text) {
  boost::system::error_code bad;
  auto v = json::parse(text, bad);
  if (bad || !v.is_object()) throw std::runtime_error("not understood");
  return v.as_object();
}

row_result row_of(const json::object& o) {
  row_result r;
  const auto* line = o.if_contains("line");
  const auto kind = text_of(o, "what");
  for (std::size_t k = 0; k < kinds.size(); ++k)
    if (kinds[k] == kind) r.what = static_cast<row_result::kind>(k);
  if (!line || !line->is_int64()) throw std::runtime_error("not understood");
  r.line = static_cast<std::uint32_t>(line->as_int64());
  r.about = text_of(o, "about");
  r.text = text_of(o, "text");
  return r;
}

} // namespace

std::string to_line(const paper_batch& b) {
  return std::string(command) + json::serialize(json::object{{"by", fmt::to_string(b.msisdn)}, {"csv", b.csv}});
}

std::string to_line(const paper_answer& a) {
  json::array rows;
  for (const auto& r : a.rows)
    rows.push_back(json::object{{"line", std::int64_t{r.line}},
                                {"what", kinds[static_cast<std::size_t>(r.what)]},
                                {"about", r.about},
                                {"text", r.text}});
  return json::serialize(json::object{{"refused", a.refused}, {"rows", std::move(rows)}});
}

paper_batch paper_batch_of(std::string_view line) {
  if (!line.starts_with(command)) throw std::runtime_error("not understood");
  const auto o = object_of(line.substr(command.size()));
  paper_batch b;
  b.csv = text_of(o, "csv");
  for (const char c : text_of(o, "by")) {
    if (c < '0' || c > '9' || b.msisdn > 99'999'999'999'999) throw std::runtime_error("not understood");
    b.msisdn = b.msisdn * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return b;
}

paper_answer paper_answer_of(std::string_view line) {
  const auto o = object_of(line);
  paper_answer a;
  a.refused = text_of(o, "refused");
  const auto* rows = o.if_contains("rows");
  if (!rows || !rows->is_array()) throw std::runtime_error("not understood");
  for (const auto& r : rows->as_array()) {
    if (!r.is_object()) throw std::runtime_error("not understood");
    a.rows.push_back(row_of(r.as_object()));
  }
  return a;
}

void paper_desk::take(const paper_batch& b, std::function<void(paper_answer)> done) {
  const auto& e = world_.election();
  file_sender from;
  from.msisdn = b.msisdn;
  from.people = e.people_with(b.msisdn);
  from.by = storage::bearer::console;
  from.from_paper = true;
  if (from.people.empty()) return done({fmt::format("+{} is nobody on the roster", b.msisdn), {}});
  from.language = e.people[from.people.front()].language;
  auto file = std::make_unique<report_file>(b.csv);
  if (!file->problem().empty()) return done({file->problem(), {}});
  const auto answer = std::make_shared<paper_answer>();
  file_events on;
  on.row = [answer](const row_result& r) { answer->rows.push_back(r); };
  on.done = [answer, done = std::move(done)](std::size_t, std::size_t) { done(std::move(*answer)); };
  files_.take(std::move(file), std::move(from), std::move(on));
}

} // namespace tallyline::gateway
