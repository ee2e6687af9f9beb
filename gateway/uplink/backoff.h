// How long to wait before the next try of something that failed.
#pragma once

#include <algorithm>
#include <chrono>

#include "common/base/random.h"

namespace ecg::uplink {

// Doubles from first to cap; each wait is drawn evenly from half of it to all of it, so that many gateways
// that lost the center together come back spread out. One thread.
class Backoff {
 public:
  Backoff(Random& random, std::chrono::milliseconds first, std::chrono::milliseconds cap)
      : random_(random), first_(first), cap_(cap), next_(first) {}

  std::chrono::milliseconds next(std::chrono::milliseconds cap_now) {
    const auto base = std::min({next_, cap_, cap_now});
    next_ = std::min(next_ * 2, cap_);
    return std::chrono::milliseconds(
        static_cast<std::int64_t>(static_cast<double>(base.count()) * (0.5 + 0.5 * random_.unit())));
  }
  std::chrono::milliseconds next() { return next(cap_); }
  void reset() { next_ = first_; }

 private:
  Random& random_;
  const std::chrono::milliseconds first_, cap_;
  std::chrono::milliseconds next_;
};

inline constexpr std::chrono::milliseconds kBackoffFirst{500};
inline constexpr std::chrono::milliseconds kBackoffCap{60'000};
// While something waits to be sent.
inline constexpr std::chrono::milliseconds kBackoffCapUrgent{4'000};

}  // namespace ecg::uplink
