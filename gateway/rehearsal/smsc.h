// The simulated SMSC: takes ESME binds on a loopback port and turns phones' key strokes into USSD over SMPP, in a
// dialect, as an operator's SMSC would. Strict where operators are strict: refuses text that is too long,
// answers submit_sm for an unknown session with an error, times sessions out. Network thread of its io_context only.
#pragma once

#include "gateway/smpp/dialect.h"
#include "gateway/smpp/pdu.h"

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace tallyline::rehearsal {

struct smsc_settings {
  std::uint16_t port = 0; // 0: any free one, see smsc::port()
  std::string system_id;  // empty: every ESME may bind
  std::string password;
  unsigned session_limit_s = 180; // of a whole session; as operators commonly set it
  unsigned answer_limit_s = 30;   // for the gateway to answer
  unsigned throttle_every = 0;    // every so manieth submit_sm is answered ESME_RTHROTTLED; 0: none
  smpp::dialect dialect = smpp::standard_dialect;
};

// What a phone sees.
enum class page_kind : std::uint8_t { question, final, failed };
struct page {
  page_kind kind = page_kind::question;
  std::string_view text; // UTF-8; for `failed` what the handset would show
};

class smsc {
public:
  using handset = std::function<void(const page&)>; // called for every page; after final or failed never again

  smsc(boost::asio::io_context& io, smsc_settings settings);
  ~smsc();
  smsc(const smsc&) = delete;
  smsc& operator=(const smsc&) = delete;

  std::uint16_t port() const;
  bool has_esme() const;
  // Called whenever an ESME binds (true) or the last one goes (false). Adds a listener; all live as long as the SMSC.
  void on_esme(std::function<void(bool)> told);

  // One line for a log at every bind, unbind and loss of a connection.
  void on_notice(std::function<void(std::string_view)> told);

  // Opens a session; returns 0 when no ESME is bound, the code is no dial string (*140#, *140*1*120#) or 2^20 sessions
  // are open. One session a subscriber: a second one replaces the first, whose phone sees a failure.
  std::uint32_t dial(std::uint64_t msisdn, std::string_view code, handset h);
  // Ignored when it is not the subscriber's turn; text longer than a page is cut, as a handset's input field does.
  void answer(std::uint32_t session, std::string_view utf8);
  // The subscriber pressed cancel, or the radio was lost: tells the ESME (abort) unless `silently`.
  void hang_up(std::uint32_t session, bool silently = false);
  // SMS: who hears what is sent to a number; a text from one, kept until an ESME has taken it (`done`, may be empty).
  void listen(std::uint64_t msisdn, std::function<void(std::string_view from, std::string_view text)> to);
  void forget(std::uint64_t msisdn);
  void send_sms(std::uint64_t msisdn, std::string_view to, std::string_view text,
                std::function<void(smpp::status)> done);
  void flush(); // what dial/answer queued leaves in one write; also at the end of every read batch
  // An ESME's connection breaks, as a network's does: the newest, so that it is the same bind again and again, and only
  // while another one lives. Its phones see a failure. False when there was no such.
  bool cut_newest();
  // Takes no more binds, unbinds every ESME and tells every phone that is still in a session.
  void stop();

  struct counters {
    std::uint64_t sessions = 0, turns = 0, refused_texts = 0, unknown_sessions = 0, out_of_turn = 0, timeouts = 0;
    std::uint64_t malformed = 0, unknown_commands = 0; // PDUs, of connections that are gone too
  };
  counters count() const;
  std::size_t open_sessions() const;

private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

} // namespace tallyline::rehearsal
