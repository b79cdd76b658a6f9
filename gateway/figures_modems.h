// The modems' and calls' part of the figures: the same columns for JSON, Prometheus and the tables.
#pragma once

#include "gateway/figures.h"

#include <boost/json.hpp>
#include <functional>
#include <string>

namespace tallyline::gateway {

boost::json::array modems_json(const gateway_figures& f);
boost::json::array calls_json(const gateway_figures& f);
// `head` begins a metric in `out` and gives its full name.
using metric_head = std::function<std::string(const char* prefix, const char* name, const char* help, bool gauge)>;
void append_modems_prometheus(const gateway_figures& f, const metric_head& head, std::string& out);

} // namespace tallyline::gateway
