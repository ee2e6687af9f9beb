#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numbers>

#include <gtest/gtest.h>

#include "dsp/quality/condition.h"
#include "dsp/quality/lead_quality.h"
#include "tests/unit/dsp/simulated.h"

namespace ecg::dsp {
namespace {

Channel channel(std::vector<float> raw, LeadId id = LeadId::kV3) {
  Channel out;
  out.id = id;
  out.calibrated = true;
  out.raw = std::move(raw);
  return out;
}

// Approximately Gaussian, the same each time.
std::vector<float> noise(double rms, std::size_t n) {
  std::vector<float> out(n);
  std::uint32_t state = 7;
  for (float& x : out) {
    double sum = -6;
    for (int k = 0; k < 12; ++k)
      sum += static_cast<double>((state = state * 1664525U + 1013904223U) >> 8) / 16777216.0;
    x = static_cast<float>(rms * sum);
  }
  return out;
}

LeadQuality judged(std::vector<float> raw) {
  std::vector<Channel> channels = {channel(std::move(raw))};
  return condition(channels, {500}, 50).front();
}

std::vector<float> beat_lead(double seconds = 10) {
  const Recording recording = simulated("sinus:72", seconds).recording;
  const Lead& lead = recording.leads[static_cast<std::size_t>(recording.find(LeadId::kV3))];
  std::vector<float> out;
  for (std::size_t i = 0; i < lead.samples.size(); ++i)
    out.push_back(static_cast<float>(lead.microvolts(static_cast<SampleIndex>(i))));
  return out;
}

TEST(Quality, ACleanLeadIsGood) {
  const LeadQuality quality = judged(beat_lead());
  EXPECT_EQ(quality.grade, QualityGrade::kGood);
  EXPECT_TRUE(quality.reasons.empty());
}

TEST(Quality, MoreMuscleIsNeverABetterGrade) {
  QualityGrade before = QualityGrade::kGood;
  for (double rms : {0.0, 10.0, 40.0, 80.0, 200.0, 600.0}) {
    std::vector<float> x = beat_lead();
    const std::vector<float> added = noise(rms, x.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] += added[i];
    const LeadQuality quality = judged(x);
    EXPECT_GE(quality.grade, before) << rms;
    EXPECT_EQ(has_reason(quality, QualityReason::kMuscle), rms >= 40) << rms;
    before = quality.grade;
  }
  EXPECT_EQ(before, QualityGrade::kPoor);
}

TEST(Quality, MoreWanderIsNeverABetterGrade) {
  QualityGrade before = QualityGrade::kGood;
  for (double size : {0.0, 150.0, 600.0, 1500.0, 6000.0}) {
    std::vector<float> x = beat_lead();
    for (std::size_t i = 0; i < x.size(); ++i)
      x[i] += static_cast<float>(size * std::sin(2 * std::numbers::pi * 0.25 * static_cast<double>(i) / 500));
    const LeadQuality quality = judged(x);
    EXPECT_GE(quality.grade, before) << size;
    EXPECT_EQ(has_reason(quality, QualityReason::kBaselineWander), size >= 600) << size;
    before = quality.grade;
  }
  EXPECT_EQ(before, QualityGrade::kPoor);
}

TEST(Quality, OneMovedElectrodeDoesNotSpoilALongRecording) {
  std::vector<float> x = beat_lead(120);
  for (std::size_t i = 30'000; i < 31'000; ++i) x[i] += 20'000;
  EXPECT_NE(judged(x).grade, QualityGrade::kPoor);
  const std::vector<float> strip(x.begin() + 28'000, x.begin() + 33'000);
  EXPECT_EQ(judged(strip).grade, QualityGrade::kPoor);
}

TEST(Quality, MainsIsNamedAndTakenOut) {
  std::vector<float> x = beat_lead();
  for (std::size_t i = 0; i < x.size(); ++i)
    x[i] += static_cast<float>(100 * std::sin(2 * std::numbers::pi * 50 * static_cast<double>(i) / 500));
  const LeadQuality quality = judged(x);
  EXPECT_TRUE(has_reason(quality, QualityReason::kMains));
  EXPECT_FALSE(has_reason(quality, QualityReason::kMuscle));
  EXPECT_EQ(quality.grade, QualityGrade::kDegraded);
}

TEST(Quality, FlatAndSaturatedSecondsAreTold) {
  EXPECT_TRUE(has_reason(judged(std::vector<float>(5000, 12.0F)), QualityReason::kFlat));
  EXPECT_EQ(judged(std::vector<float>(5000, 12.0F)).grade, QualityGrade::kPoor);
  std::vector<float> x = beat_lead();
  for (std::size_t i = 1000; i < 2000; ++i) x[i] = 5000;
  EXPECT_TRUE(has_reason(judged(x), QualityReason::kSaturation));
  EXPECT_GE(judged(x).grade, QualityGrade::kDegraded);
}

// III is made from the filtered I and II only where it is their sum.
TEST(Quality, ALimbLeadThatIsNotTheSumIsFilteredByItself) {
  const std::vector<float> one = noise(100, 5000), two = beat_lead();
  std::vector<float> three(5000);
  for (std::size_t i = 0; i < three.size(); ++i) three[i] = two[i] - one[i];
  const auto conditioned = [&](const std::vector<float>& third) {
    std::vector<Channel> channels = {channel(one, LeadId::kI), channel(two, LeadId::kII),
                                     channel(third, LeadId::kIII)};
    condition(channels, {500}, 50);
    return channels;
  };
  const auto sums = conditioned(three);
  for (std::size_t i = 0; i < three.size(); ++i) {
    ASSERT_EQ(sums[2].clean[i], sums[1].clean[i] - sums[0].clean[i]) << i;
    ASSERT_EQ(sums[2].centered[i], sums[1].centered[i] - sums[0].centered[i]) << i;
  }
  std::vector<float> own = three;
  own[2500] += 500;
  const auto apart = conditioned(own);
  EXPECT_NEAR(apart[2].clean[2500], own[2500], 30);
}

}  // namespace
}  // namespace ecg::dsp
