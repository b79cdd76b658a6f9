// What goes on between the phones and the ESMEs of the simulated SMSC: key strokes become deliver_sm, submit_sm become
// pages, in a USSD dialect and as strictly as operators are. No sockets and no clock: PDUs leave through
// `wire`, `now` is in milliseconds. One thread; a phone may call back in from within its page.
#pragma once

#include "gateway/rehearsal/session_table.h"
#include "gateway/smpp/codec.h"
#include "gateway/smpp/ussd.h"

#include <string>
#include <string_view>

namespace tallyline::rehearsal {

// The short code of a dial string such as *140# or *140*1*120#: its first group of digits. Nothing when the string is
// none: it starts with * or #, ends with #, has digits, * and # only, a code of at most 18 digits, and fits one USSD
// page.
std::optional<packed_code> short_code(std::string_view dial_string) noexcept;

class exchange {
public:
  // Where PDUs for an ESME go.
  class wire {
  public:
    virtual void deliver(std::uint32_t link, const smpp::message& m, std::uint32_t session) = 0;

  protected:
    ~wire() = default;
  };

  // The dialect must outlive the exchange.
  exchange(wire& out, session_limits limits, const smpp::dialect& spoken = smpp::standard_dialect)
      : out_(out), speech_(spoken), sessions_(limits) {}

  // As in smsc.h. A session that the subscriber still has elsewhere is replaced without a word to the ESME, as when the
  // radio was lost; its phone is told.
  std::uint32_t dial(std::uint32_t link, std::uint64_t msisdn, std::string_view code, smsc::handset phone,
                     std::uint64_t now);
  // Nothing happens when it is not the subscriber's turn. Text over one page is cut, as a handset's input field does.
  void answer(std::uint32_t session, std::string_view utf8, std::uint64_t now);
  void hang_up(std::uint32_t session, bool silently);

  // A submit_sm in two steps, since its response must leave ahead of what the phone says to the page.
  struct judged {
    smpp::status answer = smpp::status::ok;
    std::uint32_t session = 0; // 0: no phone has anything to see
    page shown;                // valid until the next judge()
  };
  judged judge(const smpp::message& submit);
  void show(const judged& j);

  // Whether the message is one of USSD, or to somebody who is in a session and can be shown nothing else.
  bool is_ussd(const smpp::message& submit) const;

  void delivered(std::uint32_t session, smpp::status result);
  void link_gone(std::uint32_t link); // 0: all
  void expire(std::uint64_t now);
  std::optional<std::uint64_t> next_expiry() const noexcept { return sessions_.next_expiry(); }

  const smsc::counters& count() const noexcept { return counters_; }
  std::size_t open_sessions() const noexcept { return sessions_.size(); }

private:
  void send(std::uint32_t session, smpp::ussd_event event, std::string_view utf8);
  std::uint64_t key_of(std::uint32_t session) const;
  bool is_session(std::uint32_t session, std::uint64_t key) const;
  void end(std::uint32_t session, page_kind kind, std::string_view text);
  bool read_text(const smpp::message& m);

  wire& out_;
  const smpp::dialect& speech_;
  session_table sessions_;
  smsc::counters counters_;
  smpp::buffer octets_; // of the text that is being sent
  smpp::buffer tlvs_;   // of the message that is being sent
  std::string text_;    // of the page that is being shown
};

} // namespace tallyline::rehearsal
