// One line of SMS as people write it: words and numbers with any separators between them.
//
// Pure; any thread.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tallyline::sms {

// "COUNT 120, 45;33\n7" is four words behind the first. Spaces, commas (Arabic ones, too), semicolons, slashes, stars,
// hashes, equals signs, colons and line ends separate; a point or a hyphen within a word does not.
std::vector<std::string> words_of(std::string_view utf8);

// How words are compared: Latin capitals as small letters, Persian and Arabic forms of one letter as one, digits as
// 0-9.
std::string folded(std::string_view word);

// All words but the first `skip`, joined as the menu engine takes several answers: "120*45*33*7".
std::string as_answers(const std::vector<std::string>& words, std::size_t skip);

} // namespace tallyline::sms
