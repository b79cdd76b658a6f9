#include "gateway/smpp_probe_link.h"

#include "gateway/dialect_files.h"
#include "gateway/dialect_match.h"
#include "gateway/smpp/describe.h"
#include "gateway/smpp/gsm_text.h"
#include "gateway/smpp/ussd.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>
#include <ostream>

namespace tallyline::gateway {
namespace {

class probe {
public:
  probe(const probe_options& o, std::ostream& out, std::ostream& err)
      : out_(out), err_(err), match_(shipped_dialects()), link_(io_, o.link, handlers()), patience_(io_),
        signals_(io_, SIGINT, SIGTERM), options_(o) {}

  int run() {
    err_ << fmt::format("binding to {}:{} as {}; then dial the code on a phone\n", options_.link.host,
                        options_.link.port, options_.link.system_id)
         << std::flush;
    link_.start();
    patience_.expires_after(std::chrono::seconds(options_.patience_s));
    patience_.async_wait([this](boost::system::error_code cancelled) {
      if (!cancelled) end(heard_ ? "the phone did not answer the question" : "nobody dialled");
    });
    signals_.async_wait([this](boost::system::error_code cancelled, int) {
      if (!cancelled) end("interrupted");
    });
    io_.run();
    if (heard_) out_ << match_.verdict() << std::flush;
    return heard_ ? 0 : 1;
  }

private:
  smpp::smpp_link::handlers handlers() {
    smpp::smpp_link::handlers h;
    h.message_in = [this](const smpp::message& m) { on_message(m); };
    h.submit_done = [this](std::uint64_t token, smpp::status s) {
      if (token == question) match_.asked(asked_in_, s == smpp::status::ok);
      if (token == goodbye) end({});
    };
    h.state = [this](bool bound, const std::string& why) {
      if (bound)
        err_ << "bound; waiting for somebody to dial\n" << std::flush;
      else if (why != "stopped")
        err_ << "not bound: " << why << '\n' << std::flush;
    };
    h.trace = [this](bool outgoing, std::span<const std::uint8_t> pdu) {
      if (!outgoing) current_ = smpp::read_header(pdu).id;
      const bool bind = outgoing && (smpp::read_header(pdu).id == smpp::command::bind_transceiver);
      out_ << (outgoing ? "→ " : "← ") << (bind ? "bind_transceiver" : smpp::describe_pdu(pdu)) << '\n' << std::flush;
    };
    return h;
  }

  void on_message(const smpp::message& m) {
    if (!heard_) {
      heard_ = true;
      match_.begun(current_, m);
      asked_in_ = match_.best();
      return say(m, smpp::ussd_event::reply, "tallyline probe: answer 1", question);
    }
    if (answered_) return;
    answered_ = true;
    match_.replied(current_, m);
    say(m, smpp::ussd_event::end, "tallyline probe: thank you", goodbye);
  }

  void say(const smpp::message& to, smpp::ussd_event event, std::string_view text, std::uint64_t token) {
    const auto in = smpp::read_ussd(asked_in_, to);
    smpp::message m;
    m.source = to.destination;
    m.destination = to.source;
    m.destination_ton = m.destination_npi = 1;
    smpp::buffer octets, tlvs;
    m.data_coding = smpp::encode_text(text, octets, {asked_in_.gsm7_coding, asked_in_.ucs2_coding});
    if (asked_in_.echo_coding) m.data_coding = to.data_coding;
    m.text = octets;
    smpp::write_ussd(asked_in_, m, {in ? in->session : 0, turn_++, event, in ? in->id : std::string_view{}}, tlvs);
    link_.submit(m, token, asked_in_.by_data_sm ? smpp::command::data_sm : smpp::command::submit_sm);
  }

  void end(const std::string& why) {
    if (!why.empty()) err_ << why << '\n' << std::flush;
    patience_.cancel();
    signals_.cancel();
    boost::asio::post(io_, [this] { link_.stop([this] { io_.stop(); }); });
  }

  static constexpr std::uint64_t question = 1, goodbye = 2;
  std::ostream& out_;
  std::ostream& err_;
  boost::asio::io_context io_{1};
  dialect_match match_;
  smpp::smpp_link link_;
  boost::asio::steady_timer patience_;
  boost::asio::signal_set signals_;
  const probe_options& options_;
  smpp::dialect asked_in_;
  smpp::command current_ = smpp::command::deliver_sm;
  std::uint32_t turn_ = 0;
  bool heard_ = false, answered_ = false;
};

} // namespace

int run_probe(const probe_options& o, std::ostream& out, std::ostream& err) { return probe(o, out, err).run(); }

} // namespace tallyline::gateway
