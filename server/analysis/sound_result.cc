#include "server/analysis/sound_result.h"

#include <cmath>
#include <string>

#include "common/base/limits.h"

namespace ecg::analysis {
namespace {

constexpr int kMeasurementsMax = 32 + 8 * limits::kLeadsMax;
constexpr int kFindingsMax = 256;
constexpr int kRhythmIntervalsMax = 4096;
constexpr double kBeatsPerSecondMax = 10;

Error unsound(const std::string& why) {
  return Error{ErrorCode::kInternal, "analysis worker", "unsound result: " + why};
}

}  // namespace

Result<void> check_sound(const v1::AnalysisJob& job, const v1::AnalysisResult& result) {
  if (result.study_id() != job.study_id()) return unsound("another study");
  const v1::Analysis& analysis = result.analysis();
  if (analysis.algorithm().empty() || analysis.algorithm_version().empty())
    return unsound("no algorithm version");
  if (analysis.measurements_size() > kMeasurementsMax || analysis.findings_size() > kFindingsMax ||
      analysis.critical_size() > kFindingsMax || analysis.rhythm_size() > kRhythmIntervalsMax ||
      analysis.lead_quality_size() > limits::kLeadsMax + 4) {
    return unsound("too many entries");
  }
  for (const auto& measurement : analysis.measurements()) {
    if (measurement.has_value() && !std::isfinite(measurement.value()))
      return unsound("a value that is not finite");
  }
  const double frames = static_cast<double>(job.waveform().frames());
  const double rate_hz = job.waveform().format().sampling_hz();
  if (analysis.r_peaks_size() > frames / rate_hz * kBeatsPerSecondMax + kBeatsPerSecondMax) {
    return unsound("too many beats");
  }
  if (static_cast<int>(analysis.beat_classes().size()) != analysis.r_peaks_size())
    return unsound("beat classes");
  std::uint64_t previous = 0;
  for (const std::uint64_t r_peak : analysis.r_peaks()) {
    if (r_peak < previous || r_peak >= job.waveform().frames()) return unsound("a beat out of place");
    previous = r_peak;
  }
  for (const auto& interval : analysis.rhythm()) {
    if (interval.begin() > interval.end() || interval.end() > job.waveform().frames()) {
      return unsound("a rhythm interval out of place");
    }
  }
  return {};
}

}  // namespace ecg::analysis
