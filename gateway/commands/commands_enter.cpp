// enter: reports from paper, into the gateway that runs or, when none does, into its database.
#include "gateway/commands/commands.h"

#include "gateway/address.h"
#include "gateway/control_link.h"
#include "gateway/menu_files.h"
#include "gateway/paper_desk.h"
#include "gateway/table.h"
#include "storage/csv.h"
#include "storage/import.h"
#include "storage/pseudonym.h"
#include "storage/store_worker.h"

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

namespace tallyline::gateway {
namespace {

namespace csv = storage::csv;

constexpr std::size_t batch_octets = 24 * 1024, batch_rows = 200; // a line of the control link takes 64 KiB

struct options {
  std::string form, file, by, database = "tallyline.db", as = "table";
  bool only_refused = false;
};

std::string quoted(const std::string& text) {
  if (text.find_first_of("\",\r\n") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text)
    out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + '"';
}

std::string line_of(const std::vector<csv::cell>& cells) {
  std::string out;
  for (std::size_t i = 0; i < cells.size(); ++i)
    out += (i ? "," : "") + quoted(cells[i].text);
  return out + '\n';
}

// Who takes the rows.
class taker {
public:
  virtual ~taker() = default;
  virtual paper_answer take(const paper_batch& b) = 0;
};

class gateway_that_runs final : public taker {
public:
  explicit gateway_that_runs(std::string database) : database_(std::move(database)) {}
  paper_answer take(const paper_batch& b) override {
    const auto got = ask_gateway(database_, to_line(b));
    if (!got)
      throw std::runtime_error("the gateway has stopped, or did not answer. What was told as recorded is; enter the "
                               "same file again: nothing is recorded twice");
    if (!got->done) throw std::runtime_error(got->text);
    return paper_answer_of(got->text);
  }

private:
  std::string database_;
};

// The same desk over the database alone, which this program holds until it is done.
class database_alone final : public taker {
public:
  explicit database_alone(const std::string& database)
      : election_(std::make_shared<const storage::election>(need(storage::load_election(database), database))),
        key_(need(storage::pin_key::open(database), database + ".key")), world_(*election_) {
    world_.hide_by([this](std::string_view code) { return storage::pseudonym(key_, code); });
    for (const auto& v : need(storage::live_menus(database), database)) {
      menus_.push_back(live_menu_of(v));
      menus_.back().engine = std::make_unique<menus::engine>(*menus_.back().script, world_);
    }
    if (menus_.empty())
      throw std::runtime_error(database + ": no menu is in service; start the gateway once with: tallyline serve");
    storage::store_options o;
    o.database = database;
    o.roster = election_;
    o.post = [this](std::function<void()> f) { boost::asio::post(io_, std::move(f)); };
    store_ = need(storage::store_worker::open(std::move(o)), database);
    desk_.emplace(menus_, world_, *store_, [] { return now_ms(); });
  }
  ~database_alone() override {
    store_->stop();
    io_.restart();
    io_.poll();
  }
  paper_answer take(const paper_batch& b) override {
    std::optional<paper_answer> answer;
    desk_->take(b, [&](paper_answer a) { answer = std::move(a); });
    const auto work = boost::asio::make_work_guard(io_);
    io_.restart();
    while (!answer)
      io_.run_one();
    return std::move(*answer);
  }

private:
  template <class T> static T need(boost::system::result<T> got, const std::string& database) {
    if (!got) throw std::runtime_error(fmt::format("{}: {}", database, got.error().message()));
    return std::move(*got);
  }
  boost::asio::io_context io_;
  std::shared_ptr<const storage::election> election_;
  storage::pin_key key_;
  election_world world_;
  std::vector<live_menu> menus_;
  std::unique_ptr<storage::store_worker> store_;
  std::optional<paper_desk> desk_;
};

std::unique_ptr<taker> taker_for(const options& o) {
  if (ask_gateway(o.database, "status")) return std::make_unique<gateway_that_runs>(o.database);
  return std::make_unique<database_alone>(o.database);
}

class entering {
public:
  entering(const options& o, std::string bytes) : o_(o), bytes_(std::move(bytes)), rows_(bytes_) {
    batch_.msisdn = msisdn_of(o.by);
    if (batch_.msisdn == 0) throw std::runtime_error("--by wants the MSISDN of somebody on the roster");
    t_.columns = {{"line", "Line"}, {"result", "Result"}, {"about", "About"}, {"text", ""}};
    read_header();
  }

