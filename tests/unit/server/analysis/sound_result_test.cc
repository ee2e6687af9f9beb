#include "server/analysis/sound_result.h"

#include <limits>

#include <gtest/gtest.h>

namespace ecg::analysis {
namespace {

v1::AnalysisJob ten_seconds() {
  v1::AnalysisJob job;
  job.set_study_id("study");
  job.mutable_waveform()->set_frames(5000);
  job.mutable_waveform()->mutable_format()->set_sampling_hz(500);
  return job;
}

v1::AnalysisResult sound() {
  v1::AnalysisResult result;
  result.set_study_id("study");
  auto& analysis = *result.mutable_analysis();
  analysis.set_algorithm("ecg-dsp");
  analysis.set_algorithm_version("1");
  analysis.add_r_peaks(100);
  analysis.add_r_peaks(500);
  analysis.set_beat_classes("NN");
  auto& rate = *analysis.add_measurements();
  rate.set_kind(v1::MEASUREMENT_KIND_VENTRICULAR_RATE);
  rate.set_value(75);
  auto& rhythm = *analysis.add_rhythm();
  rhythm.set_begin(0);
  rhythm.set_end(5000);
  return result;
}

bool accepted(const v1::AnalysisResult& result) {
  return check_sound(ten_seconds(), result).ok();
}

TEST(SoundResult, AResultOfThisStudyIsAccepted) {
  EXPECT_TRUE(accepted(sound()));
}

TEST(SoundResult, AnEmptyAnswerIsRefused) {
  EXPECT_FALSE(accepted(v1::AnalysisResult{}));
}

TEST(SoundResult, AnotherStudysResultIsRefused) {
  auto result = sound();
  result.set_study_id("other");
  EXPECT_FALSE(accepted(result));
}

TEST(SoundResult, AResultThatDoesNotSayWhatMadeItIsRefused) {
  auto result = sound();
  result.mutable_analysis()->clear_algorithm_version();
  EXPECT_FALSE(accepted(result));
}

TEST(SoundResult, ValuesThatAreNotFiniteAreRefused) {
  auto result = sound();
  result.mutable_analysis()->mutable_measurements(0)->set_value(std::numeric_limits<double>::quiet_NaN());
  EXPECT_FALSE(accepted(result));
}

TEST(SoundResult, BeatsOutsideTheRecordingOrOutOfOrderAreRefused) {
  auto result = sound();
  result.mutable_analysis()->set_r_peaks(1, 5000);
  EXPECT_FALSE(accepted(result));
  result.mutable_analysis()->set_r_peaks(1, 99);
  EXPECT_FALSE(accepted(result));
}

TEST(SoundResult, EveryBeatHasAClass) {
  auto result = sound();
  result.mutable_analysis()->set_beat_classes("N");
  EXPECT_FALSE(accepted(result));
}

TEST(SoundResult, MoreFindingsThanPossibleAreRefused) {
  auto result = sound();
  for (int i = 0; i < 257; ++i) result.mutable_analysis()->add_findings()->set_code("SR");
  EXPECT_FALSE(accepted(result));
}

}  // namespace
}  // namespace ecg::analysis
