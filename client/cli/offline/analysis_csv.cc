#include <optional>

#include "client/cli/offline/analysis_output.h"

namespace ecg::cli {
namespace {

std::string lower(std::string text) {
  for (char& c : text)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return text;
}

std::string cell(const std::optional<dsp::SampleIndex>& sample) {
  return sample ? std::to_string(*sample) : std::string();
}

std::string_view wave_name(dsp::Wave wave) {
  switch (wave) {
    case dsp::Wave::kP:
      return "P";
    case dsp::Wave::kQrs:
      return "QRS";
    case dsp::Wave::kT:
      return "T";
  }
  return "";
}

// A comma or a line end in a name would shift the columns.
std::string csv_name(std::string text) {
  for (char& c : text)
    if (c == ',' || c == '\n' || c == '\r' || c == '"') c = '_';
  return text;
}

}  // namespace

std::string lead_text(const dsp::Lead& lead) {
  if (lead.id != dsp::LeadId::kOther) return std::string(dsp::lead_name(lead.id));
  return lead.label.empty() ? "?" : lead.label;
}

std::string beats_csv(const AnalyzedFile& file) {
  std::string out;
  for (const auto& beat : file.analysis.beats) {
    out += std::to_string(beat.r_peak);
    out += ',';
    out += static_cast<char>(beat.beat_class);
    out += '\n';
  }
  return out;
}

std::string delineation_csv(const AnalyzedFile& file) {
  std::string out;
  const auto& leads = file.imported.recording.leads;
  const std::string id = csv_name(file.id);
  for (const auto& mark : file.analysis.waves) {
    if (mark.lead < 0 || mark.lead >= std::ssize(leads)) continue;
    out += id + "," + csv_name(lower(lead_text(leads[static_cast<std::size_t>(mark.lead)]))) + ",";
    out += wave_name(mark.wave);
    out += "," + cell(mark.onset) + "," + cell(mark.peak) + "," + cell(mark.offset) + "\n";
  }
  return out;
}

}  // namespace ecg::cli
