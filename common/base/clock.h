// Time as a dependency: production reads the system, tests and the simulator turn the hands themselves.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace ecg {

// UTC, microseconds since 1970. The only wall time inside the programs.
using Timestamp = std::chrono::sys_time<std::chrono::microseconds>;
using Duration = std::chrono::microseconds;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;  // wall time; may step
  // Time that only goes forward, from an arbitrary start; for timers and leases inside one process.
  virtual Duration steady() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
  Duration steady() const override;
};

// For tests: stands still until told.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : now_(start) {}
  Timestamp now() const override { return now_; }
  Duration steady() const override { return steady_; }
  void advance(Duration by) {
    now_ += by;
    steady_ += by;
  }
  void step_wall(Duration by) { now_ += by; }  // a clock correction: steady time does not move

 private:
  Timestamp now_;
  Duration steady_{0};
};

// "2026-11-21T14:02:31.123456Z"; parse accepts any number of fraction digits up to six, none included.
std::string to_iso8601(Timestamp t);
std::optional<Timestamp> parse_iso8601(std::string_view text);

inline std::int64_t to_micros(Timestamp t) {
  return t.time_since_epoch().count();
}
inline Timestamp from_micros(std::int64_t us) {
  return Timestamp{Duration{us}};
}

}  // namespace ecg
