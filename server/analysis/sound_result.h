// What a worker answered is taken for an analysis only when it is one of this study and its numbers make
// sense.
#pragma once

#include "ecg/v1/analysis_job.pb.h"

#include "common/base/result.h"

namespace ecg::analysis {

// kInternal, with what is wrong as the detail: another study, no algorithm version, a value that is not
// finite, a beat outside the recording, unordered beats, or more of anything than a recording can hold.
Result<void> check_sound(const v1::AnalysisJob& job, const v1::AnalysisResult& result);

}  // namespace ecg::analysis
