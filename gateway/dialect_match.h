// Which dialects a dialogue that was heard fits: what `tallyline smpp probe` says in the end.
//
// Pure. Messages are given as they came; their octets are copied.
#pragma once

#include "gateway/smpp/codec.h"
#include "gateway/smpp/dialect.h"

#include <string>
#include <vector>

namespace tallyline::gateway {

class dialect_match {
public:
  explicit dialect_match(std::vector<smpp::dialect> known) : known_(std::move(known)), scores_(known_.size()) {}

  // The first message of a dialogue, and what answered our question.
  void begun(smpp::command id, const smpp::message& m);
  void replied(smpp::command id, const smpp::message& m);
  // The SMSC's status for the question that we asked in `asked_in`.
  void asked(const smpp::dialect& asked_in, bool taken);

  // The best so far; what to ask the question in.
  const smpp::dialect& best() const;
  // All that fit as well as the best, each with what speaks for it; and what speaks against the next ones.
  std::string verdict() const;

private:
  struct score {
    int points = 0;
    std::uint64_t session = 0;
    std::vector<std::string> notes;
  };
  void judge(std::size_t d, smpp::command id, const smpp::message& m, smpp::ussd_event expected);
  void note(std::size_t d, int points, std::string why);

  std::vector<smpp::dialect> known_;
  std::vector<score> scores_;
};

} // namespace tallyline::gateway
