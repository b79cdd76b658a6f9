#include "storage/pack.h"

#include "storage/pack_rows.h"
#include "storage/text.h"

#include <algorithm>
#include <fstream>
#include <sodium.h>
#include <sstream>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

namespace tallyline::storage {
namespace {

constexpr std::uintmax_t largest_file = 256u << 20;
constexpr std::string_view setting_names[] = {"name", "date", "time_zone", "polls_open", "polls_close", "languages"};

struct known_file {
  std::string_view name;
  bool optional;
  bool personal;
};
constexpr known_file known_files[] = {{"election.csv", false, false},   {"areas.csv", false, false},
                                      {"stations.csv", false, false},   {"contests.csv", false, false},
                                      {"candidates.csv", false, false}, {"offices.csv", true, false},
                                      {"people.csv", false, true},      {"sites.csv", true, true}};

bool digits_at(std::string_view text, std::initializer_list<std::size_t> positions) {
  return std::all_of(positions.begin(), positions.end(),
                     [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; });
}

int two_digits(std::string_view text, std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); }

bool is_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-' || !digits_at(text, {0, 1, 2, 3, 5, 6, 8, 9})) return false;
  const int year = two_digits(text, 0) * 100 + two_digits(text, 2), month = two_digits(text, 5),
            day = two_digits(text, 8);
  constexpr int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1] + (leap && month == 2);
}

bool is_time(std::string_view text) {
  if (text.size() != 5 || text[2] != ':' || !digits_at(text, {0, 1, 3, 4})) return false;
  return two_digits(text, 3) < 60 && two_digits(text, 0) * 60 + two_digits(text, 3) <= 24 * 60;
}

bool is_time_zone(std::string_view text) {
  if (text.empty() || text.size() > 60) return false;
  UChar id[64], canonical[64];
  std::copy(text.begin(), text.end(), id);
  UBool known = false;
  UErrorCode status = U_ZERO_ERROR;
  ucal_getCanonicalTimeZoneID(id, static_cast<int32_t>(text.size()), canonical, 64, &known, &status);
  return U_SUCCESS(status) && known;
}

bool is_language(std::string_view text) {
  const auto base = text.substr(0, text.find('-'));
  if (base.size() < 2 || base.size() > 3 || text.size() > 16 || text.back() == '-') return false;
  return std::all_of(base.begin(), base.end(), [](char c) { return c >= 'a' && c <= 'z'; }) &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return c == '-' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
         });
}

// Each file's name and bytes with their lengths, so that no two packs have the same input.
ledger::hash digest(const pack_files& files, bool personal) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  const auto add = [&](std::string_view text) {
    const std::string size = std::to_string(text.size()) + ":";
    crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(size.data()), size.size());
    crypto_hash_sha256_update(&state, reinterpret_cast<const unsigned char*>(text.data()), text.size());
  };
  for (const auto& [name, bytes] : files) {
    const auto* known = std::find_if(std::begin(known_files), std::end(known_files),
                                     [&, n = std::string_view(name)](const auto& k) { return k.name == n; });
    if (known == std::end(known_files) || known->personal != personal) continue;
    add(name);
    add(bytes);
  }
  ledger::hash h;
  crypto_hash_sha256_final(&state, h.data());
  return h;
}

bool required_are_there(const pack_files& files, detail::complaints& wrong) {
  for (const auto& known : known_files)
    if (!known.optional && !files.contains(std::string(known.name)))
      wrong.add(known.name, 0, 0, "the file is missing",
                "a pack needs election, areas, stations, contests, candidates and people .csv");
  return wrong.none();
}

} // namespace

