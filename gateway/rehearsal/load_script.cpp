#include "gateway/rehearsal/load_script.h"

#include "gateway/rehearsal/handset_line.h"

#include <algorithm>
#include <fmt/format.h>
#include <istream>
#include <utility>

namespace tallyline::rehearsal {
namespace {

// RFC 4180, a record a line. Nothing when a quote is left open.
std::optional<std::vector<std::string>> fields(std::string_view line) {
  std::vector<std::string> all(1);
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quoted && c == '"' && line.substr(i + 1).starts_with('"'))
      all.back() += line[i++];
    else if (c == '"')
      quoted = !quoted;
    else if (c == ',' && !quoted)
      all.emplace_back();
    else
      all.back() += c;
  }
  if (quoted) return std::nullopt;
  return all;
}

bool next_line(std::istream& in, std::string& line) {
  if (!std::getline(in, line)) return false;
  if (line.ends_with('\r')) line.pop_back();
  return true;
}

void replace(std::string& in, std::string_view what, std::string_view by) {
  for (auto at = in.find(what); at != in.npos; at = in.find(what, at + by.size()))
    in.replace(at, what.size(), by);
}

class reader_of_answers final : public caller {
public:
  explicit reader_of_answers(std::shared_ptr<const load_script> script) : script_(std::move(script)) {}

  void reset(std::uint64_t index) override {
    const auto& s = *script_;
    who_ = s.people.empty() ? nullptr : &s.people[index % s.people.size()];
    msisdn_ = who_ ? who_->msisdn : s.msisdn_from + (s.subscribers == 0 ? index : index % s.subscribers);
    code_ = filled(s.code);
    next_ = 0;
    redials_ = s.redials;
  }
  std::uint64_t msisdn() const override { return msisdn_; }
  std::string_view code() const override { return code_; }

  std::optional<std::string> next(const page& shown) override {
    if (shown.kind == page_kind::failed) {
      next_ = 0;
      return redials_-- > 0 ? std::optional(code_) : std::nullopt;
    }
    if (shown.kind == page_kind::final || next_ == script_->answers.size()) return std::nullopt;
    return filled(script_->answers[next_++]);
  }

private:
  std::string filled(const std::string& text) const {
    auto done = text;
    if (done.find('{') == done.npos) return done;
    replace(done, "{msisdn}", std::to_string(msisdn_));
    replace(done, "{pin}", who_ ? std::string_view(who_->pin) : std::string_view());
    return done;
  }

  std::shared_ptr<const load_script> script_;
  const person* who_ = nullptr;
  std::uint64_t msisdn_ = 0;
  std::string code_;
  std::size_t next_ = 0;
  std::int64_t redials_ = 0;
};

} // namespace

boost::system::result<std::vector<person>, std::string> read_people(std::istream& csv, std::string_view name) {
  std::string line;
  if (!next_line(csv, line)) return fmt::format("{}:1: empty: a header row with msisdn and pin belongs here", name);
  if (line.starts_with("\xEF\xBB\xBF")) // a byte order mark, as spreadsheets write it
    line.erase(0, 3);
  const auto header = fields(line).value_or(std::vector<std::string>{});
  const auto column = [&](std::string_view title) {
    return static_cast<std::size_t>(std::find(header.begin(), header.end(), title) - header.begin());
  };
  const auto number = column("msisdn"), pin = column("pin");
  if (number == header.size() || pin == header.size())
    return fmt::format("{}:1: the header row has no {}", name, number == header.size() ? "msisdn" : "pin");
  std::vector<person> people;
  for (std::size_t at = 2; next_line(csv, line); ++at) {
    if (line.empty()) continue;
    const auto row = fields(line);
    if (!row || row->size() != header.size())
      return fmt::format("{}:{}: not the {} fields of the header row", name, at, header.size());
    const auto msisdn = read_msisdn((*row)[number]);
    if (msisdn == 0) return fmt::format("{}:{}: '{}' is no msisdn: 5 to 15 digits", name, at, (*row)[number]);
    people.push_back({msisdn, (*row)[pin]});
  }
  if (people.empty()) return fmt::format("{}:2: nobody in it", name);
  return people;
}

std::unique_ptr<caller> scripted_caller(std::shared_ptr<const load_script> script) {
  return std::make_unique<reader_of_answers>(std::move(script));
}

} // namespace tallyline::rehearsal
