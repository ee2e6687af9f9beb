#include "gateway/uplink/line.h"

#include <gtest/gtest.h>

#include "gateway/uplink/backoff.h"

namespace ecg::uplink {
namespace {

using std::chrono::milliseconds;

TEST(Line, ShortestRoundTripCountsAndAStepOfTheClockShowsAtOnce) {
  ManualClock clock(from_micros(1'000'000'000));
  Line line(clock);
  const auto measure = [&](std::int64_t offset_ms, std::int64_t up_ms, std::int64_t down_ms) {
    const Timestamp sent = clock.now();
    line.note_exchange(sent, sent + milliseconds(up_ms + down_ms), sent + milliseconds(up_ms - offset_ms));
  };
  measure(100, 400, 10);  // a slow way up makes it look 195 ms less
  EXPECT_EQ(line.status().clock_offset_ms, 100 - 195);
  EXPECT_GE(line.status().clock_uncertainty_ms, 205u);
  measure(100, 5, 5);
  EXPECT_EQ(line.status().clock_offset_ms, 100);
  EXPECT_LE(line.status().clock_uncertainty_ms, 6u);
  measure(100, 300, 300);
  EXPECT_EQ(line.status().clock_offset_ms, 100);
  measure(9000, 20, 20);
  EXPECT_EQ(line.status().clock_offset_ms, 9000);
}

TEST(Line, ErrorStaysUntilTheLineIsBack) {
  ManualClock clock(from_micros(0));
  Line line(clock);
  line.set(ecg::v1::LINE_STATE_CONNECTING);
  line.set(ecg::v1::LINE_STATE_DOWN, Error{ErrorCode::kCenterUnreachable, ""});
  clock.advance(milliseconds(5));
  line.set(ecg::v1::LINE_STATE_CONNECTING);
  EXPECT_EQ(line.status().error_code, 6001u);
  EXPECT_EQ(line.status().since, clock.now());
  line.set(ecg::v1::LINE_STATE_CONNECTED);
  EXPECT_EQ(line.status().error_code, 0u);
}

TEST(Backoff, DoublesFromHalfASecondAndNeverPassesTheCap) {
  SeededRandom random(3);
  Backoff backoff(random, kBackoffFirst, kBackoffCap);
  milliseconds base = kBackoffFirst;
  for (int i = 0; i < 12; ++i) {
    const auto wait = backoff.next();
    EXPECT_GE(wait, base / 2);
    EXPECT_LE(wait, base);
    base = std::min(base * 2, kBackoffCap);
  }
  EXPECT_LE(backoff.next(kBackoffCapUrgent), kBackoffCapUrgent);
  backoff.reset();
  EXPECT_LE(backoff.next(), kBackoffFirst);
}

}  // namespace
}  // namespace ecg::uplink
