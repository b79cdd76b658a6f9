#include "menus/includes.h"

#include <algorithm>
#include <fstream>

namespace tallyline::menus {
namespace {

constexpr std::size_t most_files = 32;

class reader {
public:
  reader(sources& texts, findings& found, const load_options& options)
      : texts_(texts), found_(found), options_(options) {}

  std::deque<yaml_node> all() {
    if (!read(0)) trees_.clear();
    return std::move(trees_);
  }

private:
  bool read(std::size_t number) {
    size_ += texts_[number].text.size();
    auto tree = parse_yaml(texts_[number], found_);
    if (!tree) return false;
    const auto& kept = trees_.emplace_back(std::move(*tree));
    open_.push_back(texts_[number].name);
    bool fine = true;
    if (kept.is_map())
      for (std::size_t i = 0; i < kept.keys.size(); ++i)
        if (kept.keys[i].value == "include") fine = include_all(kept.items[i]) && fine;
    open_.pop_back();
    return fine;
  }

  bool include_all(const yaml_node& list) {
    if (!list.is_list()) return refuse(list.at, "'include' must be a list", "write: include: [texts.yaml]");
    return std::all_of(list.items.begin(), list.items.end(), [this](const auto& n) { return include(n); });
  }

  bool include(const yaml_node& n) {
    if (!n.is_scalar() || n.value.empty()) return refuse(n.at, "the name of a file is expected", "");
    if (n.value.find_first_of("\\:\n") != std::string::npos || n.value.front() == '/' || leaves_folder(n.value))
      return refuse(n.at, "'" + n.value + "' lies outside the script's folder",
                    "put it beside the script, or below, and write its name from there, as in shared/texts.yaml");
    if (std::find(open_.begin(), open_.end(), n.value) != open_.end())
      return refuse(n.at, "'" + n.value + "' includes itself: " + way_to(n.value), "leave one of these includes out");
    for (std::size_t i = 1; i < texts_.size(); ++i)
      if (texts_[i].name == n.value) return true; // read once is enough
    if (texts_.size() >= most_files) return refuse(n.at, "more than 32 files", "put some of them together");
    auto text = options_.include ? options_.include(n.value) : std::nullopt;
    if (!text)
      return refuse(n.at, "'" + n.value + "' cannot be read",
                    "its name is written from the script's own folder; check it, and who may read it");
    if (size_ + text->size() > largest_script)
      return refuse(n.at, "the script and its includes are larger than 1 MiB", "look for something pasted twice");
    return read(texts_.add(n.value, std::move(*text)));
  }

  static bool leaves_folder(const std::string& name) {
    const std::filesystem::path path(name);
    return std::any_of(path.begin(), path.end(), [](const auto& part) { return part == ".." || part == "."; });
  }
  std::string way_to(const std::string& name) const {
    std::string way;
    for (auto f = std::find(open_.begin(), open_.end(), name); f != open_.end(); ++f)
      way += *f + " → ";
    return way + name;
  }
  bool refuse(std::size_t at, std::string what, std::string hint) {
    found_.error(at, std::move(what), std::move(hint));
    return false;
  }

  sources& texts_;
  findings& found_;
  const load_options& options_;
  std::deque<yaml_node> trees_; // stays where it is while it grows
  std::vector<std::string> open_;
  std::size_t size_ = 0;
};

} // namespace

std::deque<yaml_node> read_trees(sources& texts, findings& found, const load_options& options) {
  return reader(texts, found, options).all();
}

std::optional<std::string> read_text(const std::filesystem::path& file) {
  std::error_code failed;
  if (!std::filesystem::is_regular_file(file, failed)) return std::nullopt;
  std::ifstream in(file, std::ios::binary);
  if (!in) return std::nullopt;
  std::string text(largest_script + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return in.bad() ? std::nullopt : std::optional(std::move(text));
}

std::optional<std::string> read_inside(const std::filesystem::path& folder, std::string_view name) {
  std::error_code failed;
  const auto home = std::filesystem::canonical(folder.empty() ? "." : folder, failed);
  if (failed) return std::nullopt;
  const auto file = std::filesystem::canonical(home / name, failed);
  if (failed) return std::nullopt;
  const auto [in_home, _] = std::mismatch(home.begin(), home.end(), file.begin(), file.end());
  return in_home == home.end() ? read_text(file) : std::nullopt;
}

} // namespace tallyline::menus
