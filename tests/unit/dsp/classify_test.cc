#include "dsp/beats/classify.h"

#include <limits>

#include <gtest/gtest.h>

namespace ecg::dsp {
namespace {

// One beat of a group of three; the forest has the same odds for every beat.
class ClassifyTest : public testing::Test {
 protected:
  ClassifyTest() {
    shapes_.r_peaks = {500, 1000, 1500, 2000};
    shapes_.group = {0, 1, 1, 1};
    shapes_.group_size = {1, 3};
    BeatRow row;
    row.fill(std::numeric_limits<float>::quiet_NaN());
    measures_.rows.assign(4, row);
  }

  void measured(BeatFeature feature, float value) {
    measures_.rows[1][static_cast<std::size_t>(feature)] = value;
  }

  BeatClass with_odds(float ventricular) {
    const TreeNode nodes[] = {{ventricular}, {-5}, {-5}};
    const std::uint32_t roots[] = {0, 1, 2};
    return classify_beats(shapes_, measures_, Forest{nodes, roots, kBeatOutputs, 0})[1];
  }

  BeatShapes shapes_;
  BeatMeasures measures_;
};

TEST_F(ClassifyTest, WhatCannotBeMeasuredIsLeftToTheTrees) {
  EXPECT_EQ(with_odds(3), BeatClass::kVentricular);
  EXPECT_EQ(with_odds(-3), BeatClass::kNormal);
}

TEST_F(ClassifyTest, EarlyWithoutPauseAndWithTheUsualTWaveIsAberrant) {
  measured(BeatFeature::kRrBeforeOverUsual, 0.5F);
  measured(BeatFeature::kRrTwoOverUsual, 0.75F);
  measured(BeatFeature::kTDistance, 0.2F);
  EXPECT_EQ(with_odds(3), BeatClass::kSupraventricular);
  measured(BeatFeature::kRrTwoOverUsual, 1.0F);
  EXPECT_EQ(with_odds(3), BeatClass::kVentricular) << "a compensatory pause";
  measured(BeatFeature::kRrTwoOverUsual, 0.75F);
  measured(BeatFeature::kTDistance, 0.9F);
  EXPECT_EQ(with_odds(3), BeatClass::kVentricular) << "a T wave of its own";
}

TEST_F(ClassifyTest, WhatIsTooWideToBeConductedIsVentricularWheneverItComes) {
  measured(BeatFeature::kGroupWidthMs, 220);
  measured(BeatFeature::kGroupWidthMoreMs, 110);
  measured(BeatFeature::kWidthMs, 210);
  measured(BeatFeature::kGroupLike, -0.3F);
  measured(BeatFeature::kOwnLike, 0.99F);
  EXPECT_EQ(with_odds(-3), BeatClass::kVentricular);
  measured(BeatFeature::kGroupWidthMs, 160);
  EXPECT_EQ(with_odds(-3), BeatClass::kNormal) << "a bundle branch block is as wide";
  measured(BeatFeature::kGroupWidthMs, 220);
  shapes_.group = {0, 1, 0, 0};
  shapes_.group_size = {3, 1};
  EXPECT_EQ(with_odds(-3), BeatClass::kNormal) << "a shape that does not come back may be noise";
}

}  // namespace
}  // namespace ecg::dsp
