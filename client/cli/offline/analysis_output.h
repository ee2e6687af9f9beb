// The three forms in which ecgctl analyze gives its result.
#pragma once

#include <string>

#include "common/base/error.h"
#include "common/formats/format.h"
#include "dsp/analysis.h"

namespace ecg::cli {

// One analysed file. recording holds the leads that were analysed, in the order that Analysis refers to.
struct AnalyzedFile {
  std::string id;  // file name without folder and extension
  formats::ImportedRecording imported;
  dsp::Analysis analysis;
};

// One line "sample,class" per beat: index of the R peak in the file's own sampling frequency, AAMI class.
std::string beats_csv(const AnalyzedFile& file);

// One line "record,lead,wave,onset,peak,offset" per wave mark; lead in lower case, wave P, QRS or T, blank =
// not found.
std::string delineation_csv(const AnalyzedFile& file);

// One JSON object and a line end. Fields: schema, record, rate, intervals (ms), axes (degrees), missing (why
// a number is null, by path), rhythm (samples, end exclusive), statements, quality, leads (microvolts),
// priority, algorithm.
std::string analysis_json(const AnalyzedFile& file, Language language);

// Some lines for people. Says that the result is automatic.
std::string analysis_text(const AnalyzedFile& file, Language language);

// The device's name of the lead, or the standard one; in lower case for delineation_csv.
std::string lead_text(const dsp::Lead& lead);

// Words that stand for values in JSON; stable.
std::string_view certainty_word(dsp::Certainty certainty);
std::string_view grade_word(dsp::QualityGrade grade);
std::string_view quality_reason_word(dsp::QualityReason reason);
std::string_view urgency_word(dsp::Urgency urgency);

}  // namespace ecg::cli
