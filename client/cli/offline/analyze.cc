#include "client/cli/offline/analyze.h"

#include <algorithm>
#include <exception>
#include <filesystem>
#include <ostream>
#include <string>

#include "client/cli/offline/analysis_output.h"
#include "client/cli/offline/output_file.h"
#include "common/formats/text.h"
#include "dsp/stages.h"

namespace ecg::cli {
namespace {

// Leaves only the lead that --lead names.
Result<void> select_lead(const std::string& lead, dsp::Recording& recording) {
  if (lead == "all") return {};
  const auto number = formats::parse_number<std::size_t>(lead);
  if (!number || *number < 1 || *number > recording.leads.size())
    return Error{ErrorCode::kUsage, "--lead " + lead};
  dsp::Lead chosen = std::move(recording.leads[*number - 1]);
  recording.leads.clear();
  recording.leads.push_back(std::move(chosen));
  return {};
}

// A line that fills as the analysis ends its stages, and goes away with it.
class ProgressBar {
 public:
  explicit ProgressBar(std::ostream* out) : out_(out) { draw(); }
  ~ProgressBar() {
    if (out_ != nullptr) *out_ << '\r' << std::string(kWidth + 2, ' ') << '\r' << std::flush;
  }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  dsp::StageWatch watch() {
    return {[](void* self, const char*) { static_cast<ProgressBar*>(self)->step(); }, this};
  }

 private:
  // Stages ended in a recording that goes through the whole chain.
  static constexpr std::size_t kSteps = 9, kWidth = 36;

  void step() {
    done_ = std::min(done_ + 1, kSteps);
    draw();
  }
  void draw() {
    if (out_ == nullptr) return;
    const std::size_t filled = done_ * kWidth / kSteps;
    *out_ << "\r[" << std::string(filled, '#') << std::string(kWidth - filled, ' ') << ']' << std::flush;
  }

  std::ostream* out_;
  std::size_t done_ = 0;
};

// Shorter records are done before anyone looks.
constexpr double kLongS = 600;

Result<AnalyzedFile> analyze_file(const AnalyzeOptions& options, std::ostream& err) {
  if (options.mains_hz != 0 && options.mains_hz != 50 && options.mains_hz != 60)
    return Error{ErrorCode::kUsage, "--mains"};
  if ((options.json ? 1 : 0) + (options.beats == "-" ? 1 : 0) + (options.delineation == "-" ? 1 : 0) > 1)
    return Error{ErrorCode::kUsage, "two results on standard output"};
  ECG_ASSIGN(auto imported, formats::read_file(options.file));
  ECG_TRY(select_lead(options.lead, imported.recording));
  dsp::Options how;
  how.sex = imported.patient.sex;
  how.age_years = imported.patient.age_years;
  how.mains_hz = options.mains_hz;
  AnalyzedFile out;
  out.id = std::filesystem::path(options.file).stem().string();
  ProgressBar bar(options.progress && imported.recording.duration_s() >= kLongS ? &err : nullptr);
  out.analysis = dsp::analyze_watched(imported.recording, how, dsp::built_in_models(), bar.watch());
  out.imported = std::move(imported);
  return out;
}

Result<void> write_results(const AnalyzeOptions& options, std::ostream& out, std::ostream& err) {
  ECG_ASSIGN(const AnalyzedFile file, analyze_file(options, err));
  if (!options.beats.empty()) ECG_TRY(put_text(options.beats, beats_csv(file), out));
  if (!options.delineation.empty()) ECG_TRY(put_text(options.delineation, delineation_csv(file), out));
  if (options.json) {
    out << analysis_json(file, options.language);
  } else if (options.beats != "-" && options.delineation != "-") {
    out << analysis_text(file, options.language);
  }
  out.flush();
  if (!out) return Error{ErrorCode::kFileUnreadable, "-"};
  return {};
}

}  // namespace

int run_analyze(const AnalyzeOptions& options, std::ostream& out, std::ostream& err) {
  Result<void> done;
  try {
    done = write_results(options, out, err);
  } catch (const std::exception& fault) {
    done = Error{ErrorCode::kInternal, options.file, fault.what()};
  }
  return done.ok() ? 0 : report_error(done.error(), options.json, options.language, out, err);
}

}  // namespace ecg::cli
