// Between a stored study and the messages of a worker.
#pragma once

#include <optional>

#include "ecg/v1/analysis_job.pb.h"
#include "ecg/v1/patient.pb.h"

#include "server/domain/study_event.h"
#include "server/store/records.h"
#include "server/store/stored_recording.h"

namespace ecg::analysis {

// Years at that time, from the birth date or else the stated age. Empty when neither is known or sensible.
std::optional<double> age_years(const v1::Patient& patient, Timestamp at);

v1::AnalysisJob make_job(const store::StudyRecord& study, const store::StoredRecording& stored,
                         double mains_hz);

// What the life cycle is told of a finished analysis: quality, and the class and tier its findings ask for. A
// partial recording is to be read as it is (upload.proto, CLOSE_DISPOSITION_PARTIAL): however poor, it counts
// as degraded, so that it is not sent back for being short.
domain::Event done_event(const v1::Analysis& analysis, bool partial);

// The critical result that the findings suspect; empty when they suspect none.
std::optional<store::CriticalRecord> suspected(const store::StudyRecord& study, const v1::Analysis& analysis,
                                               Timestamp now);

}  // namespace ecg::analysis
