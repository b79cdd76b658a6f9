// Whom to tell of a queue that has grown old, and in which words: the office itself and the nearest supervisor above
// it, each with the least busy office near.
//
// Pure: decides and writes texts; storage/reminders.h keeps what went out, serve_queues looks and sends.
#pragma once

#include "gateway/queue_settings.h"
#include "gateway/reports/queues.h"
#include "menus/bearer.h"
#include "menus/text.h"
#include "storage/reminders.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace tallyline::gateway {

// The texts of gateway/reports/notices.yaml.
class notice_texts {
public:
  enum class which : std::uint8_t { office, office_alone, supervisor, each, each_alone };
  static constexpr std::size_t kinds = 5;
  // The places of what a text may name.
  enum class word : std::uint8_t { office, name, waiting, minutes, near, near_name, near_waiting, area, offices, list };
  static constexpr std::size_t words = 10;
  using values = std::array<menus::value, words>;

  // The file that ships when `file` is empty. Throws std::runtime_error with file:line:column.
  explicit notice_texts(const std::filesystem::path& file = {});
  // In the language, or in the first.
  std::string said(which one, std::string_view language, const values& v) const;

private:
  struct text {
    std::string language;
    menus::text_template made;
  };
  std::array<std::vector<text>, kinds> texts_; // in the file's order
};

struct queue_notice {
  storage::reminders::wanted what;
  std::string to, text;
};

// What notices are kept under, so that they are no reminders of the form.
std::string notice_form(const std::string& form);
// `queues`: by index of the office (queues_of). `fits`: what one message may hold.
std::vector<queue_notice> plan_queue_notices(const storage::election& e, const std::vector<office_queue>& queues,
                                             const queue_settings& s, const notice_texts& texts,
                                             const menus::bearer& fits, std::int64_t now_ms);
bool any_too_old(const std::vector<office_queue>& queues, const queue_settings& s, std::int64_t now_ms);

} // namespace tallyline::gateway
