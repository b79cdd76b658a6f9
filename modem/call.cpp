#include "modem/call.h"

namespace tallyline::modem {

std::string_view describe(call_end e) noexcept {
  switch (e) {
  case call_end::hung_up:
    return "hung up";
  case call_end::carrier_lost:
    return "carrier lost";
  case call_end::port_gone:
    return "the port is gone";
  case call_end::stopping:
    return "the gateway stops";
  }
  return "over";
}

} // namespace tallyline::modem
