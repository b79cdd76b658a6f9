// Tests on figures that people made up or that a process distorted leave traces of. Each is a hint, not a finding: real
// elections fail them for honest reasons, and clever fraud passes them. Pure functions, any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace tallyline::gateway::digits {

struct verdict {
  std::size_t n = 0;    // figures that the test could use
  double statistic = 0; // of the test's own kind
  double threshold = 0; // beyond it the test points at something
  bool stands_out() const { return statistic > threshold; }
};

// Figures below it say too little about their last digit.
inline constexpr std::int64_t least_figure = 100;
// Fewer figures are no sample: ten expected in each of ten classes.
inline constexpr std::size_t least_sample = 100;
inline constexpr double chi_square_9_df = 27.88; // upper 0.1 % of chi-square with 9 degrees of freedom
inline constexpr double two_sided_z = 3.29;      // two-sided 0.1 % of the normal distribution

// Last digits are near uniform. Chi-square, 9 degrees of freedom.
// B. Beber and A. Scacco, What the Numbers Say: A Digit-Based Test for Election Fraud, Political Analysis 20 (2012)
// 211.
std::optional<verdict> last_digit(std::span<const std::int64_t> figures);
// Of the last two digits one pair in ten is a repetition (11, 22); people who make figures up avoid them. |z|. As
// above.
std::optional<verdict> repeated_pairs(std::span<const std::int64_t> figures);
// Two in ten end in 0 or 5; more where figures are rounded or estimated. |z|. As above.
std::optional<verdict> round_endings(std::span<const std::int64_t> figures);
// Second digits follow Benford's law. Chi-square, 9 degrees of freedom, figures from 10 on.
// W. Mebane, Election Forensics: The Second-digit Benford's Law Test (2006); against it J. Deckert, M. Myagkov and
// P. Ordeshook, Benford's Law and the Detection of Election Fraud, Political Analysis 19 (2011) 245.
std::optional<verdict> second_digit(std::span<const std::int64_t> figures);

// How far each value lies from the others: the modified z-score 0.6745 (x - median) / MAD; nothing when there are fewer
// than `least_group` or more than half are the same.
// B. Iglewicz and D. Hoaglin, How to Detect and Handle Outliers (1993), who take 3.5 as the threshold.
inline constexpr std::size_t least_group = 20;
inline constexpr double outlier_threshold = 3.5;
std::optional<std::vector<double>> modified_z(std::span<const double> values);

} // namespace tallyline::gateway::digits
