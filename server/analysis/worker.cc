#include "server/analysis/worker.h"

#include <unistd.h>

#include "ecg/v1/analysis_job.pb.h"

#include "common/base/log.h"
#include "common/wire/convert.h"
#include "dsp/analysis.h"
#include "server/analysis/message_pipe.h"

namespace ecg::analysis {
namespace {

dsp::Options options_of(const v1::AnalysisJob& job) {
  dsp::Options options;
  if (job.sex() == v1::SEX_FEMALE) options.sex = dsp::Sex::kFemale;
  if (job.sex() == v1::SEX_MALE) options.sex = dsp::Sex::kMale;
  if (job.has_age_years()) options.age_years = job.age_years();
  options.mains_hz = job.mains_hz();
  return options;
}

Result<v1::AnalysisResult> answer(const v1::AnalysisJob& job) {
  ECG_ASSIGN(const dsp::Recording recording, wire::from_waveform(job.waveform()));
  v1::AnalysisResult result;
  result.set_study_id(job.study_id());
  *result.mutable_analysis() = wire::to_analysis(dsp::analyze(recording, options_of(job)), recording);
  return result;
}

}  // namespace

int run_worker_process() {
  for (;;) {
    v1::AnalysisJob job;
    const auto read = read_message(STDIN_FILENO, job, kForever);
    if (!read.ok()) {
      if (read.error().code == ErrorCode::kCancelled) return 0;
      log::error("analysis_job_unreadable", read.error());
      return 1;
    }
    const auto result = answer(job);
    if (!result.ok()) {
      log::error("analysis_job_refused", result.error(), {{"study", job.study_id()}});
      return 1;
    }
    if (!write_message(STDOUT_FILENO, result.value(), kForever).ok()) return 1;
  }
}

}  // namespace ecg::analysis
