// Reports that came on paper, entered afterwards by somebody at headquarters: through the same forms and rules as every
// report, about any place of the area that they answer for, as bearer console.
//
// Network thread only. All referred to must outlive it; every store completion must run there too.
#pragma once

#include "gateway/terminal/file_desk.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::gateway {

// Rows of a file with its header, as the command hands them over.
struct paper_batch {
  std::uint64_t msisdn = 0; // who enters them
  std::string csv;          // a header and rows (terminal/README.md), each answered in order
};
struct paper_answer {
  std::string refused;          // not empty: nothing of the batch was looked at, and why
  std::vector<row_result> rows; // of each row; `line` counts from the batch's header
};

// As they go over the control link: one line each.
std::string to_line(const paper_batch& b); // begins with "enter "
std::string to_line(const paper_answer& a);
// Throw std::runtime_error for what to_line could not have written.
paper_batch paper_batch_of(std::string_view line);
paper_answer paper_answer_of(std::string_view line);

class paper_desk {
public:
  paper_desk(const std::vector<live_menu>& menus, const election_world& world, storage::store& store,
             std::function<std::int64_t()> unix_ms)
      : world_(world), files_(menus, world, store, std::move(unix_ms)) {}

  // `done` is called once, then or when all rows are on disk or refused.
  void take(const paper_batch& b, std::function<void(paper_answer)> done);

private:
  const election_world& world_;
  file_desk files_;
};

} // namespace tallyline::gateway
