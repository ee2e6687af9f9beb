// What the program tells systemd: a datagram to the socket that NOTIFY_SOCKET names. Without it nothing is
// sent.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace ecg::notify {

// state: "READY=1", "STOPPING=1", "WATCHDOG=1", "STATUS=46 sites, 44 up"; several are separated by newlines.
// False when there is no supervisor, or it does not listen. Any thread; never blocks.
bool send(std::string_view state);
inline bool ready() {
  return send("READY=1");
}
inline bool stopping() {
  return send("STOPPING=1");
}
inline bool watchdog() {
  return send("WATCHDOG=1");
}

// How often to send WATCHDOG=1: half of what the unit asks (WATCHDOG_USEC); nullopt when it does not.
std::optional<std::chrono::microseconds> watchdog_interval();

}  // namespace ecg::notify
