#include "client/cli/offline/convert.h"

#include <exception>
#include <filesystem>
#include <ostream>

#include <nlohmann/json.hpp>

#include "client/cli/offline/output_file.h"
#include "common/formats/csv.h"
#include "common/formats/format.h"
#include "common/formats/wfdb.h"

namespace ecg::cli {
namespace {

namespace fs = std::filesystem;

Result<std::vector<formats::NamedBlob>> encode(const formats::ImportedRecording& imported,
                                               const fs::path& target) {
  const std::string extension = target.extension().string();
  if (extension == ".hea") return formats::write_wfdb(imported, target.stem().string());
  if (extension == ".csv") {
    const std::string text = formats::write_csv(imported.recording);
    std::vector<formats::NamedBlob> files;
    files.push_back({target.filename().string(), {text.begin(), text.end()}});
    return files;
  }
  return Error{ErrorCode::kUsage, target.filename().string() + " (.hea, .csv)"};
}

bool in_gap(const dsp::Lead& lead, dsp::SampleIndex i) {
  for (const auto& gap : lead.gaps)
    if (i >= gap.begin && i < gap.end) return true;
  return false;
}

bool same_signal(const dsp::Recording& a, const dsp::Recording& b) {
  if (a.leads.size() != b.leads.size() || a.frames() != b.frames() ||
      a.sampling_frequency.value != b.sampling_frequency.value)
    return false;
  for (std::size_t k = 0; k < a.leads.size(); ++k) {
    const auto &x = a.leads[k], &y = b.leads[k];
    const double tolerance = 1e-9 * x.uv_per_lsb;  // WFDB states LSB per millivolt, a reciprocal
    if (x.baseline != y.baseline || x.gaps != y.gaps || std::abs(x.uv_per_lsb - y.uv_per_lsb) > tolerance)
      return false;
    for (dsp::SampleIndex i = 0; i < a.frames(); ++i) {
      const auto at = static_cast<std::size_t>(i);
      if (x.samples[at] != y.samples[at] && !in_gap(x, i)) return false;
    }
  }
  return true;
}

struct Converted {
  std::vector<std::string> names;
  bool patient_left_behind = false;
};

Result<Converted> convert(const ConvertOptions& options) {
  const fs::path target(options.out);
  ECG_ASSIGN(const formats::ImportedRecording imported, formats::read_file(options.in));
  ECG_ASSIGN(const std::vector<formats::NamedBlob> files, encode(imported, target));
  const auto back = formats::read_files(files);
  if (!back.ok() || !same_signal(imported.recording, back.value().recording))
    return Error{ErrorCode::kLossyConversion, target.filename().string(), "read back"};
  ECG_TRY(put_files(target.parent_path().string(), files, options.replace));
  Converted done;
  for (const auto& file : files) done.names.push_back(file.name);
  done.patient_left_behind = !imported.patient.name.empty() || !imported.patient.id.empty();
  return done;
}

}  // namespace

int run_convert(const ConvertOptions& options, std::ostream& out, std::ostream& err) {
  const auto guarded = [&]() -> Result<Converted> {
    try {
      return convert(options);
    } catch (const std::exception& fault) {
      return Error{ErrorCode::kInternal, options.in, fault.what()};
    }
  };
  const auto done = guarded();
  if (!done.ok()) return report_error(done.error(), options.json, options.language, out, err);
  const bool chinese = options.language == Language::kChinese;
  if (options.json) {
    const nlohmann::ordered_json object = {{"schema", "ecg.convert"}, {"files", done.value().names}};
    out << object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) << "\n";
  } else {
    for (const auto& name : done.value().names) out << name << "\n";
  }
  if (done.value().patient_left_behind)
    err << (chinese ? "提示：目标文件不含患者姓名和编号\n"
                    : "note: the patient's name and id are not in the new file\n");
  return 0;
}

}  // namespace ecg::cli
