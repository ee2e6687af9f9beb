#include <cmath>

#include <gtest/gtest.h>

#include "dsp/measure/measure_shape.h"
#include "dsp/measure/sensitivity.h"
#include "tests/unit/dsp/simulated.h"

namespace ecg::dsp {
namespace {

constexpr Hertz kHz{500};

// A beat of straight lines between points given in milliseconds and microvolts.
std::vector<float> drawn(const std::vector<std::pair<double, double>>& points, double length_ms) {
  std::vector<float> beat(static_cast<std::size_t>(length_ms / 2));
  for (std::size_t i = 0; i < beat.size(); ++i) {
    const double ms = static_cast<double>(i) * 2;
    for (std::size_t p = 1; p < points.size(); ++p) {
      const auto& from = points[p - 1];
      const auto& to = points[p];
      if (ms < from.first || ms >= to.first) continue;
      beat[i] = static_cast<float>(from.second +
                                   (to.second - from.second) * (ms - from.first) / (to.first - from.first));
    }
  }
  return beat;
}

Delineation bounds(double on_ms, double off_ms, double t_peak_ms, double t_end_ms) {
  const auto at = [](double ms) { return static_cast<int>(ms / 2); };
  Delineation waves;
  waves.qrs = {at(on_ms), at(off_ms)};
  waves.t = TWave{at(t_peak_ms), at(t_end_ms)};
  return waves;
}

TEST(MeasureShape, NamesTheWavesOfAComplexWithFourOfThem) {
  const auto beat = drawn({{0, 0},
                           {200, 0},
                           {210, -200},
                           {220, 0},
                           {235, 1000},
                           {250, 0},
                           {260, -500},
                           {270, 0},
                           {285, 300},
                           {300, 0},
                           {800, 0}},
                          800);
  const LeadShape shape = measure_shape(beat, bounds(200, 300, 500, 600), kHz);
  EXPECT_NEAR(shape.q_uv, 200, 1);
  EXPECT_NEAR(shape.q_ms, 20, 3);
  EXPECT_NEAR(shape.r_uv, 1000, 70);
  EXPECT_NEAR(shape.r_ms, 30, 3);
  EXPECT_NEAR(shape.s_uv, 500, 1);
  EXPECT_NEAR(shape.s_ms, 20, 3);
  EXPECT_NEAR(shape.r2_uv, 300, 25);
  EXPECT_EQ(shape.qs, 0);
  EXPECT_NEAR(shape.peak_to_peak_uv, 1500, 70);
  EXPECT_NEAR(shape.intrinsicoid_ms, 35, 3);
}

TEST(MeasureShape, AComplexWithoutAnythingPositiveIsQs) {
  const auto beat = drawn({{0, 0}, {200, 0}, {240, -900}, {290, 0}, {800, 0}}, 800);
  const LeadShape shape = measure_shape(beat, bounds(200, 290, 500, 600), kHz);
  EXPECT_EQ(shape.qs, 1);
  EXPECT_NEAR(shape.q_uv, 900, 1);
  EXPECT_EQ(shape.tallest_uv, 0);
  EXPECT_LT(shape.qrs_area_uvs, 0);
}

TEST(MeasureShape, StIsMeasuredAgainstTheLevelBeforeQrs) {
  const auto beat =
      drawn({{0, 50}, {200, 50}, {230, 1050}, {260, 200}, {360, 400}, {460, 50}, {800, 50}}, 800);
  const LeadShape shape = measure_shape(beat, bounds(200, 260, 360, 460), kHz);
  EXPECT_NEAR(shape.st_j_uv, 150, 8);
  EXPECT_NEAR(shape.st_j60_uv, 270, 8);
  EXPECT_NEAR(shape.st_slope_uv_s, 2000, 120);
  EXPECT_NEAR(shape.t_pos_uv, 350, 5);
  EXPECT_NEAR(shape.t_neg_uv, 0, 1);
}

TEST(MeasureShape, ATWaveOfTwoPartsKeepsBothAndTheirOrder) {
  const auto beat = drawn({{0, 0},
                           {200, 0},
                           {230, 900},
                           {260, 0},
                           {340, 0},
                           {400, 250},
                           {450, 0},
                           {500, -300},
                           {560, 0},
                           {800, 0}},
                          800);
  const LeadShape shape = measure_shape(beat, bounds(200, 260, 500, 560), kHz);
  EXPECT_NEAR(shape.t_neg_uv, 300, 8);
  EXPECT_LT(shape.t_uv, 0);
}

TEST(MeasureShape, IsFiniteForBoundsThatMakeNoSense) {
  const std::vector<float> beat(100, 5.0F);
  for (int on : {-50, 0, 60, 99, 300}) {
    const LeadShape shape = measure_shape(beat, bounds(on, on - 20, on + 900, on - 100), kHz);
    EXPECT_TRUE(std::isfinite(shape.st_slope_uv_s));
    EXPECT_TRUE(std::isfinite(shape.t_symmetry));
  }
  EXPECT_EQ(measure_shape({}, bounds(10, 20, 30, 40), kHz).tallest_uv, 0);
}

// Each lead declared to reach 1 mV, as some exports do: the numbers still obey Einthoven.
TEST(Sensitivity, IsReplacedOnlyWhereTheLimbLeadsContradictEachOther) {
  Recording recording = simulated("sinus:72,leads=12,uv=1").recording;
  EXPECT_FALSE(sensitivity_in_their_stead(recording));
  Recording scaled = recording;
  for (std::size_t i = 0; i < scaled.leads.size(); ++i)
    scaled.leads[i].uv_per_lsb = 0.6 + 0.1 * static_cast<double>(i % 7);
  EXPECT_EQ(sensitivity_in_their_stead(scaled), 1);
  const Analysis analysis = analyze(scaled, {});
  EXPECT_NEAR(*analysis.leads[1].r_uv.value, 1080, 80);
  // Leads that really have different sensitivities obey Einthoven in microvolts.
  Recording honest = recording;
  for (std::int32_t& sample : honest.leads[1].samples) sample *= 2;
  honest.leads[1].uv_per_lsb /= 2;
  EXPECT_FALSE(sensitivity_in_their_stead(honest));
}

}  // namespace
}  // namespace ecg::dsp
