#include "common/base/metrics.h"

#include <gtest/gtest.h>

namespace ecg {
namespace {

TEST(Metrics, TextHoldsEverySeriesWithItsLabels) {
  Metrics metrics;
  metrics.counter("ecg_studies_received_total", "Studies received", {{"site", "baishi"}}).add();
  metrics.counter("ecg_studies_received_total", "Studies received", {{"site", "baishi"}}).add(2);
  metrics.gauge("ecg_queue_items", "Waiting studies", {{"priority", "stat"}}).set(4);
  metrics.histogram("ecg_turnaround_seconds", "Turnaround", {1, 10}).observe(5);
  const auto text = metrics.text();
  EXPECT_NE(text.find("ecg_studies_received_total{site=\"baishi\"} 3"), std::string::npos) << text;
  EXPECT_NE(text.find("ecg_queue_items{priority=\"stat\"} 4"), std::string::npos);
  EXPECT_NE(text.find("ecg_turnaround_seconds_bucket{le=\"1\"} 0"), std::string::npos);
  EXPECT_NE(text.find("ecg_turnaround_seconds_bucket{le=\"10\"} 1"), std::string::npos);
}

TEST(Metrics, AHandleOfNothingCountsNothing) {
  Counter().add();
  Gauge().set(1);
  Histogram().observe(1);
}

TEST(MetricsDeathTest, PatientAndStudyLabelsStopTheProgram) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Metrics metrics;
  EXPECT_DEATH(metrics.counter("ecg_x_total", "x", {{"study", "1"}}), "metric_label_forbidden");
  EXPECT_DEATH(metrics.gauge("not a name", "x"), "metric_not_valid");
}

}  // namespace
}  // namespace ecg
