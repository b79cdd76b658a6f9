#include "modem/profile.h"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>
#include <yaml-cpp/yaml.h>

namespace tallyline::modem {
namespace {

class profile_reader {
public:
  profile_reader(const std::filesystem::path& file, std::string text) : file_(file), text_(std::move(text)) {}

  profile read() {
    try {
      const YAML::Node root = YAML::Load(text_);
      if (!root.IsMap()) refuse(root.Mark(), "a profile wants settings as `name: value`");
      all(root);
      if (p_.name.empty()) refuse(root.Mark(), "a profile wants a name: profile: NAME");
    } catch (const YAML::Exception& e) {
      refuse(e.mark, e.msg);
    }
    return std::move(p_);
  }

private:
  using setting = std::function<void(const YAML::Node&)>;

  [[noreturn]] void refuse(const YAML::Mark& at, std::string_view what) const {
    std::istringstream lines(text_);
    std::string line;
    for (int i = 0; i <= at.line && std::getline(lines, line); ++i) {
    }
    throw std::runtime_error(fmt::format("{}:{}:{}: error: {}\n  {}\n  {:>{}}", file_.string(), at.line + 1,
                                         at.column + 1, what, line, '^', at.column + 1));
  }

  setting text(std::string& into) const {
    return [this, &into](const YAML::Node& n) {
      if (!n.IsScalar()) refuse(n.Mark(), "a text is wanted here");
      into = n.Scalar();
    };
  }
  setting command(std::string& into, bool may_be_none = false) const {
    return [this, &into, may_be_none](const YAML::Node& n) {
      into = command_in(n);
      if (into.empty() && !may_be_none) refuse(n.Mark(), "a command is wanted here, such as ATZ");
    };
  }
  std::string command_in(const YAML::Node& n) const {
    if (n.IsNull()) return {};
    if (!n.IsScalar()) refuse(n.Mark(), "a command is wanted here, such as ATZ");
    const std::string& s = n.Scalar();
    if (s == "none") return {};
    if (std::any_of(s.begin(), s.end(), [](unsigned char c) { return c < 0x20 || c > 0x7E; }))
      refuse(n.Mark(), "a command has printable characters only; its CR is added");
    return s;
  }
  setting texts(std::vector<std::string>& into, bool commands) const {
    return [this, &into, commands](const YAML::Node& n) {
      if (!n.IsSequence()) refuse(n.Mark(), "a list is wanted here, such as [ATE0V1Q0, AT&C1&D2]");
      into.clear();
      for (const auto& one : n)
        into.push_back(commands ? command_in(one) : one.as<std::string>());
    };
  }
  long long number(const YAML::Node& n, long long least, long long most) const {
    long long v = 0;
    if (!YAML::convert<long long>::decode(n, v) || v < least || v > most)
      refuse(n.Mark(), fmt::format("a whole number from {} to {} is wanted here", least, most));
    return v;
  }
  template <class Time> setting time(Time& into, long long most) const {
    return [this, &into, most](const YAML::Node& n) { into = Time(number(n, 0, most)); };
  }
  setting flag(bool& into) const {
    return [this, &into](const YAML::Node& n) {
      if (!YAML::convert<bool>::decode(n, into)) refuse(n.Mark(), "true or false is wanted here");
    };
  }
  // One of two words.
  setting either(bool& into, const char* yes, const char* no) const {
    return [this, &into, yes, no](const YAML::Node& n) {
      const std::string word = n.IsScalar() ? n.Scalar() : "";
      if (word != yes && word != no) refuse(n.Mark(), fmt::format("{} or {} is wanted here", yes, no));
      into = word == yes;
    };
  }
  void speeds(const YAML::Node& n) {
    if (!n.IsSequence() || n.size() == 0) refuse(n.Mark(), "a list of speeds is wanted here, such as [115200, 57600]");
    p_.speeds.clear();
    for (const auto& one : n)
      p_.speeds.push_back(static_cast<unsigned>(number(one, 300, 4'000'000)));
  }
  void flow(const YAML::Node& n) {
    p_.flow = n.IsScalar() ? n.Scalar() : "";
    if (p_.flow != "hardware" && p_.flow != "software" && p_.flow != "none")
      refuse(n.Mark(), "hardware, software or none is wanted here");
  }

  void all(const YAML::Node& root) {
    p_.name.clear();
    const std::map<std::string, setting> known = {
        {"profile", text(p_.name)},
        {"about", text(p_.about)},
        {"recognised", texts(p_.recognised, false)},
        {"init", texts(p_.init, true)},
        {"caller_id", command(p_.caller_id_on, true)},
        {"answer", command(p_.answer)},
        {"hang_up", command(p_.hang_up)},
        {"reset", command(p_.reset)},
        {"dial", command(p_.dial)},
        {"escape", command(p_.escape)},
        {"guard_ms", time(p_.guard, 10'000)},
        {"speeds", [this](const YAML::Node& n) { speeds(n); }},
        {"flow", [this](const YAML::Node& n) { flow(n); }},
        {"gsm", flag(p_.gsm)},
        {"messages", flag(p_.messages)},
        {"new_messages", command(p_.new_messages, true)},
        {"carrier", either(p_.carrier_follows, "follows", "held")},
        {"dtr", either(p_.dtr_hangs_up, "hangs_up", "ignored")},
        {"answer_within_s", time(p_.answer_within, 600)},
        {"pause_ms", time(p_.pause, 5'000)},
    };
    for (auto entry = root.begin(); entry != root.end(); ++entry) {
      const YAML::Node key = entry->first;
      const auto found = known.find(key.as<std::string>());
      if (found != known.end()) {
        found->second(entry->second);
        continue;
      }
      std::string names;
      for (const auto& [n, _] : known)
        names += (names.empty() ? "" : ", ") + n;
      refuse(key.Mark(),
             fmt::format("there is no setting '{}' in a profile; there are: {}", key.as<std::string>(), names));
    }
  }

  std::filesystem::path file_;
  std::string text_;
  profile p_;
};

std::string small_letters(std::string_view s) {
  std::string out(s);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

} // namespace

profile read_profile(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    throw std::runtime_error(fmt::format("{} cannot be read; see modem/profiles for those that ship", file.string()));
  return profile_reader(file, std::string{std::istreambuf_iterator<char>(in), {}}).read();
}

std::vector<profile> read_profiles(const std::filesystem::path& folder) {
  std::vector<profile> all;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".yaml") all.push_back(read_profile(entry.path()));
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

const profile* recognise(const std::vector<profile>& all, std::string_view answers) {
  const std::string said = small_letters(answers);
  const profile* best = nullptr;
  std::size_t longest = 0; // the longer the word, the less it is there by chance
  for (const profile& p : all)
    for (const auto& word : p.recognised)
      if (word.size() > longest && said.find(small_letters(word)) != std::string::npos)
        best = &p, longest = word.size();
  return best;
}

} // namespace tallyline::modem
