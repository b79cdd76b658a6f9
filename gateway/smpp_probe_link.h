// `tallyline smpp probe`: one bind that listens to one call.
#pragma once

#include "gateway/smpp/smpp_link.h"

#include <iosfwd>

namespace tallyline::gateway {

struct probe_options {
  smpp::link_settings link;
  unsigned patience_s = 120;
};

// PDUs and the verdict go to `out`, talk to `err`. 0 when a dialogue was heard; 1 when nobody dialled or the bind
// failed.
int run_probe(const probe_options& o, std::ostream& out, std::ostream& err);

} // namespace tallyline::gateway
