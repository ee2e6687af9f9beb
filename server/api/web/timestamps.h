// Timestamp <-> google.protobuf.Timestamp.
#pragma once

#include <cstdint>
#include <optional>

#include <google/protobuf/timestamp.pb.h>

#include "common/base/clock.h"

namespace ecg::web {

inline void put(Timestamp t, google::protobuf::Timestamp& out) {
  const std::int64_t us = to_micros(t);
  const std::int64_t seconds = us >= 0 ? us / 1'000'000 : -((-us + 999'999) / 1'000'000);
  out.set_seconds(seconds);
  out.set_nanos(static_cast<std::int32_t>(us - seconds * 1'000'000) * 1000);
}

inline Timestamp take(const google::protobuf::Timestamp& t) {
  return from_micros(t.seconds() * 1'000'000 + t.nanos() / 1000);
}

}  // namespace ecg::web
