// Typed expressions of the menu language: `sum(votes) <= (ballots - invalid) * contest.max_choices`.
//
// Compiled once when a script loads, names resolved and types checked, into a flat program for a small stack;
// evaluating allocates nothing and cannot fail otherwise than by overflow, which gives an error value and never wraps.
// What uses a value that is not there (an answer not given, no earlier record) gives nothing, and a rule that gives
// nothing does not apply.
#pragma once

#include "menus/calendar.h"
#include "menus/past.h"
#include "menus/types.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace tallyline::menus {

// What a name stands for at run time: the person's scope, the person, an answer of the form, or a value of the moment
// (the item of a for_each, the limits in a refusal).
enum class origin : std::uint8_t { scope, person, field, local };

struct known_name {
  std::string name;
  type is;
  origin from = origin::scope;
  std::uint16_t index = 0; // of a field or a local
};
// A later entry hides an earlier one of the same name.
using name_table = std::vector<known_name>;

// Parts of a record's key, the scope among them: what storage takes.
inline constexpr std::size_t most_keys = 8;

// A form as `earlier(FORM, KEY…).FIELD` and `records(FORM)` see it.
struct form_shape {
  std::string name;
  std::size_t keys = 0; // parts of its key behind the scope
  std::vector<known_name> fields;
};
// What an expression may name beside its own names.
struct surroundings {
  std::span<const form_shape> forms;
  calendar years = calendar::gregorian; // by which years() counts
  bool corrects = false;                // the name `corrects` is known
};

// Trivial on purpose: the evaluator's stack is not cleared before use. Only what `what` names is set.
struct value {
  enum class kind : std::uint8_t { nothing, error, number, truth, text, entity, entities, numbers, date, time };
  kind what;
  bool verbatim; // a text that is shown as it is, its digits too
  entity of;
  std::int64_t number; // a truth is 0 or 1
  const void* data;
  std::size_t size;

  bool holds() const { return what == kind::truth && number != 0; }
  std::string_view text() const { return {static_cast<const char*>(data), size}; }
  std::span<const entity> entities() const { return {static_cast<const entity*>(data), size}; }
  std::span<const std::int64_t> numbers() const { return {static_cast<const std::int64_t*>(data), size}; }
};

value nothing_value();
value error_value();
value number_value(std::int64_t n);
value date_value(std::int64_t days);
value time_value(std::int64_t minutes);
value truth_value(bool b);
value text_value(std::string_view t, bool verbatim = false);
value entity_value(entity e);
value entities_value(std::span<const entity> list);
value numbers_value(std::span<const std::int64_t> list);
// As a record writes it: a number in digits, a date as "2026-11-24", a time as "17:00", a truth as "yes" or "no".
std::string as_recorded(const value& v);

enum class op : std::uint8_t {
  number,
  text,
  truth,
  date,
  time,
  scope,
  person,
  election,
  now,
  today,
  corrects, // this report differs from the subject's own earlier one of the same key
  records,  // the subject's own of a form
  queue,    // of the program's queues: its place * queue_figures + which figure
  field,
  local, // the last that only loads
  get_text,
  get_number,
  get_link,
  get_list,
  add,
  subtract,
  multiply,
  negate,
  less,
  less_equal,
  greater,
  greater_equal,
  equal,
  not_equal,
  in,
  both,
  either, // jump over the right side when the left decides
  invert,
  sum,
  count,
  percent,
  least,
  most,
  least_of,
  most_of,
  absolute,
  earlier, // a field of the record with the keys that lie on the stack
  given,
  or_else,
  select, // if(test, then, otherwise)
  years,
};

struct instruction {
  op what;
  attribute get{};      // of get_*
  std::int64_t arg = 0; // a number, an index, or where to jump
};

struct program {
  std::vector<instruction> code;
  std::vector<std::string> texts;
  struct lookup {
    std::uint16_t form = 0, field = 0, keys = 0;
    type is;
  };
  std::vector<lookup> lookups;
  std::vector<std::uint16_t> looks_back; // the forms whose earlier records it uses
  type result;
  std::uint64_t fields = 0; // bit i: the answer i is used
  std::uint64_t needed = 0; // and it gives nothing without it; those inside given() and or_else() are not
  bool corrects = false;    // uses the name `corrects`
  std::vector<std::string> queues; // the forms whose queues it uses
  bool empty() const { return code.empty(); }
};

struct expression_error {
  std::size_t at = 0; // byte in the source
  std::string what;
  std::string hint;
};

std::variant<program, expression_error> compile(std::string_view source, const name_table& names,
                                                const surroundings& around = {});

// Where the answers come from while a program runs.
class field_source {
public:
  virtual value field(std::size_t index) const = 0;
  virtual bool corrects() const { return false; }

protected:
  ~field_source() = default;
};

struct context {
  const world* election = nullptr;
  std::string_view language;
  entity scope;
  entity person;
  const field_source* fields = nullptr; // may be null when the program uses none
  std::span<const value> locals;
  const past* earlier = nullptr;       // may be null when there is none
  calendar days = calendar::gregorian; // in which dates are shown
};

value evaluate(const program& p, const context& c);

} // namespace tallyline::menus