  int run() {
    to_ = taker_for(o_);
    csv::row row;
    csv::fault wrong;
    for (auto step = rows_.next(row, wrong); step != csv::reader::step::end; step = rows_.next(row, wrong)) {
      if (step == csv::reader::step::fault) {
        send(); // what stands before it is told before it
        tell({wrong.line, row_result::kind::refused, {}, wrong.what});
        continue;
      }
      add(row);
    }
    send();
    print(std::cout, t_, format_named(o_.as));
    fmt::print(stderr, "{} recorded, {} refused of {} lines\n", recorded_, refused_, recorded_ + refused_);
    return refused_ ? 1 : 0;
  }

private:
  void read_header() {
    csv::row head;
    csv::fault wrong;
    const auto step = rows_.next(head, wrong);
    if (step == csv::reader::step::end) throw std::runtime_error(o_.file + " is empty");
    if (step == csv::reader::step::fault)
      throw std::runtime_error(fmt::format("{}:{}: {}", o_.file, wrong.line, wrong.what));
    columns_ = head.cells.size();
    const auto form =
        std::find_if(head.cells.begin(), head.cells.end(), [](const auto& c) { return c.text == "form"; });
    if (form != head.cells.end()) form_at_ = static_cast<std::size_t>(form - head.cells.begin());
    if (!form_at_ && o_.form.empty())
      throw std::runtime_error(o_.file +
                               " has no column form: name the form, such as: tallyline enter registered --file …");
    if (!form_at_) head.cells.push_back({"form", 1});
    header_ = line_of(head.cells);
  }

  void add(csv::row& row) {
    if (row.cells.size() == columns_ && !form_at_) row.cells.push_back({o_.form, 1});
    if (form_at_ && row.cells.size() > *form_at_ && row.cells[*form_at_].text.empty())
      row.cells[*form_at_].text = o_.form;
    const auto text = line_of(row.cells);
    if (text.size() > batch_octets) {
      send();
      return tell({row.line, row_result::kind::refused, {}, "the line is too long"});
    }
    if (batch_.csv.size() + text.size() > batch_octets || lines_.size() == batch_rows) send();
    if (lines_.empty()) batch_.csv = header_;
    batch_.csv += text;
    lines_.push_back(row.line);
  }

  void send() {
    if (lines_.empty()) return;
    const auto answer = to_->take(batch_);
    if (!answer.refused.empty()) throw std::runtime_error(answer.refused);
    for (std::size_t i = 0; i < answer.rows.size() && i < lines_.size(); ++i) {
      auto r = answer.rows[i];
      r.line = lines_[i];
      tell(std::move(r));
    }
    lines_.clear();
    batch_.csv.clear();
  }

  void tell(row_result r) {
    static constexpr std::string_view words[] = {"recorded", "refused", "to confirm"};
    ++(r.what == row_result::kind::recorded ? recorded_ : refused_);
    if (o_.only_refused && r.what == row_result::kind::recorded) return;
    std::replace(r.text.begin(), r.text.end(), '\n', ' '); // a receipt may have lines of its own
    if (r.what == row_result::kind::unconfirmed)
      r.text += fmt::format(" If that is right, write {} in a column confirm.", r.about);
    t_.rows.push_back({std::int64_t{r.line}, std::string(words[static_cast<std::size_t>(r.what)]), r.about, r.text});
  }

  const options& o_;
  std::string bytes_;
  csv::reader rows_;
  std::unique_ptr<taker> to_;
  paper_batch batch_;
  std::string header_;
  std::size_t columns_ = 0;
  std::optional<std::size_t> form_at_;
  std::vector<std::uint32_t> lines_; // of the rows in the batch
  std::size_t recorded_ = 0, refused_ = 0;
  table t_;
};

int enter(const options& o) {
  std::ifstream in(o.file, std::ios::binary);
  if (!in) throw std::runtime_error(o.file + " cannot be read");
  return entering(o, {std::istreambuf_iterator<char>(in), {}}).run();
}

} // namespace

void add_enter(CLI::App& app, job& chosen) {
  static options o;
  auto* c = app.add_subcommand("enter", "reports that came on paper: a CSV file through the same forms and rules");
  c->add_option("form", o.form, "the form of lines that name none in a column form");
  c->add_option("--file,-i", o.file, "the reports, a line each")->required()->check(CLI::ExistingFile);
  c->add_option("--by", o.by, "who enters them: the MSISDN of somebody whose area the places lie in")->required();
  c->add_option("--database,-d", o.database, "the gateway's database file")->capture_default_str();
  c->add_flag("--only-refused", o.only_refused, "leave out what was recorded");
  c->add_option("--format,-f", o.as, "table, csv or json")
      ->check(CLI::IsMember({"table", "csv", "json"}))
      ->capture_default_str();
  c->footer(
      "The columns are those of gateway/terminal/README.md: station, office or area, and the form's questions. What\n"
      "is recorded counts as entered from paper (bearer console); the same file again records nothing twice.\n"
      "Example: tallyline enter registered --file registered-on-paper.csv --by 989120000201");
  c->callback([&] { chosen = [] { return enter(o); }; });
}

} // namespace tallyline::gateway
