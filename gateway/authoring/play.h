// Files of answers that are played on a menu, and kept as its tests.
//
//   menu: ../polling.yaml     # the head: what is tried; pack, as, at, lang are optional
//   at: 17:05
//   dial *140#
//   | Station S1001 Old school       what the phone shows, a line each; leave them out and the page is not compared
//   > 3                              an answer
//   ! recorded count S1001/president ballots=120     what would be recorded
//   drop                             the call breaks and is dialled again; time 17:30, lang fa, as other, pin wrong
//   # a remark
//
// Playing a file gives the same file back with the pages as they are: a transcript is a test.
#pragma once

#include "gateway/authoring/trial.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tallyline::gateway {

struct played {
  std::string transcript;               // the file with the pages as they are now
  std::vector<std::string> differences; // one a page or record that is not as the file says, ready to print
};

// One command of a file or of somebody at the terminal, without pages. False when it is not understood.
bool obey(trial& t, std::string_view line);
// The page as lines of a transcript.
std::string page_lines(const trial& t);

// Throws std::runtime_error with "file:line: what is wrong" for what is not understood. `open` makes the trial from the
// head's menu (relative to the file; empty when it names none), pack, and settings.
struct play_head {
  std::string menu, pack;
  trial_settings settings;
};
played play(std::string_view text, const std::string& name,
            const std::function<std::unique_ptr<trial>(const play_head&)>& open);

} // namespace tallyline::gateway
