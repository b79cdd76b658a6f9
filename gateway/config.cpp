#include "gateway/config.h"

#include "gateway/local_time.h"

#include <fmt/format.h>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>
#include <yaml-cpp/yaml.h>

namespace tallyline::gateway {
namespace {

class reader {
public:
  reader(std::filesystem::path file, std::string text) : file_(std::move(file)), text_(std::move(text)) {}

  [[noreturn]] void refuse(const YAML::Mark& at, std::string_view what) const {
    std::istringstream lines(text_);
    std::string line;
    for (int i = 0; i <= at.line && std::getline(lines, line); ++i) {
    }
    throw std::runtime_error(fmt::format("{}:{}:{}: error: {}\n  {}\n  {:>{}}", file_.string(), at.line + 1,
                                         at.column + 1, what, line, '^', at.column + 1));
  }

  using setting = std::function<void(const YAML::Node&)>;
  void section(const YAML::Node& node, std::string_view name, const std::map<std::string, setting>& known) const {
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

std::string slurp(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in)
    throw std::runtime_error(
        fmt::format("{} cannot be read; `tallyline serve --print-config` prints one to start from", file.string()));
  return {std::istreambuf_iterator<char>(in), {}};
}

void freeze_of(const reader& r, const YAML::Node& n, publishing_settings& p) {
  const auto moment = [&](const YAML::Node& at) {
    if (!at.IsScalar() || at.Scalar().size() != 16 || !local_minutes(at.Scalar(), 0))
      r.refuse(at.Mark(), "a day and a time are wanted here, such as \"2026-06-12 00:00\"");
    return at.Scalar();
  };
  if (n.IsScalar() && n.Scalar() == "none") return;
  if (n.IsScalar() && n.Scalar() == "polling_day") {
    p.freeze_polling_day = true;
    return;
  }
  if (!n.IsSequence() || n.size() != 2)
    r.refuse(n.Mark(), "freeze wants polling_day, none, or two moments: [\"2026-06-12 00:00\", \"2026-06-13 12:00\"]");
  p.freeze_from = moment(n[0]);
  p.freeze_until = moment(n[1]);
  if (p.freeze_until <= p.freeze_from) r.refuse(n.Mark(), "the freeze ends before it begins");
}

void publishing_of(const reader& r, const YAML::Node& n, publishing_settings& p) {
  p.given = true;
  r.section(n, "publishing", {{"approval", r.flag(p.approval)}, {"freeze", [&](const YAML::Node& f) { freeze_of(r, f, p); }}});
}

void read_all(const reader& r, const YAML::Node& root, config& c) {
  std::string database;
  long long lock_minutes = c.pins.lock_ms / 60'000;
  r.section(root, "the configuration",
            {{"database", r.text(database)},
             {"log", r.text(c.log)},
             {"menus",
              [&](const YAML::Node& n) {
                if (!n.IsSequence()) r.refuse(n.Mark(), "menus wants a list of files, such as [polling.yaml]");
                for (const auto& file : n)
                  c.menus.push_back(r.beside(file.as<std::string>()));
              }},
             {"smsc",
              [&](const YAML::Node& n) {
                r.section(n, "smsc",
                          {{"host", r.text(c.smsc.host)},
                           {"port", r.number(c.smsc.port, 1, 65535)},
                           {"system_id", r.text(c.smsc.system_id)},
                           {"password", r.text(c.smsc.password)},
                           {"system_type", r.text(c.smsc.system_type)},
                           {"window", r.number(c.smsc.window, 1, 100'000)}});
              }},
             {"session",
              [&](const YAML::Node& n) {
                r.section(n, "session",
                          {{"idle_s", r.number(c.sessions.idle, 10, 86'400)},
                           {"operator_total_s", r.number(c.operator_total_s, 10, 86'400)},
                           {"answer_takes_s", r.number(c.answer_takes_s, 1, 600)}});
              }},
             {"publishing", [&](const YAML::Node& n) { publishing_of(r, n, c.publishing); }},
             {"pin", [&](const YAML::Node& n) {
                r.section(
                    n, "pin",
                    {{"tries", r.number(c.pins.tries, 1, 100)}, {"lock_minutes", r.number(lock_minutes, 1, 10'080)}});
              }}});
  c.pins.lock_ms = lock_minutes * 60'000;
  if (!database.empty()) c.database = r.beside(database);
}

} // namespace

config read_config(const std::filesystem::path& file) {
  const std::string text = slurp(file);
  const reader r(file, text);
  config c;
  try {
    const YAML::Node root = YAML::Load(text);
    if (!root.IsNull()) read_all(r, root, c);
  } catch (const YAML::Exception& e) {
    r.refuse(e.mark, e.msg);
  }
  return c;
}

std::string sample_config() {
  const config c;
  return fmt::format(
      R"(# A tallyline gateway. Every setting is optional; these are the defaults. Paths are relative to this file.
database: {}
menus: []                # menu scripts, such as [polling.yaml]; none: the polling menu that ships
smsc:
  host: {}
  port: {}
  system_id: {}
  password: ""
  system_type: ""
  window: {}           # submit_sm without a response yet, at most
session:
  idle_s: {}            # operators commonly end a USSD session after 180 s
  operator_total_s: {}  # what `tallyline menu check` reckons with
  answer_takes_s: {}     # and how long a person takes for one answer
pin:
  tries: {}
  lock_minutes: {}
# publishing:          # how menus may change; without it, what the database was told last stays
#   approval: false    # true: a second person approves each version, see tallyline menu approve
#   freeze: none       # polling_day (midnight before it to noon after it), or [from, until]
log: {}                # trace, debug, info, warn, error
)",
      c.database.string(), c.smsc.host, c.smsc.port, c.smsc.system_id, c.smsc.window, c.sessions.idle.count(),
      c.operator_total_s, c.answer_takes_s, c.pins.tries, c.pins.lock_ms / 60'000, c.log);
}

} // namespace tallyline::gateway
