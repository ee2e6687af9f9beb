// Small recordings and file-set handling that the tests of common/formats share.
#pragma once

#include <cmath>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "common/formats/format.h"

namespace ecg::formats::testing {

inline std::vector<std::uint8_t> bytes_of(std::string_view text) {
  return {text.begin(), text.end()};
}

// Two leads, 500 Hz, a wave with steep edges so that differences of every size occur.
inline ImportedRecording small_recording(int frames = 60) {
  ImportedRecording out;
  out.recording.sampling_frequency = {500};
  for (int k = 0; k < 2; ++k) {
    dsp::Lead lead;
    lead.id = k == 0 ? dsp::LeadId::kI : dsp::LeadId::kII;
    lead.label = k == 0 ? "I" : "II";
    lead.uv_per_lsb = 2.5;
    for (int i = 0; i < frames; ++i)
      lead.samples.push_back(static_cast<std::int32_t>(std::lround(40 * std::sin(0.3 * i + k))) +
                             (i % 25 == 9 ? 900 : 0));
    out.recording.leads.push_back(lead);
  }
  out.patient.sex = dsp::Sex::kFemale;
  out.patient.age_years = 67;
  out.acquired_local = "2026-11-21T08:05:09";
  return out;
}

inline bool same_samples(const dsp::Recording& a, const dsp::Recording& b) {
  if (a.leads.size() != b.leads.size()) return false;
  for (std::size_t k = 0; k < a.leads.size(); ++k)
    if (a.leads[k].samples != b.leads[k].samples) return false;
  return true;
}

inline bool has_oddity(const ImportedRecording& imported, std::string_view code) {
  for (const auto& oddity : imported.oddities)
    if (oddity.code == code) return true;
  return false;
}

// The folder with real recordings, or empty when ECG_DATA_DIR is not set.
inline std::string data_dir() {
  const char* dir = std::getenv("ECG_DATA_DIR");
  return dir == nullptr ? std::string() : std::string(dir);
}

}  // namespace ecg::formats::testing

#define ECG_NEEDS_DATA() \
  if (ecg::formats::testing::data_dir().empty()) GTEST_SKIP() << "ECG_DATA_DIR is not set"
