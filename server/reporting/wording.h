// The fixed words of a report in both languages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "dsp/analysis.h"
#include "server/domain/report_status.h"
#include "server/reporting/report_document.h"

namespace ecg::reporting {

enum class Word {
  kTitle,
  kName,
  kSex,
  kFemale,
  kMale,
  kSexUnknown,
  kAge,
  kBirthDate,
  kIdTail,
  kTemporaryId,
  kExamNumber,
  kPriority,
  kSite,
  kDepartment,
  kSymptoms,
  kDevice,
  kAcquired,
  kReceived,
  kMeasurements,
  kFindings,
  kAutomatic,
  kQuality,
  kFirstReader,
  kConfirmingReader,
  kSignature,
  kNotSigned,
  kUnidentified,
  kMismatch,
  kGap,
  kNotRecorded,
  kNotCalibrated,
  kAsRecorded,
  kContinued,
  kReportText,
  kPage,
  kVersionHash,
  kShown,
  kDerived,
  kNoFindings,
  kHeartRate,
  kAxes,
};
std::string_view word(Word word, Language language);

// "Automatic pre-analysis – not a diagnosis – must be confirmed by a physician": stands beside every
// automatic output, on pages, prints and interfaces alike.
std::string_view automatic_notice(Language language);

// What stands for an analysis without a critical finding, and for one that could not tell. Never "normal".
std::string_view urgency_text(dsp::Urgency urgency, Language language);

// "未审核", "已审核", "更正第 2 版" ...; the watermark says the same in both languages, and is empty when
// confirmed.
std::string status_text(domain::ReportStatus status, int version, Language language);
std::string_view watermark_text(domain::ReportStatus status);

// The measurements a report prints, in order; QTcB is Bazett's, QTcF Fridericia's. What could not be measured
// is a dash.
std::vector<MeasurementLine> measurement_lines(const dsp::Measurements& measurements, Language language);

// "2026-11-21 22:02:31 +08:00"
std::string local_time(Timestamp at, int utc_offset_minutes);

}  // namespace ecg::reporting
