#include "gateway/dialect_files.h"

#include "gateway/share.h"
#include "gateway/yaml_settings.h"

#include <algorithm>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

using smpp::dialect;
using smpp::ussd_event;
constexpr std::uint8_t first_vendor_value = 32; // SMPP 3.4, 5.3.2.44

class dialect_reader {
public:
  dialect_reader(const settings_reader& r, dialect& d) : r_(r), d_(d) {}

  void all(const YAML::Node& root) {
    d_.go_on.op = 2;
    r_.section(root, "a dialect",
               {{"dialect", r_.text(d_.name)},
                {"about", r_.text(d_.about)},
                {"session", [&](const YAML::Node& n) { session(n); }},
                {"from_network", [&](const YAML::Node& n) { from_network(n); }},
                {"to_network", [&](const YAML::Node& n) { to_network(n); }}});
    if (d_.name.empty()) r_.refuse(root.Mark(), "a dialect wants a name: dialect: NAME");
    if (d_.letters && d_.go_on.letters.empty())
      r_.refuse(root.Mark(), "where service_type carries the operation, to_network wants letters: continue: CR");
  }

private:
  long long number(const YAML::Node& n, long long most) const {
    long long value = 0;
    if (!YAML::convert<long long>::decode(n, value) || value < 0 || value > most)
      r_.refuse(n.Mark(), fmt::format("a number from 0 to {} is wanted here, such as 18 or 0x12", most));
    return value;
  }
  std::string word(const YAML::Node& n, std::initializer_list<const char*> known) const {
    std::string all;
    for (const auto* k : known) {
      if (n.IsScalar() && n.Scalar() == k) return n.Scalar();
      all += (all.empty() ? "" : " or ") + std::string(k);
    }
    r_.refuse(n.Mark(), all + " is wanted here");
  }

  void session(const YAML::Node& n) {
    r_.section(n, "session",
               {{"tlv", [&](const YAML::Node& v) { key(v); }},
                {"size", [&](const YAML::Node& v) { d_.session_size = static_cast<std::uint8_t>(number(v, 8)); }},
                {"mask", [&](const YAML::Node& v) { d_.mask = static_cast<std::uint16_t>(number(v, 0xFFFF)); }},
                {"sequence", [&](const YAML::Node& v) {
                   d_.rising = word(v, {"rising", "echo"}) == "rising";
                 }}});
  }
  void key(const YAML::Node& n) {
    if (n.IsScalar() && n.Scalar() == "its_session_info")
      d_.session = dialect::key::its_session_info;
    else if (n.IsScalar() && n.Scalar() == "user_message_reference")
      d_.session = dialect::key::user_message_reference;
    else if (n.IsScalar() && n.Scalar() == "none")
      d_.session = dialect::key::none;
    else
      d_.session = dialect::key::tlv, d_.session_tag = static_cast<std::uint16_t>(number(n, 0xFFFF));
  }

  std::uint8_t value(const YAML::Node& n) const {
    if (!d_.letters) return static_cast<std::uint8_t>(number(n, 255));
    if (!n.IsScalar() || n.Scalar().size() != 1 || n.Scalar()[0] < 'A' || n.Scalar()[0] > 'Z')
      r_.refuse(n.Mark(), "a capital letter is wanted here");
    return static_cast<std::uint8_t>(n.Scalar()[0]);
  }
  settings_reader::setting values(ussd_event event) {
    return [this, event](const YAML::Node& n) {
      if (!n.IsSequence() || n.size() == 0) r_.refuse(n.Mark(), "a list of values is wanted here, such as [18, 2]");
      d_.network_sends[static_cast<std::size_t>(event)] = value(n[0]);
      has_[static_cast<std::size_t>(event)] = true;
      for (const auto& v : n)
        listed_.emplace_back(value(v), event);
    };
  }
  ussd_event other(const YAML::Node& n) const {
    return word(n, {"reply", "abort"}) == "reply" ? ussd_event::reply : ussd_event::abort;
  }

  void from_network(const YAML::Node& n) {
    if (n.IsMap() && n["operation"]) {
      const auto stands = word(n["operation"], {"tlv", "service_type", "none"});
      d_.letters = stands == "service_type";
      d_.silent = stands == "none";
    }
    d_.end_bit_in = 0;
    ussd_event low = ussd_event::reply;
    std::optional<ussd_event> vendor;
    r_.section(n, "from_network",
               {{"operation", [](const YAML::Node&) {}},
                {"begin", values(ussd_event::begin)},
                {"reply", values(ussd_event::reply)},
                {"end", values(ussd_event::end)},
                {"abort", values(ussd_event::abort)},
                {"other", [&](const YAML::Node& v) { low = other(v); }},
                {"vendor", [&](const YAML::Node& v) { vendor = other(v); }},
                {"end_bit", [&](const YAML::Node& v) { d_.end_bit_in = static_cast<std::uint8_t>(number(v, 255)); }},
                {"code",
                 [&](const YAML::Node& v) {
                   d_.code_in_text_only = word(v, {"destination", "text"}) == "text";
                 }},
                {"suffix", [&](const YAML::Node& v) { d_.network_suffix = value(v); }}});
    d_.meaning.fill(low);
    std::fill(d_.meaning.begin() + first_vendor_value, d_.meaning.end(), vendor.value_or(low));
    for (const auto& [v, event] : listed_)
      d_.meaning[v] = event;
    // What has no value of its own is told by the bit, or by what comes nearest.
    auto& sends = d_.network_sends;
    constexpr auto reply = std::size_t{1}, end = std::size_t{2}, abort = std::size_t{3};
    if (!has_[end]) sends[end] = has_[abort] ? sends[abort] : sends[reply];
    if (!has_[abort]) sends[abort] = d_.end_bit_in ? sends[reply] : sends[end];
  }

