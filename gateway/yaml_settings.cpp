#include "gateway/yaml_settings.h"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tallyline::gateway {

void settings_reader::refuse(const YAML::Mark& at, std::string_view what) const {
  std::istringstream lines(text_);
  std::string line;
  for (int i = 0; i <= at.line && std::getline(lines, line); ++i) {
  }
  throw std::runtime_error(fmt::format("{}:{}:{}: error: {}\n  {}\n  {:>{}}", file_.string(), at.line + 1,
                                       at.column + 1, what, line, '^', at.column + 1));
}

void settings_reader::section(const YAML::Node& node, std::string_view name,
                              const std::map<std::string, setting>& known) const {
  if (!node.IsMap()) refuse(node.Mark(), fmt::format("{} wants settings as `name: value`", name));
  for (auto entry = node.begin(); entry != node.end(); ++entry) {
    const YAML::Node key = entry->first, value = entry->second;
    const auto found = known.find(key.as<std::string>());
    if (found == known.end()) {
      std::string names;
      for (const auto& [n, _] : known)
        names += (names.empty() ? "" : ", ") + n;
      refuse(key.Mark(),
             fmt::format("there is no setting '{}' in {}; there are: {}", key.as<std::string>(), name, names));
    }
    found->second(value);
  }
}

void read_settings(const std::filesystem::path& file, std::string_view hint,
                   const std::function<void(const settings_reader&, const YAML::Node& root)>& read) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw std::runtime_error(fmt::format("{} cannot be read; {}", file.string(), hint));
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const settings_reader r(file, text);
  try {
    const YAML::Node root = YAML::Load(text);
    if (!root.IsNull()) read(r, root);
  } catch (const YAML::Exception& e) {
    r.refuse(e.mark, e.msg);
  }
}

} // namespace tallyline::gateway
