// Files of reports, recorded row by row: through the same forms as a dialogue, each row answered when it is on disk or
// refused.
//
// Network thread only; every store completion must run there too. A file that has come whole is recorded to its end
// even when whoever sent it has hung up: sent again, it gives the same receipts.
#pragma once

#include "gateway/intake.h"
#include "gateway/terminal/report_file.h"
#include "menus/whole.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace tallyline::gateway {

// Who sent it: one MSISDN in one or more roles (indices into election::people), already known to be who they say.
struct file_sender {
  std::uint64_t msisdn = 0;
  std::vector<std::uint32_t> people;
  std::string language;
  storage::bearer by = storage::bearer::terminal;
  // Headquarters enters what came on paper: whoever answers for an area may report for each place in it.
  bool from_paper = false;
};

struct row_result {
  enum class kind : std::uint8_t {
    recorded,
    refused,
    unconfirmed // `about` names the warning that may be confirmed
  };
  std::uint32_t line = 0;
  kind what = kind::refused;
  std::string about; // the question; may be empty
  std::string text;  // the form's receipt, or why not
};

struct file_events {
  std::function<void(const row_result&)> row; // in the file's order
  std::function<void(std::size_t recorded, std::size_t refused)> done;
};

class file_desk {
public:
  // Somebody who keeps a site's line may report for every station of its area, with this role.
  static constexpr std::string_view operator_role = "site_operator";
  static constexpr std::size_t at_once = 64; // rows on their way to the disk

  // All referred to must outlive the desk and the files under way.
  file_desk(const std::vector<live_menu>& menus, const election_world& world, storage::store& store,
            std::function<std::int64_t()> unix_ms)
      : menus_(menus), world_(world), store_(store), unix_ms_(std::move(unix_ms)) {}

  class job;
  // Nothing is called once `forget` was. `file` must have no problem. Calls back from within when nothing has to wait
  // for the disk.
  std::shared_ptr<job> take(std::unique_ptr<report_file> file, file_sender from, file_events on);
  static void forget(job& j);

private:
  friend class job;
  const std::vector<live_menu>& menus_;
  const election_world& world_;
  storage::store& store_;
  std::function<std::int64_t()> unix_ms_;
};

} // namespace tallyline::gateway
