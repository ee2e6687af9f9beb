#include "server/reporting/wording.h"

#include <cstddef>

#include <gtest/gtest.h>

namespace ecg::reporting {
namespace {

TEST(Wording, EveryWordExistsInBothLanguages) {
  for (int i = 0; i <= static_cast<int>(Word::kAxes); ++i) {
    EXPECT_FALSE(word(static_cast<Word>(i), Language::kEnglish).empty()) << i;
    EXPECT_FALSE(word(static_cast<Word>(i), Language::kChinese).empty()) << i;
  }
}

TEST(Wording, AutomaticOutputIsNeverCalledADiagnosisOrNormal) {
  EXPECT_NE(automatic_notice(Language::kEnglish).find("not a diagnosis"), std::string_view::npos);
  EXPECT_NE(automatic_notice(Language::kChinese).find("不作为诊断"), std::string_view::npos);
  for (const auto urgency : {dsp::Urgency::kUnreadable, dsp::Urgency::kNothingCriticalFound,
                             dsp::Urgency::kMajorPositive, dsp::Urgency::kCritical}) {
    EXPECT_EQ(urgency_text(urgency, Language::kEnglish).find("normal"), std::string_view::npos);
    EXPECT_EQ(urgency_text(urgency, Language::kChinese).find("正常"), std::string_view::npos);
    EXPECT_FALSE(urgency_text(urgency, Language::kChinese).empty());
  }
}

TEST(Wording, StatusNamesTheVersionOfACorrection) {
  using R = domain::ReportStatus;
  EXPECT_EQ(status_text(R::kPreliminary, 1, Language::kChinese), "未审核");
  EXPECT_EQ(status_text(R::kFinal, 1, Language::kChinese), "已审核");
  EXPECT_EQ(status_text(R::kCorrected, 3, Language::kChinese), "更正第 3 版");
  for (const R status : domain::kReportStatuses) {
    EXPECT_EQ(watermark_text(status).empty(), domain::is_confirmed(status));
  }
}

TEST(Wording, TimesArePrintedWithTheirZone) {
  const Timestamp at = *parse_iso8601("2026-11-21T18:02:31.9Z");
  EXPECT_EQ(local_time(at, 480), "2026-11-22 02:02:31 +08:00");
  EXPECT_EQ(local_time(at, 0), "2026-11-21 18:02:31 +00:00");
  EXPECT_EQ(local_time(at, -210), "2026-11-21 14:32:31 -03:30");
}

TEST(Wording, WhatCouldNotBeMeasuredIsADash) {
  dsp::Measurements m;
  m.ventricular_rate_bpm = {71.6, ""};
  m.qrs_axis_deg = {-30.2, ""};
  const auto lines = measurement_lines(m, Language::kChinese);
  EXPECT_EQ(lines.front().label, "心率");
  EXPECT_EQ(lines.front().value, "72");
  EXPECT_EQ(lines.back().value, "—/-30/—");
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) EXPECT_EQ(lines[i].value, "—");
}

}  // namespace
}  // namespace ecg::reporting
