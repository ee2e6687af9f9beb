#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <tuple>
#include <utility>

#include <gtest/gtest.h>

#include "dsp/filter/band.h"
#include "dsp/filter/baseline.h"
#include "dsp/filter/basic.h"
#include "dsp/filter/mains.h"
#include "dsp/filter/resample.h"

namespace ecg::dsp {
namespace {

constexpr Hertz kFs{500};

std::vector<float> sine(double hz, double amplitude, double seconds, Hertz fs = kFs) {
  std::vector<float> x(static_cast<std::size_t>(seconds * fs.value));
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] = static_cast<float>(amplitude *
                              std::sin(2 * std::numbers::pi * hz * static_cast<double>(i) / fs.value + 0.7));
  }
  return x;
}

double peak_in_middle(const std::vector<float>& x) {
  float most = 0;
  for (std::size_t i = x.size() / 4; i < 3 * x.size() / 4; ++i) most = std::max(most, std::abs(x[i]));
  return static_cast<double>(most);
}

TEST(Mains, ASteadySineGoesAtEverySamplingFrequency) {
  for (double hz : {250.0, 360.0, 500.0, 1000.0}) {
    for (double mains : {50.0, 60.0}) {
      std::vector<float> x = sine(mains, 200, 10, {hz});
      EXPECT_NEAR(remove_mains(x, {hz}, mains).mains, 200, 6) << hz << " " << mains;
      EXPECT_LT(peak_in_middle(x), 5) << hz << " " << mains;
    }
  }
}

TEST(Mains, ASlowWaveStaysAsItIs) {
  std::vector<float> x = sine(8, 500, 10);
  const std::vector<float> before = x;
  remove_mains(x, kFs, 50);
  for (std::size_t i = 0; i < x.size(); ++i) ASSERT_NEAR(x[i], before[i], 2) << i;
}

TEST(Mains, AStepDoesNotRing) {
  std::vector<float> x = sine(50, 100, 10);
  for (std::size_t i = 2500; i < 2520; ++i) x[i] += 2000;
  remove_mains(x, kFs, 50);
  for (std::size_t i = 2560; i < 2900; ++i) ASSERT_LT(std::abs(x[i]), 8) << i;
}

TEST(Mains, OffOrTooShortChangesNothing) {
  std::vector<float> x = sine(50, 100, 10);
  const std::vector<float> before = x;
  EXPECT_EQ(remove_mains(x, kFs, 0).mains, 0);
  EXPECT_EQ(x, before);
  std::vector<float> brief(100, 1);
  EXPECT_EQ(remove_mains(brief, kFs, 50).mains, 0);
}

TEST(Baseline, ZeroPhaseHighPassRemovesWanderAndKeepsTheQrsBand) {
  std::vector<float> slow = sine(0.1, 1000, 20), fast = sine(10, 1000, 20);
  remove_baseline_zero_phase(slow, kFs);
  remove_baseline_zero_phase(fast, kFs);
  EXPECT_LT(peak_in_middle(slow), 10);
  EXPECT_NEAR(peak_in_middle(fast), 1000, 15);
}

// IEC 60601-2-25: after an impulse of 3 mV for 100 ms the level may be off by 0.1 mV at most.
TEST(Baseline, KnotsLeaveTheLevelAfterAnImpulse) {
  std::vector<float> x(5000, 0);
  std::vector<SampleIndex> knots;
  for (SampleIndex k = 250; k < 5000; k += 500) {
    knots.push_back(k);
    for (SampleIndex i = k; i < k + 50; ++i) x[static_cast<std::size_t>(i)] = 3000;
  }
  remove_baseline_at_knots(x, knots, kFs);
  for (std::size_t i = 2800; i < 3200; ++i) ASSERT_LT(std::abs(x[i]), 100) << i;
}

// A QRS-like wave each second.
std::vector<float> beats(double seconds, Hertz fs = kFs) {
  std::vector<float> x(static_cast<std::size_t>(seconds * fs.value), 0);
  for (double at = 0.4; at < seconds; at += 0.8) {
    for (std::size_t i = 0; i < x.size(); ++i) {
      const double t = static_cast<double>(i) / fs.value - at;
      x[i] += static_cast<float>(1500 * std::exp(-t * t / (2 * 0.012 * 0.012)) -
                                 400 * std::exp(-(t - 0.03) * (t - 0.03) / (2 * 0.01 * 0.01)) +
                                 250 * std::exp(-(t - 0.28) * (t - 0.28) / (2 * 0.05 * 0.05)));
    }
  }
  return x;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b, std::size_t from,
                          std::size_t to) {
  float most = 0;
  for (std::size_t i = from; i < to; ++i) most = std::max(most, std::abs(a[i] - b[i]));
  return static_cast<double>(most);
}

