// A YAML file as a plain tree with places, and nothing in it that could harm: no anchors, no aliases, no tags, no deep
// nesting, no second document. Internal to menus/script.
#pragma once

#include "menus/sources.h"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::menus {

struct yaml_node {
  enum class kind : unsigned char { null, scalar, list, map };
  kind what = kind::null;
  std::size_t at = 0;          // its place in the sources
  std::string value;           // of a scalar
  std::vector<yaml_node> keys; // of a map, in step with `items`
  std::vector<yaml_node> items;

  bool is_scalar() const { return what == kind::scalar; }
  bool is_map() const { return what == kind::map; }
  bool is_list() const { return what == kind::list; }
};

// What is found wrong in a script while it is read.
class findings {
public:
  findings(const sources& all, std::vector<diagnostic>& problems) : all_(all), problems_(problems) {}

  void error(std::size_t at, std::string what, std::string hint = {});
  // At byte `offset` of the scalar's value, found again through its quotes and escapes.
  void error_in(const yaml_node& scalar, std::size_t offset, std::string what, std::string hint = {});
  bool full() const; // enough errors are collected: stop looking
  const sources& texts() const { return all_; }

private:
  const sources& all_;
  std::vector<diagnostic>& problems_;
};

inline constexpr std::size_t largest_script = 1 << 20;
inline constexpr int deepest_yaml = 24;

// Nothing when the file is refused; then at least one error is reported.
std::optional<yaml_node> parse_yaml(const sources::file& file, findings& found);

} // namespace tallyline::menus
