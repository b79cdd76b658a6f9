// Short messages over GSM modems as one more way of sms_bearer: what comes in is deleted from the SIM when what it said
// is on disk, what goes out takes the modem that is free.
//
// Network thread only. Put together like this, after the SMPP binds:
//   gateway::modem_sms modem_sms(sms, settings);
//   modem::pool_handlers h = …;
//   modem_sms.listen(h);
//   modem::pool pool(ports, lines, h);
//   modem_sms.use(pool);
// What comes in may make sms.next_expiry() earlier: `changed` is called then, as after a batch of SMPP.
#pragma once

#include "gateway/sms/tpdu.h"
#include "gateway/sms/way.h"
#include "gateway/sms_bearer.h"
#include "modem/pool.h"

#include <functional>
#include <string>
#include <string_view>

namespace tallyline::gateway {

struct modem_sms_settings {
  std::string name = "modems"; // among the SMSCs, and in the outbox on disk: stays the same over restarts
  std::uint32_t smsc = 0;      // a number that no SMSC has
  std::string code;            // what the messages were sent to, as far as menus ask for it: "140"
  std::string country;         // such as 98, for numbers that come as 0912…; empty: they are taken as they are
  std::function<void()> changed = {};
};

class modem_sms final : public sms::way {
public:
  modem_sms(sms_bearer& bearer, modem_sms_settings s);
  modem_sms(const modem_sms&) = delete;
  modem_sms& operator=(const modem_sms&) = delete;

  // Fills in what concerns short messages; what was there is called as well.
  void listen(modem::pool_handlers& h);
  void use(modem::pool& p) { pool_ = &p; }

  // sms::way
  bool can_submit() const override;
  bool submit(const smpp::message& m, std::uint64_t token) override;
  void flush() override {}
  void respond(std::uint64_t ticket, smpp::status s) override;
  std::uint64_t connection() const override { return 0; }

  // E.164 without a plus, from what the network tells.
  static std::string full_number(const sms::delivered_message& d, std::string_view country);

private:
  void message_in(const modem::message_in& m);
  void message_sent(const modem::message_sent& s);
  void changed() const {
    if (settings_.changed) settings_.changed();
  }

  sms_bearer& bearer_;
  modem_sms_settings settings_;
  modem::pool* pool_ = nullptr;
  std::uint32_t number_; // among the bearer's ways
  bool served_ = false;  // a modem has been in service
};

} // namespace tallyline::gateway
