// What can be proved of a menu script before it is used, beyond what loading it refuses.
//
// Pure; any thread. Work is bounded by the size of the script and of the election's longest list.
#pragma once

#include "menus/bearer.h"
#include "menus/script.h"
#include "menus/world.h"

#include <string>
#include <vector>

namespace tallyline::menus {

struct check_bearer {
  std::string name; // "ussd"
  const bearer* on = nullptr;
};

struct check_options {
  const world* election = nullptr; // gives the longest values; must not be null
  std::vector<entity> everything;  // all its entities
  std::vector<check_bearer> bearers;
  int operator_total_s = 180; // operators commonly end a USSD session after this
  int answer_takes_s = 10;    // what a person needs for one answer
};

// What a form costs who fills it in.
struct form_cost {
  std::string name;
  std::size_t questions = 0;
  std::size_t turns = 0;       // answers from dialling to the receipt, each number of a list by itself
  std::size_t quick_turns = 0; // with each list in one go
  std::size_t seconds = 0;
  struct pages {
    std::string language, bearer;
    std::size_t most = 0; // of one question, or the read-back, with the longest values
    std::string where;    // which
  };
  std::vector<pages> widest; // a language and a bearer each
};

struct check_result {
  std::vector<diagnostic> problems; // by place; errors say why the script cannot be used
  std::vector<form_cost> forms;
  bool good() const; // no error
};

check_result check(const load_result& loaded, const check_options& options);

} // namespace tallyline::menus
