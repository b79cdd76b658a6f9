// A small made-up election on which any menu script can be tried when there is no pack at hand.
#pragma once

#include "menus/model.h"
#include "storage/election.h"

namespace tallyline::gateway {

// Three stations, an office, two contests (one with one choice, one with several seats), candidates with a gap in their
// numbers, in the script's languages; two people of the script's role for the same scope, 98912000001 and 98912000002.
storage::election sample_election(const menus::script& menu);

} // namespace tallyline::gateway
