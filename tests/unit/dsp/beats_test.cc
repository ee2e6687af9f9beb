#include <algorithm>
#include <cmath>
#include <random>

#include <gtest/gtest.h>

#include "dsp/analysis.h"
#include "dsp/beats/cluster.h"
#include "dsp/beats/median.h"
#include "tests/unit/dsp/simulated.h"

namespace ecg::dsp {
namespace {

constexpr Hertz kRate{500};

float bump(double t_ms, double centre_ms, double width_ms, double height) {
  const double x = (t_ms - centre_ms) / width_ms;
  return static_cast<float>(height * std::exp(-x * x));
}

// One lead with a narrow upright beat or a wide inverted one at each place.
Channel lead_with_beats(const std::vector<SampleIndex>& at, const std::vector<bool>& wide) {
  Channel channel;
  channel.calibrated = true;
  channel.weight = 1;
  channel.centered.assign(static_cast<std::size_t>(at.back()) + 500, 0.0F);
  for (std::size_t b = 0; b < at.size(); ++b) {
    for (int i = -100; i <= 100; ++i) {
      const double ms = 2.0 * i;
      channel.centered[static_cast<std::size_t>(at[b] + i)] +=
          wide[b] ? bump(ms, 0, 55, -1200) : bump(ms, 0, 14, 1000) + bump(ms, 28, 12, -400);
    }
  }
  channel.clean = channel.raw = channel.centered;
  return channel;
}

std::vector<SampleIndex> every(int beats, SampleIndex distance) {
  std::vector<SampleIndex> at;
  for (int b = 1; b <= beats; ++b) at.push_back(b * distance);
  return at;
}

TEST(BeatShapes, TwoShapesAreTwoGroups) {
  const auto at = every(12, 400);
  std::vector<bool> wide(at.size(), false);
  wide[4] = wide[9] = true;
  const Channel channel = lead_with_beats(at, wide);
  const BeatShapes shapes = group_beats({&channel, 1}, at, kRate);
  EXPECT_EQ(shapes.group_size, (std::vector<int>{10, 2}));
  for (std::size_t b = 0; b < at.size(); ++b) EXPECT_EQ(shapes.group[b], wide[b] ? 1 : 0) << b;
  EXPECT_EQ(shapes.rest, -1);
}

TEST(BeatShapes, ABeatMarkedElsewhereInItsQrsIsOfTheSameShape) {
  const auto at = every(12, 400);
  const Channel channel = lead_with_beats(at, std::vector<bool>(at.size(), false));
  auto marked = at;
  for (std::size_t b = 1; b < marked.size(); b += 2) marked[b] += 20;  // 40 ms
  const BeatShapes shapes = group_beats({&channel, 1}, marked, kRate);
  ASSERT_EQ(shapes.group_size.size(), 1U);
  for (std::size_t b = 0; b < at.size(); ++b)
    EXPECT_NEAR(static_cast<double>(shapes.r_peaks[b] - at[b]), 0, 2);
}

TEST(BeatShapes, WhatIsLikeNothingElseIsBounded) {
  std::mt19937 random(1);
  std::normal_distribution<float> noise(0, 300);
  const auto at = every(400, 200);
  Channel channel = lead_with_beats(at, std::vector<bool>(at.size(), false));
  for (float& value : channel.centered) value = noise(random);
  const BeatShapes shapes = group_beats({&channel, 1}, at, kRate);
  EXPECT_LE(shapes.group_size.size(), 25U);
  ASSERT_GE(shapes.rest, 0);
  EXPECT_GT(shapes.group_size[static_cast<std::size_t>(shapes.rest)], 200);
  int sum = 0;
  for (const int size : shapes.group_size) {
    EXPECT_GT(size, 0);
    sum += size;
  }
  EXPECT_EQ(sum, 400);
}

TEST(MedianBeat, IsTheMiddleValueOfTheBeats) {
  std::mt19937 random(2);
  std::normal_distribution<float> noise(0, 100);
  std::vector<float> signal(20000);
  for (float& value : signal) value = noise(random);
  const std::vector<float>* const signals[] = {&signal};
  for (const int beats : {1, 2, 3, 7, 12, 13, 48, 90}) {
    const auto at = every(beats, 200);
    const MedianBeat median = median_beat(signals, at, 70, 97);
    ASSERT_EQ(median.beats, std::min(beats, 48));
    ASSERT_EQ(median.size(), 168);
    if (beats > 48) continue;
    for (int i = 0; i < median.size(); ++i) {
      std::vector<float> column;
      for (const SampleIndex r : at) column.push_back(signal[static_cast<std::size_t>(r - 70 + i)]);
      std::ranges::sort(column);
      ASSERT_EQ(median.leads[0][static_cast<std::size_t>(i)], column[column.size() / 2]) << beats << " " << i;
    }
  }
}

TEST(MedianBeat, BeatsThatLeaveTheRecordingTakePartOnlyWhenThereIsNoOther) {
  std::vector<float> signal(300, 1.0F);
  const std::vector<float>* const signals[] = {&signal};
  EXPECT_EQ(median_beat(signals, std::vector<SampleIndex>{5, 150, 298}, 50, 50).beats, 1);
  EXPECT_EQ(median_beat(signals, std::vector<SampleIndex>{5, 298}, 50, 50).beats, 2);
}

class BeatClasses : public testing::TestWithParam<const char*> {};

// One class per beat; a beat at the very edge of the recording may be missed.
TEST_P(BeatClasses, AreThoseOfTheSimulatedBeats) {
  const Simulated simulated = ecg::dsp::simulated(GetParam(), 60);
  const Analysis analysis = analyze(simulated.recording, {});
  int right = 0, wrong = 0;
  for (const Beat& truth : simulated.truth) {
    for (const Beat& beat : analysis.beats) {
      if (std::abs(beat.r_peak - truth.r_peak) > 50) continue;
      ++(beat.beat_class == truth.beat_class ? right : wrong);
    }
  }
  EXPECT_GT(right, 40);
  EXPECT_LE(wrong, right / 25);
}

INSTANTIATE_TEST_SUITE_P(Scenarios, BeatClasses,
                         testing::Values("sinus:70", "sinus:120,noise=30", "pvc:75", "bigeminy:75",
                                         "sinus:72,shape=lbbb"));

}  // namespace
}  // namespace ecg::dsp
