#include "gateway/reports/formula.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace tallyline::gateway {
namespace {

using menus::op;

menus::name_table table_of(figure_names names) {
  menus::name_table all;
  for (std::size_t i = 0; i < names.size(); ++i)
    all.push_back({std::string(names[i]), menus::number_type, menus::origin::field, static_cast<std::uint16_t>(i)});
  return all;
}

bool arithmetic(op what) {
  switch (what) {
  case op::number:
  case op::truth:
  case op::field:
  case op::add:
  case op::subtract:
  case op::multiply:
  case op::negate:
  case op::less:
  case op::less_equal:
  case op::greater:
  case op::greater_equal:
  case op::equal:
  case op::not_equal:
  case op::both:
  case op::either:
  case op::invert:
  case op::percent:
  case op::least_of:
  case op::most_of:
  case op::least:
  case op::most:
  case op::absolute:
  case op::given:
  case op::or_else:
  case op::select:
    return true;
  default:
    return false;
  }
}

struct values final : menus::field_source {
  explicit values(figures_of_one f) : figures(f) {}
  menus::value field(std::size_t index) const override {
    return figures[index] ? menus::number_value(*figures[index]) : menus::nothing_value();
  }
  figures_of_one figures;
};

} // namespace

formula::formula(std::string source, figure_names names, gives what) : source_(std::move(source)) {
  auto got = menus::compile(source_, table_of(names));
  if (const auto* wrong = std::get_if<menus::expression_error>(&got))
    throw bad_formula(fmt::format("{}{}{}; the figures are: {}", wrong->what, wrong->hint.empty() ? "" : "; ",
                                  wrong->hint, fmt::join(names, ", ")));
  program_ = std::get<menus::program>(std::move(got));
  if (!std::all_of(program_.code.begin(), program_.code.end(), [](const auto& i) { return arithmetic(i.what); }))
    throw bad_formula("only figures, numbers and what reckons with them can stand here");
  if (program_.result != (what == gives::truth ? menus::truth_type : menus::number_type))
    throw bad_formula(what == gives::truth ? "this gives no yes or no; compare it, such as: waiting > 20"
                                           : "this gives no number");
}

std::optional<std::int64_t> formula::number(figures_of_one f) const {
  const values from(f);
  menus::context c;
  c.fields = &from;
  const auto got = menus::evaluate(program_, c);
  using kind = menus::value::kind;
  if (got.what != kind::number && got.what != kind::truth) return std::nullopt;
  return got.number;
}

std::vector<std::size_t> formula::uses() const {
  std::vector<std::size_t> all;
  for (const auto& i : program_.code)
    if (i.what == op::field && std::find(all.begin(), all.end(), static_cast<std::size_t>(i.arg)) == all.end())
      all.push_back(static_cast<std::size_t>(i.arg));
  return all;
}

} // namespace tallyline::gateway
