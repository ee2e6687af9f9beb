#include <cstdio>

#include "common/formats/text.h"
#include "common/formats/wfdb.h"

namespace ecg::formats {
namespace {

constexpr std::int32_t kInvalid = -32768;

bool is_record_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
             std::string_view::npos;
}

// One lead as it goes to the file, gaps marked.
Result<std::vector<std::int32_t>> stored_samples(const dsp::Lead& lead) {
  std::vector<std::int32_t> out = lead.samples;
  for (const auto& gap : lead.gaps)
    for (auto i = gap.begin; i < gap.end; ++i) out[static_cast<std::size_t>(i)] = kInvalid;
  std::size_t invalid = 0;
  for (const auto sample : out) {
    if (sample < kInvalid || sample > 32767) return Error{ErrorCode::kLossyConversion, lead.label, "16 bits"};
    if (sample == kInvalid) ++invalid;
  }
  for (const auto& gap : lead.gaps) invalid -= static_cast<std::size_t>(gap.end - gap.begin);
  if (invalid != 0) return Error{ErrorCode::kLossyConversion, lead.label, "the value -32768 outside a gap"};
  return out;
}

std::string signal_line(const std::string& file, const dsp::Lead& lead,
                        const std::vector<std::int32_t>& samples) {
  std::uint32_t sum = 0;
  for (const auto sample : samples) sum += static_cast<std::uint32_t>(sample);
  const double gain = lead.uv_per_lsb > 0 ? 1000 / lead.uv_per_lsb : 0;
  std::string label = lead.label.empty() ? std::string(dsp::lead_name(lead.id)) : lead.label;
  return file + " 16 " + number_text(gain) + "(" + std::to_string(lead.baseline) + ")/mV 16 0 " +
         std::to_string(samples.front()) + " " + std::to_string(static_cast<std::int16_t>(sum & 0xffffu)) +
         " 0 " + clean_text({reinterpret_cast<const std::uint8_t*>(label.data()), label.size()}) + "\n";
}

// " 21:44:39 16/11/2020" from "2020-11-16T21:44:39", or nothing.
std::string record_time(const std::string& local) {
  int year = 0, month = 0, day = 0;
  char time[9] = {};
  if (std::sscanf(local.c_str(), "%4d-%2d-%2dT%8[0-9:]", &year, &month, &day, time) != 4) return {};
  char text[64];
  std::snprintf(text, sizeof text, " %s %02d/%02d/%04d", time, day, month, year);
  return text;
}

}  // namespace

Result<std::vector<NamedBlob>> write_wfdb(const ImportedRecording& imported, const std::string& record_name) {
  const dsp::Recording& recording = imported.recording;
  if (!is_record_name(record_name)) return Error{ErrorCode::kInvalidField, "record name"};
  if (recording.leads.empty() || recording.frames() == 0) return Error{ErrorCode::kInvalidField, "samples"};
  const std::string signal_file = record_name + ".dat";
  const auto frames = static_cast<std::size_t>(recording.frames());
  const std::size_t leads = recording.leads.size();

  std::string header = record_name + " " + std::to_string(leads) + " " +
                       number_text(recording.sampling_frequency.value) + " " + std::to_string(frames) +
                       record_time(imported.acquired_local) + "\n";
  NamedBlob signal{signal_file, std::vector<std::uint8_t>(frames * leads * 2)};
  for (std::size_t k = 0; k < leads; ++k) {
    if (recording.leads[k].samples.size() != frames) return Error{ErrorCode::kInvalidField, "samples"};
    ECG_ASSIGN(const std::vector<std::int32_t> samples, stored_samples(recording.leads[k]));
    header += signal_line(signal_file, recording.leads[k], samples);
    for (std::size_t i = 0; i < frames; ++i) {
      const auto value = static_cast<std::uint16_t>(samples[i]);
      signal.bytes[2 * (i * leads + k)] = static_cast<std::uint8_t>(value);
      signal.bytes[2 * (i * leads + k) + 1] = static_cast<std::uint8_t>(value >> 8);
    }
  }
  if (imported.patient.age_years) header += "#Age: " + number_text(*imported.patient.age_years) + "\n";
  if (imported.patient.sex != dsp::Sex::kUnknown)
    header += imported.patient.sex == dsp::Sex::kFemale ? "#Sex: Female\n" : "#Sex: Male\n";
  std::vector<NamedBlob> files;
  files.push_back({record_name + ".hea", std::vector<std::uint8_t>(header.begin(), header.end())});
  files.push_back(std::move(signal));
  return files;
}

}  // namespace ecg::formats
