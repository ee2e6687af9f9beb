// What a signed report of the store says on paper.
#pragma once

#include <string>

#include "ecg/v1/measurement.pb.h"
#include "ecg/v1/recording.pb.h"
#include "ecg/v1/report.pb.h"
#include "ecg/v1/study.pb.h"

#include "server/reporting/report_document.h"
#include "server/store/records.h"

namespace ecg::reporting {

struct ReportSource {
  store::StudyRecord study;
  v1::StudyRegistration registration;
  v1::Report report;
  v1::Analysis analysis;  // empty: there is none
  v1::RecordingFormat format;
  std::string site_name;
};

struct PrintOptions {
  std::string center_name;
  Language language = Language::kChinese;
};

// Times are printed in this machine's zone.
ReportDocument document_of(const ReportSource& source, const PrintOptions& options);

// The numbers a report carries, for measurement_lines().
dsp::Measurements measurements_of(const v1::Report& report);

}  // namespace ecg::reporting
