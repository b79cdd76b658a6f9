#include "storage/verify_parts.h"

#include <deque>
#include <future>
#include <thread>

namespace tallyline::storage::verifying {
namespace {
constexpr std::size_t batch_size = 2048;
}

struct pipeline::batch {
  std::vector<entry_row> rows;
  std::vector<entry_facts> facts;
  std::optional<wrong_row> wrong; // the first of the rows; `facts` ends before it
};

struct pipeline::workers {
  std::deque<std::future<std::unique_ptr<batch>>> under_way;
  std::size_t most = std::max(1U, std::thread::hardware_concurrency()) + 1;
};

pipeline::pipeline(in_order& order, const verify_options& o, std::int64_t all)
    : order_(order), options_(o), all_(all), filling_(std::make_unique<batch>()),
      workers_(std::make_unique<workers>()) {}
pipeline::~pipeline() = default;

void pipeline::send() {
  auto next = std::make_unique<batch>();
  next->rows.reserve(batch_size);
  std::swap(next, filling_);
  workers_->under_way.push_back(std::async(std::launch::async, [b = std::move(next)]() mutable {
    canonical::record_view view;
    b->facts.reserve(b->rows.size());
    for (const auto& row : b->rows) {
      entry_facts facts;
      b->wrong = check_entry(row, view, facts);
      if (b->wrong) break;
      b->facts.push_back(std::move(facts));
    }
    return std::move(b);
  }));
}

std::optional<wrong_row> pipeline::take_oldest() {
  const auto b = workers_->under_way.front().get();
  workers_->under_way.pop_front();
  for (const auto& f : b->facts)
    if (auto wrong = order_.take(f)) return wrong;
  done_ += static_cast<std::int64_t>(b->rows.size());
  if (options_.progress) options_.progress(done_, all_);
  return b->wrong;
}

std::optional<wrong_row> pipeline::give(entry_row&& e) {
  order_.what().personal += static_cast<std::int64_t>(e.personal.size());
  filling_->rows.push_back(std::move(e));
  if (filling_->rows.size() < batch_size) return std::nullopt;
  send();
  return workers_->under_way.size() >= workers_->most ? take_oldest() : std::nullopt;
}

std::optional<wrong_row> pipeline::flush() {
  send();
  while (!workers_->under_way.empty())
    if (auto wrong = take_oldest()) return wrong;
  return std::nullopt;
}

} // namespace tallyline::storage::verifying