namespace detail {

void pack_rows::settings(std::string_view bytes) {
  std::unordered_map<std::string, std::uint32_t> lines;
  read_sheet({"election.csv", {"key", "value"}, false}, bytes, {}, wrong_, [&](const sheet_row& row) {
    if (const auto [it, fresh] = lines.emplace(std::string(row.text(0)), row.line()); !fresh)
      row.complain(0, fmt::format("{} is already on line {}", it->first.substr(0, 40), it->second));
    else
      setting(row);
  });
  for (const auto name : setting_names)
    if (!lines.contains(std::string(name)) && !wrong_.hopeless())
      wrong_.add("election.csv", 0, 0, fmt::format("there is no line for {}", name),
                 fmt::format("add a line {},…", name));
}

void pack_rows::setting(const sheet_row& row) {
  const std::string_view key = row.text(0), value = row.text(1);
  const auto take = [&](std::string& into, bool good, const char* example) {
    into = value;
    if (!good)
      row.complain(1, fmt::format("“{}” is not a {}", value.substr(0, 64), key),
                   fmt::format("write it like {}", example));
  };
  if (key == "name") return take(election_.name, !value.empty() && value.size() <= 200, "Presidential election 2013");
  if (key == "date") return take(election_.date, is_date(value), "2013-10-27");
  if (key == "time_zone") return take(election_.time_zone, is_time_zone(value), "Asia/Tehran");
  if (key == "polls_open") return take(election_.polls_open, is_time(value), "08:00");
  if (key == "polls_close") return take(election_.polls_close, is_time(value), "20:00");
  if (key == "languages") return languages(row);
  const auto near = did_you_mean(key, setting_names);
  row.complain(0, fmt::format("there is no setting “{}”", key.substr(0, 40)),
               near ? fmt::format("did you mean {}?", *near)
                    : fmt::format("the settings are {}", fmt::join(setting_names, ", ")));
}

void pack_rows::languages(const sheet_row& row) {
  std::string_view rest = row.text(1);
  auto& all = election_.languages;
  while (!rest.empty()) {
    const auto end = rest.find_first_of(", ;");
    const std::string_view one = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (one.empty()) continue;
    if (!is_language(one))
      row.complain(1, fmt::format("“{}” is not a language", one.substr(0, 40)),
                   "write codes with a blank between them, such as fa en");
    else if (std::find(all.begin(), all.end(), one) != all.end())
      row.complain(1, fmt::format("the language {} is there twice", one), "remove one of them");
    else
      all.emplace_back(one);
  }
  if (all.empty())
    row.complain(1, "there is no language", "write codes with a blank between them, the default first, such as fa en");
}

} // namespace detail

pack::~pack() {
  for (auto& pin : pins)
    sodium_memzero(pin.data(), pin.size());
}

std::string to_text(const problem& p) {
  std::string text = p.file;
  if (p.line != 0) text += fmt::format(":{}", p.line);
  if (p.column != 0) text += fmt::format(":{}", p.column);
  text += ": " + p.what;
  if (!p.hint.empty()) text += fmt::format(" ({})", p.hint);
  return text;
}

boost::system::result<pack, problems> read_pack(const pack_files& files) {
  detail::complaints wrong;
  if (!required_are_there(files, wrong)) return wrong.take();
  pack read;
  detail::pack_rows rows(read, wrong);
  rows.settings(files.at("election.csv"));
  // Without the languages no header can be judged, and every complaint about one would be noise.
  if (read.contents.languages.empty()) return wrong.take();
  rows.areas(files.at("areas.csv"));
  rows.stations(files.at("stations.csv"));
  rows.contests(files.at("contests.csv"));
  rows.candidates(files.at("candidates.csv"));
  if (const auto it = files.find("offices.csv"); it != files.end()) rows.offices(it->second);
  rows.people(files.at("people.csv"));
  if (const auto it = files.find("sites.csv"); it != files.end()) rows.sites(it->second);
  if (!wrong.none()) return wrong.take();
  read.public_digest = digest(files, false);
  read.personal_digest = digest(files, true);
  read.contents.index();
  return read;
}

boost::system::result<pack, problems> read_pack(const std::filesystem::path& folder) {
  detail::complaints wrong;
  std::error_code error;
  if (!std::filesystem::is_directory(folder, error)) {
    wrong.add(folder.string(), 0, 0, "there is no such folder",
              "give the folder that holds election.csv and the other files");
    return wrong.take();
  }
  pack_files files;
  for (const auto& known : known_files) {
    const auto path = folder / known.name;
    if (!std::filesystem::exists(path, error)) continue;
    const auto size = std::filesystem::file_size(path, error);
    std::ostringstream bytes;
    std::ifstream in(path, std::ios::binary);
    if (error || size > largest_file || !in || (size > 0 && !(bytes << in.rdbuf())))
      wrong.add(known.name, 0, 0,
                size > largest_file && !error ? "the file is larger than 256 MiB" : "the file cannot be read",
                "check the file and its permissions");
    else
      files.emplace(known.name, std::move(bytes).str());
  }
  if (!wrong.none()) return wrong.take();
  return read_pack(files);
}

} // namespace tallyline::storage
