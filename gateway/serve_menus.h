// The menus of a gateway: those it starts with, and the switch to others while it runs.
#pragma once

#include "gateway/config.h"
#include "gateway/control_link.h"
#include "gateway/intake.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/system_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <vector>

namespace tallyline::gateway {

// Brings the database up to date, stores the configuration's policy, puts the configuration's menus into service where
// none of their name is, and loads what is in service with the versions before it. Throws std::runtime_error that says
// what to do.
std::vector<live_menu> open_menus(const config& c, const election_world& world);

// Follows what the database says is in service. It is read and loaded on a thread of its own, so that no dialogue waits
// for a script, and switched on the network thread, which makes all calls here.
class menu_switch {
public:
  // All referred to must outlive it; `menus` are those of `desk`.
  menu_switch(boost::asio::io_context& io, std::filesystem::path database, const election_world& world, intake& desk,
              const std::vector<live_menu>& menus);
  ~menu_switch();
  menu_switch(const menu_switch&) = delete;
  menu_switch& operator=(const menu_switch&) = delete;

  // Looks now and once more at each time for which a version is scheduled. When anything cannot be read, everything
  // stays as it was.
  void look(control_link::reply told);
  void stop(); // no more of the looks by time

private:
  struct state;
  std::shared_ptr<state> state_;
  boost::asio::thread_pool reading_{1};
};

} // namespace tallyline::gateway