TEST(Mains, CleanBeatsStayAsTheyAre) {
  for (double hz : {250.0, 500.0, 1000.0}) {
    const std::vector<float> before = beats(10, {hz});
    for (double mains : {50.0, 60.0}) {
      std::vector<float> x = before;
      remove_mains(x, {hz}, mains);
      EXPECT_LT(largest_difference(x, before, 0, x.size()), 3) << hz << " " << mains;
    }
  }
}

TEST(Mains, BeatsUnderMainsComeOutAsTheyWere) {
  const std::vector<float> before = beats(10);
  const std::vector<float> hum = sine(50, 200, 10);
  std::vector<float> x = before;
  for (std::size_t i = 0; i < x.size(); ++i) x[i] += hum[i];
  remove_mains(x, kFs, 50);
  EXPECT_LT(largest_difference(x, before, 100, x.size() - 100), 8);
}

TEST(Mains, ADriftOfHalfAHertzIsFollowed) {
  for (double hz : {49.5, 50.5}) {
    std::vector<float> x = sine(hz, 200, 10);
    remove_mains(x, kFs, 50);
    EXPECT_LT(peak_in_middle(x), 12) << hz;
  }
}

TEST(Mains, AStepOfAmplitudeIsFollowedWithinHalfASecond) {
  std::vector<float> x = sine(50, 50, 10);
  for (std::size_t i = 2500; i < x.size(); ++i) x[i] *= 4;
  remove_mains(x, kFs, 50);
  const std::vector<float> zero(x.size(), 0);
  EXPECT_LT(largest_difference(x, zero, 100, 2200), 3);
  EXPECT_LT(largest_difference(x, zero, 2800, 4900), 6);
}

TEST(Mains, SampleBySampleGivesTheSameAsAtOnce) {
  for (double hz : {250.0, 360.0, 500.0}) {
    std::vector<float> x = beats(12, {hz});
    const std::vector<float> hum = sine(50.2, 120, 12, {hz});
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += hum[i];
    MainsCanceller canceller({hz}, 50);
    std::vector<float> live;
    for (float sample : x) {
      if (const auto out = canceller.push(sample)) live.push_back(*out);
    }
    ASSERT_EQ(live.size() + static_cast<std::size_t>(canceller.latency()), x.size());
    EXPECT_LT(canceller.latency() / hz, 0.6);
    remove_mains(x, {hz}, 50);
    for (std::size_t i = 0; i + static_cast<std::size_t>(hz) < x.size(); ++i) ASSERT_EQ(live[i], x[i]) << i;
  }
}

TEST(Mains, MuscleIsMeasuredWithoutMainsAndWithoutQrs) {
  std::vector<float> x = beats(10);
  const std::vector<float> hum = sine(50, 300, 10);
  std::uint32_t state = 1;
  for (std::size_t i = 0; i < x.size(); ++i) {
    double noise = 0;
    for (int k = 0; k < 12; ++k)
      noise += static_cast<double>((state = state * 1664525U + 1013904223U) >> 8) / 16777216.0;
    x[i] += hum[i] + static_cast<float>(40 * (noise - 6));
  }
  EXPECT_NEAR(remove_mains(x, kFs, 50).muscle, 40, 6);
}

// IEC 60601-2-25: after 3 mV for 100 ms at most 0.1 mV off and 0.3 mV/s of slope.
TEST(Band, TheDiagnosticHighPassStandsTheImpulseTest) {
  for (double hz : {250.0, 500.0, 1000.0}) {
    DiagnosticHighPass filter({hz});
    std::vector<float> out;
    for (int i = 0; i < static_cast<int>(4 * hz); ++i) {
      const bool inside = i >= static_cast<int>(hz) && i < static_cast<int>(1.1 * hz);
      out.push_back(filter.push(inside ? 3000.0F : 0.0F));
    }
    for (std::size_t i = static_cast<std::size_t>(1.1 * hz); i < out.size(); ++i) {
      ASSERT_GT(out[i], -100.0F) << hz << " " << i;
      if (i > static_cast<std::size_t>(1.1 * hz)) {
        ASSERT_LT(std::abs(static_cast<double>(out[i] - out[i - 1])) * hz, 300) << hz << " " << i;
      }
    }
  }
}

