#include "common/base/clock.h"

#include <gtest/gtest.h>

namespace ecg {
namespace {

TEST(Iso8601, WritesMicrosecondsInUtc) {
  EXPECT_EQ(to_iso8601(from_micros(0)), "1970-01-01T00:00:00.000000Z");
  EXPECT_EQ(to_iso8601(from_micros(1795269751123456)), "2026-11-21T14:02:31.123456Z");
  EXPECT_EQ(to_iso8601(from_micros(-1)), "1969-12-31T23:59:59.999999Z");
}

TEST(Iso8601, ReadsWhatItWrites) {
  for (const std::int64_t us : {0L, 1L, 1795269751123456L, -1L, 951827696000000L})
    EXPECT_EQ(parse_iso8601(to_iso8601(from_micros(us))), from_micros(us)) << us;
}

TEST(Iso8601, FractionMayHaveNoneToSixDigits) {
  EXPECT_EQ(parse_iso8601("1970-01-01T00:00:01Z"), from_micros(1000000));
  EXPECT_EQ(parse_iso8601("1970-01-01T00:00:01.5Z"), from_micros(1500000));
  EXPECT_EQ(parse_iso8601("1970-01-01T00:00:01.000001Z"), from_micros(1000001));
}

TEST(Iso8601, WhatIsNoTimeIsRefused) {
  for (const char* bad :
       {"", "1970-01-01", "1970-01-01T00:00:00", "1970-01-01T00:00:00+08:00", "1970-13-01T00:00:00Z",
        "2023-02-29T00:00:00Z", "1970-01-01T24:00:00Z", "1970-01-01T00:60:00Z", "1970-01-01T00:00:60Z",
        "1970-01-01T00:00:00.Z", "1970-01-01T00:00:00.1234567Z", "1970-01-01T00:00:00Zx"})
    EXPECT_FALSE(parse_iso8601(bad).has_value()) << bad;
}

TEST(ManualTime, SteadyTimeDoesNotFollowAWallStep) {
  ManualClock clock(from_micros(1000));
  clock.advance(Duration{500});
  EXPECT_EQ(to_micros(clock.now()), 1500);
  EXPECT_EQ(clock.steady(), Duration{500});
  clock.step_wall(Duration{-1400});
  EXPECT_EQ(to_micros(clock.now()), 100);
  EXPECT_EQ(clock.steady(), Duration{500});
}

TEST(SystemTime, SteadyTimeDoesNotGoBack) {
  const SystemClock clock;
  Duration last = clock.steady();
  for (int i = 0; i < 1000; ++i) {
    const Duration now = clock.steady();
    EXPECT_GE(now, last);
    last = now;
  }
}

}  // namespace
}  // namespace ecg
