#include "gateway/terminal/file_receive.h"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <fmt/format.h>
#include <fstream>
#include <stdexcept>

namespace tallyline::gateway {
namespace {

namespace fs = std::filesystem;

// ZMODEM's and YMODEM's word for "stop": CAN, eight times, and backspaces for a terminal that shows it.
constexpr std::string_view cancel = "\x18\x18\x18\x18\x18\x18\x18\x18\b\b\b\b\b\b\b\b";
constexpr std::chrono::milliseconds farewell{700}; // quiet after the program's end
constexpr std::uint64_t framing = 64 * 1024;       // beside a file's octets, each of which may take two
constexpr std::size_t most_files = 20;

fs::path make_folder() {
  std::string name = (fs::temp_directory_path() / "tallyline-file-XXXXXX").string();
  if (!::mkdtemp(name.data())) throw std::runtime_error(name + ": no folder for a file can be made");
  return name;
}

std::string printable(const std::string& name) {
  std::string out;
  for (const char c : name.substr(0, 60))
    out += c > ' ' && c < 0x7F ? c : '_';
  return out;
}

} // namespace

file_receive::file_receive(modem::program_runner& runner, settings s, events on)
    : settings_(std::move(s)), on_(std::move(on)), folder_(make_folder()), began_(on_.now()), last_(began_) {
  // Restricted: no path in a name, nothing that is there already; the shell and its commands are off by default.
  // rb dies of a name that is there already, which in a folder of its own is a second file of the batch.
  std::vector<std::string> arguments{settings_.program, "--restricted", "--binary", "--quiet"};
  modem::program_events from;
  from.output = [this](modem::octets_view o) { on_.send(o); };
  from.said = [this](const std::string& words) { last_words_ = words; };
  from.ended = [this](modem::program_end e) { ended(e); };
  try {
    program_ = runner.start({std::move(arguments), folder_, false, settings_.largest}, std::move(from));
  } catch (...) {
    fs::remove_all(folder_);
    throw;
  }
}

file_receive::~file_receive() {
  program_.reset();
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
}

void file_receive::take(modem::octets_view octets) {
  last_ = on_.now();
  if (over_ || stopping_) return;
  octets_ += octets.size();
  if (octets_ > settings_.largest * 2 + framing)
    return stop(fmt::format("it is larger than {} octets", settings_.largest));
  program_->feed(octets);
}

std::optional<modem::clock::time_point> file_receive::deadline() const {
  if (over_) return last_ + farewell;
  if (stopping_) return std::nullopt; // it is killed when it does not end
  return std::min(last_ + settings_.silence, began_ + settings_.lasts);
}

void file_receive::tick() {
  const auto now = on_.now();
  if (const auto due = deadline(); !due || now < *due) return;
  if (over_) return finish();
  if (now >= began_ + settings_.lasts) return stop(fmt::format("it took longer than {} s", settings_.lasts.count()));
  stop(fmt::format("nothing came for {} s", settings_.silence.count()));
}

void file_receive::stop(std::string why) {
  if (why_.empty()) why_ = std::move(why);
  stopping_ = true;
  program_->hang_up();
}

void file_receive::ended(modem::program_end end) {
  over_ = true;
  last_ = on_.now();
  if (!end.well() && why_.empty())
    why_ = end.signal == SIGXFSZ ? fmt::format("it is larger than {} octets", settings_.largest)
           : last_words_.empty() ? describe(end)
                                 : fmt::format("{} ({})", printable(last_words_), describe(end));
  if (!why_.empty()) on_.send(modem::octets_view(reinterpret_cast<const std::uint8_t*>(cancel.data()), cancel.size()));
  on_.wake();
}

void file_receive::collect(result& r) const {
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder_))
    if (entry.symlink_status().type() == fs::file_type::regular) paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  if (paths.size() > most_files) paths.resize(most_files);
  for (const auto& p : paths) {
    std::ifstream in(p, std::ios::binary);
    std::string bytes{std::istreambuf_iterator<char>(in), {}};
    if (bytes.size() <= settings_.largest) r.files.push_back({printable(p.filename().string()), std::move(bytes)});
  }
}

void file_receive::finish() {
  result r;
  r.why = why_;
  if (why_.empty()) collect(r);
  if (r.files.empty() && r.why.empty()) r.why = "the sender ended it";
  const auto done = std::move(on_.done);
  on_.done = {};
  if (done) done(std::move(r));
}

} // namespace tallyline::gateway
