// A tty's settings and modem lines, by its descriptor. Any thread.
#pragma once

#include "modem/port.h"

#include <optional>
#include <string>

namespace tallyline::modem {

// Opens it for us alone, raw, at this speed. -1 with `why` in words when it cannot be had.
int open_tty(const port_settings& s, std::string& why);
bool set_tty_speed(int fd, unsigned speed);
// With `yes` the tty hangs up when DCD falls.
void hang_up_with_carrier(int fd, bool yes);
bool set_tty_dtr(int fd, bool on);
std::optional<bool> tty_carrier(int fd);
// What the system's own buffer still holds.
std::size_t tty_unsent(int fd);
void discard_tty_output(int fd);

} // namespace tallyline::modem
