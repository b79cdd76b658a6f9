// How a gateway is set up: a YAML file, each value with a default that works on one machine.
#pragma once

#include "gateway/dial_up.h"
#include "gateway/intake.h"
#include "gateway/pin_guard.h"
#include "gateway/queue_settings.h"
#include "gateway/smpp/smpp_link.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace tallyline::gateway {

// How menus may change; stored in the database at the start, which holds it against every command.
struct publishing_settings {
  bool given = false;    // false: what the database says stays
  bool approval = false; // a second person approves each version
  bool freeze_polling_day = false;
  std::string freeze_from, freeze_until; // "2026-06-12 00:00" by the election's clock; empty: no freeze
};

// When the disk is short of room, in MiB.
struct disk_settings {
  std::uint64_t warn_mb = 1024; // less than this is told
  std::uint64_t stop_mb = 64;   // less than this: no new report is begun; those under way are finished
};

// An SMSC and how we are bound to it.
struct smsc_settings {
  std::string name = "smsc";
  smpp::link_settings link;         // of each bind
  std::string dialect = "standard"; // one that ships, or a file
  std::string service_type;         // instead of the dialect's
  int binds = 1;
  bool pairs = false; // each bind is a transmitter and a receiver instead of one transceiver
};

struct config {
  std::filesystem::path database = "tallyline.db";
  std::vector<std::filesystem::path> menus; // empty: the shipped polling menu
  std::vector<smsc_settings> smscs{1};
  intake_settings sessions;
  pin_settings pins;
  // What menu check reckons with: when the operator ends a session, and how long a person takes for one answer.
  int operator_total_s = 180, answer_takes_s = 10;
  publishing_settings publishing;
  dial_up_settings dial_up;
  int head_every_s = 60; // how often the ledger's head is signed
  disk_settings disk;
  queue_settings queues;
  std::string link_listen;         // the report link over TCP, "127.0.0.1:7140"; empty: none
  std::filesystem::path trace_pdu; // file for a wire log; empty: none
  std::uint16_t metrics_port = 0;  // on loopback, for Prometheus; 0: none
  std::string log = "info";        // trace, debug, info, warn, error
  // What time it is, UTC ms, for rehearsals: not in the file. Empty: the system's.
  std::function<std::int64_t()> unix_ms{};
};

// Throws std::runtime_error with "file:line:column: error: what" and the line, as menu scripts do. Paths in the file
// are relative to it.
config read_config(const std::filesystem::path& file);

// A commented file with every setting at its default, for `tallyline serve --print-config`.
std::string sample_config();

} // namespace tallyline::gateway
