#include "gateway/exports/eml.h"

#include <fmt/format.h>

namespace tallyline::gateway {
namespace {

class document {
public:
  explicit document(int message, const counted_election& c) {
    out_ = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<EML xmlns=\"urn:oasis:names:tc:evs:schema:eml\" "
                       "Id=\"{}\" SchemaVersion=\"5.0\">\n",
                       message);
    line("TransactionId", c.generated);
  }
  template <class Inside> void element(std::string_view name, Inside inside, std::string_view attributes = {}) {
    indent() += fmt::format("<{}{}{}>\n", name, attributes.empty() ? "" : " ", attributes);
    ++depth_;
    inside();
    --depth_;
    indent() += fmt::format("</{}>\n", name);
  }
  void line(std::string_view name, std::string_view text, std::string_view attributes = {}) {
    indent() += fmt::format("<{0}{1}{2}>{3}</{0}>\n", name, attributes.empty() ? "" : " ", attributes, xml_text(text));
  }
  void line(std::string_view name, std::int64_t n) { line(name, fmt::to_string(n)); }
  static std::string id(std::string_view value) { return fmt::format("Id=\"{}\"", xml_text(value)); }
  std::string take() { return std::move(out_) + "</EML>\n"; }

private:
  std::string& indent() { return out_.append(2 * depth_, ' '); }
  std::string out_;
  std::size_t depth_ = 1;
};

void election_identifier(document& d, const storage::election& e) {
  d.element(
      "ElectionIdentifier", [&] { d.line("ElectionName", e.name); },
      document::id(e.date.empty() ? "election" : e.date));
}

void contest_identifier(document& d, const storage::contest& c) {
  d.element(
      "ContestIdentifier", [&] { d.line("ContestName", storage::in_language(c.name, 0)); }, document::id(c.code));
}

void candidate(document& d, const storage::candidate& c) {
  d.element("Candidate", [&] {
    d.element(
        "CandidateIdentifier", [&] { d.line("CandidateName", storage::in_language(c.name, 0)); },
        document::id(fmt::to_string(c.number)));
  });
}

void votes(document& d, const storage::election& e, const storage::contest& c, const tally& t) {
  for (std::size_t i = 0; i < c.candidates.size(); ++i)
    d.element("Selection", [&] {
      candidate(d, e.candidates[c.candidates[i]]);
      d.line("ValidVotes", t.by_candidate[i]);
    });
  d.line("Cast", t.ballots);
  d.line("TotalCounted", t.votes);
  d.line("RejectedVotes", fmt::to_string(t.invalid), "ReasonCode=\"invalid\"");
}

} // namespace

std::string xml_text(std::string_view utf8) {
  std::string out;
  for (const char c : utf8) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else if (c == '\'')
      out += "&apos;";
    else if (static_cast<unsigned char>(c) >= 0x20 || c == '\t' || c == '\n' || c == '\r')
      out += c;
  }
  return out;
}

std::string eml_510(const counted_election& c) {
  document d(510, c);
  const auto contest = [&](std::size_t i) {
    contest_identifier(d, c.e.contests[i]);
    d.element("TotalVotes", [&] { votes(d, c.e, c.e.contests[i], c.of_whole.of(i, 0)); });
    for (std::size_t r = 0; r < c.parts.rows.size(); ++r)
      if (c.of_parts.of(i, r).of > 0)
        d.element("ReportingUnitVotes", [&] {
          d.line("ReportingUnitIdentifier", c.parts.rows[r].name, document::id(c.parts.rows[r].code));
          votes(d, c.e, c.e.contests[i], c.of_parts.of(i, r));
        });
  };
  d.element("Count", [&] {
    d.element("Election", [&] {
      election_identifier(d, c.e);
      d.element("Contests", [&] {
        for (std::size_t i = 0; i < c.e.contests.size(); ++i)
          d.element("Contest", [&] { contest(i); });
      });
    });
  });
  return d.take();
}

std::string eml_520(const counted_election& c) {
  document d(520, c);
  const auto contest = [&](std::size_t i) {
    const auto& its = c.e.contests[i];
    const auto& t = c.of_whole.of(i, 0);
    const auto seats = standing_of(its, t);
    contest_identifier(d, its);
    for (std::size_t k = 0; k < its.candidates.size(); ++k)
      d.element("Selection", [&] {
        candidate(d, c.e.candidates[its.candidates[k]]);
        d.line("Votes", t.by_candidate[k]);
        d.line("Elected", seats.has_seat(t.by_candidate[k]) ? "yes" : "no");
      });
  };
  d.element("Result", [&] {
    d.element("Election", [&] {
      election_identifier(d, c.e);
      for (std::size_t i = 0; i < c.e.contests.size(); ++i)
        d.element("Contest", [&] { contest(i); });
    });
  });
  return d.take();
}

} // namespace tallyline::gateway
