// How a gateway's callers are answered: modems, the port for trying, terminals, PPP; a part of the configuration.
#pragma once

#include "gateway/terminal/house.h"
#include "gateway/terminal/listen_link.h"
#include "gateway/terminal/ppp.h"
#include "gateway/yaml_settings.h"
#include "modem/pool.h"

#include <string>
#include <vector>

namespace tallyline::gateway {

struct dial_up_settings {
  std::vector<modem::line_settings> modems;
  listen_settings listen;
  terminal_options terminal;
  ppp_settings ppp;
  // Short messages over GSM modems: the code that menus know them by, and the country of numbers that come as 0912….
  std::string sms_code, sms_country;
};

// The sections `modems`, `modem_sms`, `terminal` and `ppp`. They refuse what is wrong as settings_reader does.
void modems_of(const settings_reader& r, const YAML::Node& n, std::vector<modem::line_settings>& all);
void terminal_of(const settings_reader& r, const YAML::Node& n, dial_up_settings& d);
void modem_sms_of(const settings_reader& r, const YAML::Node& n, dial_up_settings& d);
void ppp_of(const settings_reader& r, const YAML::Node& n, ppp_settings& p);

// The same as a commented text for the sample configuration.
std::string sample_dial_up();

} // namespace tallyline::gateway
