#include "client/cli/export.h"

#include <filesystem>
#include <iostream>

#include "client/cli/offline/output_file.h"
#include "common/formats/csv.h"
#include "common/formats/wfdb.h"
#include "common/wire/convert.h"

namespace ecg::cli {
namespace {

Result<void> write_recording(const ecg::v1::Waveform& waveform, const std::filesystem::path& path) {
  formats::ImportedRecording imported;
  ECG_ASSIGN(imported.recording, wire::from_waveform(waveform));
  const std::string folder = path.parent_path().empty() ? "." : path.parent_path().string();
  if (path.extension() == ".csv") {
    const std::string text = formats::write_csv(imported.recording);
    return put_files(folder, {{path.filename().string(), {text.begin(), text.end()}}}, false);
  }
  if (path.extension() != ".hea") return Error{ErrorCode::kUsage, "the file's name must end in .hea or .csv"};
  ECG_ASSIGN(const auto files, formats::write_wfdb(imported, path.stem().string()));
  return put_files(folder, files, false);
}

}  // namespace

int export_waveform(const ecg::v1::Waveform& waveform, const std::string& path, const OutputOptions& output) {
  if (const auto written = write_recording(waveform, path); !written.ok())
    return fail(written.error(), output);
  if (output.json) {
    ecg::v1::Waveform facts = waveform;
    facts.clear_samples();
    std::cout << json_of(facts) << "\n";
  } else {
    std::cout << path << "\n";
  }
  return 0;
}

}  // namespace ecg::cli
