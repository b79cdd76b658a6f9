// A YAML file as a plain tree with places, and nothing in it that could harm: no anchors, no aliases, no tags, no deep
// nesting, no second document. Internal to menus/script.
#pragma once

#include "menus/diagnostic.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::menus {

struct yaml_node {
  enum class kind : unsigned char { null, scalar, list, map };
  kind what = kind::null;
  std::size_t at = 0;          // byte in the source
  std::string value;           // of a scalar
  std::vector<yaml_node> keys; // of a map, in step with `items`
  std::vector<yaml_node> items;

  bool is_scalar() const { return what == kind::scalar; }
  bool is_map() const { return what == kind::map; }
  bool is_list() const { return what == kind::list; }
};

// The text of a script and what is found wrong in it.
class source_file {
public:
  source_file(std::string name, std::string_view text, std::vector<diagnostic>& problems)
      : name_(std::move(name)), text_(text), problems_(problems) {}

  void error(std::size_t at, std::string what, std::string hint = {});
  // At byte `offset` of the scalar's value, found again through its quotes and escapes.
  void error_in(const yaml_node& scalar, std::size_t offset, std::string what, std::string hint = {});

  std::string_view text() const { return text_; }
  bool full() const; // enough errors are collected: stop looking

private:
  std::string name_;
  std::string_view text_;
  std::vector<diagnostic>& problems_;
};

inline constexpr std::size_t largest_script = 1 << 20;
inline constexpr int deepest_yaml = 24;

// Nothing when the file is refused; then at least one error is reported.
std::optional<yaml_node> parse_yaml(source_file& file);

} // namespace tallyline::menus
