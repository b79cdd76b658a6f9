// The records that a dialogue may look back at: those that stand for the subject's scope, given when it opens.
//
// Made by the gateway from the database, read by expressions (`earlier(turnout, '12:00').present`), by choices
// (`choose: records(count)`), by defaults and by the question for a correction's reason. Immutable.
#pragma once

#include "menus/world.h"

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tallyline::menus {

// As the record holds it: a number, a text (a date as "2026-11-24", a time as "17:00", an entity as its code, yes or no
// as "yes" and "no"), or the numbers of a list in the order they were asked. Nothing where the record has no such
// field.
using past_value = std::variant<std::monostate, std::int64_t, std::string, std::vector<std::int64_t>>;

struct past_record {
  std::uint16_t form = 0;         // index into script::forms
  bool own = true;                // made by the subject; false: by another person of the same scope
  std::vector<std::string> key;   // behind the scope, in the order of one_per
  std::string key_text;           // the same in one line
  std::string receipt;            // as shown
  std::int64_t local_minutes = 0; // when, see world::local_minutes
  std::vector<past_value> values; // a question of the form each
};

// What waits for its next step: how many, since how many minutes the oldest has, how many were done in the last hour,
// and in how many minutes none will wait at that rate. Nothing where there is no such figure.
inline constexpr std::size_t queue_figures = 4;
using queue_state = std::array<std::optional<std::int64_t>, queue_figures>;

// One of the subject's own records, for a list of them.
struct own_report {
  std::string form;    // its name, perhaps of another menu
  std::string key;     // behind the scope, in one line
  std::string receipt; // as shown
  std::string ticket;  // as shown; empty: none
  std::int64_t local_minutes = 0;
};

class past {
public:
  past() = default;
  // What else a dialogue is given before it opens.
  std::map<std::string, queue_state, std::less<>> queues;
  std::vector<own_report> reports; // the newest first
  // What stands in a key for something personal; empty: nothing does.
  std::function<std::string(std::string_view)> hide;
  const queue_state* queue(std::string_view form) const {
    const auto found = queues.find(form);
    return found == queues.end() ? nullptr : &found->second;
  }
  explicit past(std::vector<past_record> records);

  const std::vector<past_record>& records() const { return records_; }
  // Nothing (nullptr) when there is no such record.
  const past_record* find(std::uint16_t form, std::span<const std::string_view> key) const;
  // The subject's own of a form, as entities of noun::record, whose index is the place in records().
  std::span<const entity> own(std::uint16_t form) const;

private:
  std::vector<past_record> records_;
  std::vector<std::vector<entity>> own_; // by form
};

} // namespace tallyline::menus
