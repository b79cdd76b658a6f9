// Settings in a YAML file, read so that whatever is wrong is told by its place: "file:line:column: error: what", the
// line and a caret, as menu scripts do.
#pragma once

#include <filesystem>
#include <fmt/format.h>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <yaml-cpp/yaml.h>

namespace tallyline::gateway {

class settings_reader {
public:
  settings_reader(std::filesystem::path file, std::string text) : file_(std::move(file)), text_(std::move(text)) {}

  [[noreturn]] void refuse(const YAML::Mark& at, std::string_view what) const;

  using setting = std::function<void(const YAML::Node&)>;
  // Every key must be known.
  void section(const YAML::Node& node, std::string_view name, const std::map<std::string, setting>& known) const;

  setting text(std::string& into) const {
    return [this, &into](const YAML::Node& n) {
      if (!n.IsScalar()) refuse(n.Mark(), "a text is wanted here");
      into = n.Scalar();
    };
  }
  template <class T> setting number(T& into, long long least, long long most) const {
    return [this, &into, least, most](const YAML::Node& n) {
      long long v = 0;
      if (!YAML::convert<long long>::decode(n, v) || v < least || v > most)
        refuse(n.Mark(), fmt::format("a whole number from {} to {} is wanted here", least, most));
      into = T(v);
    };
  }
  setting flag(bool& into) const {
    return [this, &into](const YAML::Node& n) {
      if (!YAML::convert<bool>::decode(n, into)) refuse(n.Mark(), "true or false is wanted here");
    };
  }
  std::filesystem::path beside(const std::string& name) const { return file_.parent_path() / name; }

private:
  std::filesystem::path file_;
  std::string text_;
};

// Throws std::runtime_error. An empty file has no root and is not handed on. `hint`: what to do about a file that is
// not there.
void read_settings(const std::filesystem::path& file, std::string_view hint,
                   const std::function<void(const settings_reader&, const YAML::Node& root)>& read);

} // namespace tallyline::gateway
