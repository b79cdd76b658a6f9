// A small election in a folder of its own, and officials who report it and remember what they were told.
#pragma once

#include "gateway/rehearsal/load.h"
#include "tests/e2e/child.h"

#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <map>
#include <optional>
#include <string>

namespace tallyline::tests {

namespace fs = std::filesystem;

struct folder {
  fs::path path;
  folder() {
    std::string name = (fs::temp_directory_path() / "tallyline-e2e-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~folder() { fs::remove_all(path); }
  std::string at(std::string_view name) const { return (path / name).string(); }
  std::string log() const {
    std::ifstream in(at("log"));
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

// Imports the load benchmark's pack of `stations` stations through the real binary.
inline void import_night(const folder& f, std::size_t stations) {
  const std::string make =
      fmt::format("{}/tests/bench/ussd/make_pack {} {}", TALLYLINE_SOURCE_DIR, f.at("pack"), stations);
  REQUIRE(std::system(make.c_str()) == 0);
  const int imported = run({"import", f.at("pack"), "--database", f.at("night.db")}, f.at("log"));
  INFO(f.log());
  REQUIRE(imported == 0);
}

inline child serve(const folder& f, std::uint16_t smsc_port) {
  return child({"serve", "--database", f.at("night.db"), "--menu",
                std::string(TALLYLINE_SOURCE_DIR) + "/tests/bench/ussd/menu.yaml", "--smsc-port",
                std::to_string(smsc_port)},
               f.at("log"));
}

struct station_figures {
  std::int64_t first = 0, second = 0, invalid = 0;
};
inline station_figures figures_of(std::uint64_t index) {
  return {std::int64_t(index % 400), std::int64_t(index % 300), std::int64_t(index % 7)};
}
inline std::uint64_t msisdn_of(std::uint64_t index) { return 989120000001 + index; }
inline std::string station_of(std::uint64_t index) { return fmt::format("{:06}", index + 1); }

struct memory {
  std::map<std::uint64_t, std::string> receipts; // by official
  std::vector<std::string> wrong;                // pages that should not have been shown
  std::uint64_t resumed = 0, try_later = 0;
};

// Answers by what the page asks, so that it goes on from wherever the gateway says; checks that it is the right place.
class remembering_official final : public rehearsal::caller {
public:
  explicit remembering_official(memory& m) : memory_(m) {}

  void reset(std::uint64_t index) override {
    index_ = index;
    acknowledged_ = 0;
    in_flight_ = 0;
  }
  std::uint64_t msisdn() const override { return msisdn_of(index_); }
  std::string_view code() const override { return "*140#"; }

  std::optional<std::string> next(const rehearsal::page& shown) override {
    if (shown.kind == rehearsal::page_kind::failed) return "*140#";
    const std::string_view text = shown.text;
    if (shown.kind == rehearsal::page_kind::final) return final_page(text);
    if (text.starts_with("Station ")) return "1";
    if (text.starts_with("Enter your PIN")) return "1234";
    if (text.starts_with("Your report is not finished")) return ++memory_.resumed, "1";
    const station_figures f = figures_of(index_);
    if (text.starts_with("Contest?")) return at(1, "1");
    if (text.find("1 First") < 8) return at(2, fmt::to_string(f.first));
    if (text.find("2 Second") < 8) return at(3, fmt::to_string(f.second));
    if (text.starts_with("Invalid ballots?")) return at(4, fmt::to_string(f.invalid));
    if (text.starts_with("Please check:")) return at(5, "1");
    memory_.wrong.push_back(fmt::format("official {}: {}", index_, text));
    return std::nullopt;
  }

private:
  // Question number `question` is shown: what came before it was acknowledged. Never may it be one that was
  // acknowledged before, nor lie more than the answer on its way beyond. After the record is in, a fresh form may
  // begin.
  std::string at(unsigned question, std::string answer) {
    const bool may_be_recorded = in_flight_ == 5;
    if ((question < acknowledged_ && !may_be_recorded) || question > std::max(acknowledged_, in_flight_ + 1))
      memory_.wrong.push_back(fmt::format("official {} was asked {} after {} was acknowledged and {} sent", index_,
                                          question, acknowledged_, in_flight_));
    if (question < acknowledged_) in_flight_ = 0;
    acknowledged_ = question;
    in_flight_ = std::max(in_flight_, question);
    return answer;
  }
  std::optional<std::string> final_page(std::string_view text) {
    const std::size_t at = text.find("Receipt ");
    if (at != std::string_view::npos)
      memory_.receipts[index_] = text.substr(at + 8);
    else if (text.find("try again later") != std::string_view::npos)
      ++memory_.try_later;
    else if (text.find("session was lost") == std::string_view::npos)
      memory_.wrong.push_back(std::string(text));
    return std::nullopt;
  }

  memory& memory_;
  std::uint64_t index_ = 0;
  unsigned acknowledged_ = 0, in_flight_ = 0; // questions
};

} // namespace tallyline::tests