TEST(Band, LessThanTheDiagnosticBandIsSaid) {
  EXPECT_FALSE(diagnostic_band({500}).reduced);
  EXPECT_EQ(diagnostic_band({500}).high_hz, 150);
  EXPECT_TRUE(diagnostic_band({250}).reduced);
  EXPECT_EQ(diagnostic_band({250}).high_hz, 100);
}

TEST(Band, TheMuscleViewPassesBelowItsEdgeAndStopsAbove) {
  for (const auto& [hz, least, most] : {std::tuple{5.0, 990.0, 1010.0},
                                        {25.0, 980.0, 1010.0},
                                        {40.0, 450.0, 550.0},
                                        {55.0, 0.0, 6.0},
                                        {100.0, 0.0, 6.0}}) {
    std::vector<float> x = sine(hz, 1000, 6);
    muscle_view(kFs).apply(x);
    EXPECT_GE(peak_in_middle(x), least) << hz;
    EXPECT_LE(peak_in_middle(x), most) << hz;
  }
}

TEST(Band, LiveAndWholeAgreeAndTheDelayIsAsStated) {
  const std::vector<float> x = beats(6);
  LinearPhaseLowPass filter = muscle_view(kFs);
  std::vector<float> whole = x, live;
  for (float sample : x) live.push_back(filter.push(sample));
  filter.apply(whole);
  const auto delay = static_cast<std::size_t>(filter.latency());
  for (std::size_t i = delay; i < x.size(); ++i) ASSERT_EQ(live[i], whole[i - delay]) << i;
}

TEST(Baseline, LiveTakesOutWanderAndOnlyDelaysAQrs) {
  const std::vector<float> x = beats(20);
  const std::vector<float> wander = sine(0.1, 1000, 20);
  LiveBaseline still(kFs), moving(kFs);
  std::vector<float> a, b;
  for (std::size_t i = 0; i < x.size(); ++i) {
    a.push_back(still.push(x[i]));
    b.push_back(moving.push(x[i] + wander[i]));
  }
  EXPECT_LT(largest_difference(a, b, 2000, x.size()), 80);
  const auto delay = static_cast<std::size_t>(still.latency());
  const double offset = static_cast<double>(a[4000 + delay] - x[4000]);
  for (std::size_t i = 4000; i < 4400; ++i) ASSERT_NEAR(a[i + delay] - x[i], offset, 60) << i;
}

TEST(Resample, WavesKeepTheirSizeAndTheirPlace) {
  for (const auto& [from, to] : {std::pair{250.0, 500.0},
                                 {500.0, 250.0},
                                 {360.0, 500.0},
                                 {1000.0, 500.0},
                                 {500.0, 300.0},
                                 {257.3, 500.0}}) {
    const double edge = 0.4 * std::min(from, to);
    for (double hz : {1.0, 0.3 * edge, edge}) {
      const std::vector<float> x = resampled(sine(hz, 1000, 6, {from}), {from}, {to});
      const std::vector<float> wanted = sine(hz, 1000, 6, {to});
      ASSERT_NEAR(static_cast<double>(x.size()), static_cast<double>(wanted.size()), 1);
      EXPECT_LT(largest_difference(x, wanted, x.size() / 4, 3 * x.size() / 4), 3)
          << from << " " << to << " " << hz;
    }
  }
}

TEST(Resample, WhatCannotBeCarriedDoesNotComeBackAsSomethingElse) {
  const std::vector<float> x = resampled(sine(190, 1000, 6, {500}), {500}, {250});
  EXPECT_LT(peak_in_middle(x), 2);
}

TEST(Resample, ThereAndBackIsTheSame) {
  const std::vector<float> x = beats(8);
  for (double hz : {250.0, 360.0, 1000.0}) {
    const std::vector<float> back = resampled(resampled(x, kFs, {hz}), {hz}, kFs);
    EXPECT_LT(largest_difference(back, x, 500, 3500), 5) << hz;
  }
}

TEST(Resample, SampleBySampleGivesTheSameAsAtOnce) {
  const std::vector<float> x = beats(5, {360});
  Resampler resampler({360}, {500});
  std::vector<float> live;
  for (float sample : x) {
    const std::size_t before = live.size();
    resampler.push(sample, live);
    ASSERT_LE(live.size() - before, resampler.most_per_push());
  }
  const std::vector<float> whole = resampled(x, {360}, {500});
  for (std::size_t i = 0; i < live.size(); ++i) ASSERT_EQ(live[i], whole[i]) << i;
  EXPECT_GE(live.size() + 60, whole.size());
}

}  // namespace
}  // namespace ecg::dsp
