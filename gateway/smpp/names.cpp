#include "gateway/smpp/names.h"

#include <array>
#include <fmt/format.h>

namespace tallyline::smpp {
namespace {

struct status_name {
  std::uint32_t value;
  std::string_view name, meaning;
};

constexpr std::array<status_name, 47> status_names = {{
    {0x00, "ESME_ROK", "no error"},
    {0x01, "ESME_RINVMSGLEN", "invalid message length"},
    {0x02, "ESME_RINVCMDLEN", "invalid command length"},
    {0x03, "ESME_RINVCMDID", "invalid command id"},
    {0x04, "ESME_RINVBNDSTS", "wrong bind state for this command"},
    {0x05, "ESME_RALYBND", "already bound"},
    {0x06, "ESME_RINVPRTFLG", "invalid priority"},
    {0x07, "ESME_RINVREGDLVFLG", "invalid registered delivery"},
    {0x08, "ESME_RSYSERR", "system error"},
    {0x0A, "ESME_RINVSRCADR", "invalid source address"},
    {0x0B, "ESME_RINVDSTADR", "invalid destination address"},
    {0x0C, "ESME_RINVMSGID", "invalid message id"},
    {0x0D, "ESME_RBINDFAIL", "bind failed"},
    {0x0E, "ESME_RINVPASWD", "invalid password"},
    {0x0F, "ESME_RINVSYSID", "invalid system id"},
    {0x11, "ESME_RCANCELFAIL", "cancel failed"},
    {0x13, "ESME_RREPLACEFAIL", "replace failed"},
    {0x14, "ESME_RMSGQFUL", "message queue full"},
    {0x15, "ESME_RINVSERTYP", "invalid service type"},
    {0x33, "ESME_RINVNUMDESTS", "invalid number of destinations"},
    {0x34, "ESME_RINVDLNAME", "invalid distribution list"},
    {0x40, "ESME_RINVDESTFLAG", "invalid destination flag"},
    {0x42, "ESME_RINVSUBREP", "replace is not possible here"},
    {0x43, "ESME_RINVESMCLASS", "invalid esm class"},
    {0x44, "ESME_RCNTSUBDL", "cannot submit to a distribution list"},
    {0x45, "ESME_RSUBMITFAIL", "submit failed"},
    {0x48, "ESME_RINVSRCTON", "invalid source type of number"},
    {0x49, "ESME_RINVSRCNPI", "invalid source numbering plan"},
    {0x50, "ESME_RINVDSTTON", "invalid destination type of number"},
    {0x51, "ESME_RINVDSTNPI", "invalid destination numbering plan"},
    {0x53, "ESME_RINVSYSTYP", "invalid system type"},
    {0x54, "ESME_RINVREPFLAG", "invalid replace flag"},
    {0x55, "ESME_RINVNUMMSGS", "invalid number of messages"},
    {0x58, "ESME_RTHROTTLED", "throttled: too many messages"},
    {0x61, "ESME_RINVSCHED", "invalid delivery time"},
    {0x62, "ESME_RINVEXPIRY", "invalid validity period"},
    {0x63, "ESME_RINVDFTMSGID", "invalid predefined message"},
    {0x64, "ESME_RX_T_APPN", "temporary error of the receiver"},
    {0x65, "ESME_RX_P_APPN", "permanent error of the receiver"},
    {0x66, "ESME_RX_R_APPN", "rejected by the receiver"},
    {0x67, "ESME_RQUERYFAIL", "query failed"},
    {0xC0, "ESME_RINVOPTPARSTREAM", "broken TLVs"},
    {0xC1, "ESME_ROPTPARNOTALLWD", "TLV not allowed"},
    {0xC2, "ESME_RINVPARLEN", "invalid length of a TLV"},
    {0xC3, "ESME_RMISSINGOPTPARAM", "a TLV is missing"},
    {0xC4, "ESME_RINVOPTPARAMVAL", "invalid value of a TLV"},
    {0xFF, "ESME_RUNKNOWNERR", "unknown error"},
}};

const status_name* find(status s) noexcept {
  for (const auto& n : status_names)
    if (n.value == static_cast<std::uint32_t>(s)) return &n;
  return nullptr;
}

std::string_view range_of(std::uint32_t value) {
  if (value >= 0x400 && value <= 0x4FF) return "the operator's own"; // 5.1.3, table 5-2
  return "reserved";
}

} // namespace

std::string_view name_of(command id) noexcept {
  switch (id) {
  case command::generic_nack:
    return "generic_nack";
  case command::bind_receiver:
    return "bind_receiver";
  case command::bind_receiver_resp:
    return "bind_receiver_resp";
  case command::bind_transmitter:
    return "bind_transmitter";
  case command::bind_transmitter_resp:
    return "bind_transmitter_resp";
  case command::submit_sm:
    return "submit_sm";
  case command::submit_sm_resp:
    return "submit_sm_resp";
  case command::deliver_sm:
    return "deliver_sm";
  case command::deliver_sm_resp:
    return "deliver_sm_resp";
  case command::unbind:
    return "unbind";
  case command::unbind_resp:
    return "unbind_resp";
  case command::bind_transceiver:
    return "bind_transceiver";
  case command::bind_transceiver_resp:
    return "bind_transceiver_resp";
  case command::outbind:
    return "outbind";
  case command::enquire_link:
    return "enquire_link";
  case command::enquire_link_resp:
    return "enquire_link_resp";
  case command::alert_notification:
    return "alert_notification";
  case command::data_sm:
    return "data_sm";
  case command::data_sm_resp:
    return "data_sm_resp";
  }
  return "unknown command";
}

std::string_view name_of(status s) noexcept {
  const status_name* n = find(s);
  return n ? n->name : std::string_view{};
}

std::string describe(status s) {
  if (const status_name* n = find(s)) return fmt::format("{} ({})", n->name, n->meaning);
  const auto value = static_cast<std::uint32_t>(s);
  return fmt::format("{:#010x} ({})", value, range_of(value));
}

} // namespace tallyline::smpp
