#include <algorithm>
#include <cmath>
#include <numbers>

#include <gtest/gtest.h>

#include "dsp/filter/baseline.h"
#include "dsp/filter/basic.h"
#include "dsp/filter/mains.h"

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

}  // namespace
}  // namespace ecg::dsp