  settings_reader::setting said(dialect::word& w) {
    return [this, &w](const YAML::Node& n) {
      if (!d_.letters) {
        w = {static_cast<std::uint8_t>(number(n, 255)), {}};
        return;
      }
      if (!n.IsScalar() || n.Scalar().size() != 2) r_.refuse(n.Mark(), "two letters are wanted here, such as CR");
      w = {0, n.Scalar()};
    };
  }
  void codings(const YAML::Node& n) {
    if (n.IsScalar() && n.Scalar() == "echo") {
      d_.echo_coding = true;
      return;
    }
    r_.section(n, "data_coding",
               {{"gsm7", [&](const YAML::Node& v) { d_.gsm7_coding = static_cast<std::uint8_t>(number(v, 255)); }},
                {"ucs2", [&](const YAML::Node& v) { d_.ucs2_coding = static_cast<std::uint8_t>(number(v, 255)); }}});
  }
  void tlvs(const YAML::Node& n) {
    if (!n.IsMap()) r_.refuse(n.Mark(), "tags and their octets are wanted here, such as {0x0007: \"04\"}");
    for (auto entry = n.begin(); entry != n.end(); ++entry) {
      const YAML::Node key = entry->first, octets = entry->second;
      const auto tag = number(key, 0xFFFF);
      const std::string hex = octets.IsScalar() ? octets.Scalar() : "";
      if (hex.size() % 2 != 0 || hex.find_first_not_of("0123456789abcdefABCDEF") != std::string::npos ||
          !octets.IsScalar())
        r_.refuse(octets.Mark(), "octets in hexadecimal are wanted here, such as \"04\"");
      for (const auto v : {static_cast<std::uint16_t>(tag), static_cast<std::uint16_t>(hex.size() / 2)})
        d_.tlvs.push_back(static_cast<std::uint8_t>(v >> 8)), d_.tlvs.push_back(static_cast<std::uint8_t>(v));
      for (std::size_t i = 0; i < hex.size(); i += 2)
        d_.tlvs.push_back(static_cast<std::uint8_t>(std::stoi(hex.substr(i, 2), nullptr, 16)));
    }
  }

  void to_network(const YAML::Node& n) {
    d_.end_bit_out = 0;
    bool aborts = false;
    r_.section(n, "to_network",
               {{"pdu",
                 [&](const YAML::Node& v) {
                   d_.by_data_sm = word(v, {"submit_sm", "data_sm"}) == "data_sm";
                 }},
                {"service_type", r_.text(d_.service_type)},
                {"continue", said(d_.go_on)},
                {"end", said(d_.end)},
                {"abort", [&](const YAML::Node& v) { said(d_.abort)(v), aborts = true; }},
                {"open", said(d_.open)},
                {"notify", said(d_.notify)},
                {"open_session",
                 [&](const YAML::Node& v) {
                   d_.opens_without_key = word(v, {"ours", "none"}) == "none";
                 }},
                {"end_bit", [&](const YAML::Node& v) { d_.end_bit_out = static_cast<std::uint8_t>(number(v, 255)); }},
                {"data_coding", [&](const YAML::Node& v) { codings(v); }},
                {"tlvs", [&](const YAML::Node& v) { tlvs(v); }}});
    if (!aborts) d_.abort = d_.end;
    if (d_.service_type.size() > 5) r_.refuse(n.Mark(), "service_type has at most 5 characters");
  }

  const settings_reader& r_;
  dialect& d_;
  std::vector<std::pair<std::uint8_t, ussd_event>> listed_;
  std::array<bool, 4> has_{};
};

} // namespace

dialect read_dialect(const std::filesystem::path& file) {
  dialect d = smpp::make_standard_dialect();
  d.name.clear();
  d.about.clear();
  read_settings(file, "see gateway/smpp/dialects for those that ship",
                [&](const settings_reader& r, const YAML::Node& root) { dialect_reader(r, d).all(root); });
  return d;
}

dialect dialect_named(const std::string& name) {
  if (name.find_first_of("./") != std::string::npos) return read_dialect(name);
  std::string known;
  for (auto& d : shipped_dialects()) {
    if (d.name == name) return std::move(d);
    known += (known.empty() ? "" : ", ") + d.name;
  }
  throw std::runtime_error(
      fmt::format("there is no dialect '{}'; there are: {}; or give the path of a file", name, known));
}

std::vector<dialect> shipped_dialects() {
  std::vector<dialect> all;
  const auto folder = shared_file("gateway/smpp/dialects/standard.yaml").parent_path();
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".yaml") all.push_back(read_dialect(entry.path()));
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return all;
}

} // namespace tallyline::gateway
