// The one in-memory ECG type of the project: what was recorded, exactly, and what is missing from it.
// Pure values: no I/O, clock, threads or allocation beyond the vectors shown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ecg::dsp {

// Samples per second of every lead of one recording. Valid recordings are 250 to 1000 Hz (clinical.md 7.5
// limits are applied at intake, not here); dsp accepts 100 to 2000.
struct Hertz {
  double value = 0;
};

// Index of a sample frame from the first sample of the recording, in the recording's own sampling frequency.
using SampleIndex = std::int64_t;

// Half-open range of sample frames: [begin, end).
struct Interval {
  SampleIndex begin = 0;
  SampleIndex end = 0;
  friend bool operator==(const Interval&, const Interval&) = default;
};

// Standard lead names; kOther for anything else (the label then says what the device called it).
enum class LeadId : std::uint8_t {
  kI,
  kII,
  kIII,
  kAVR,
  kAVL,
  kAVF,
  kV1,
  kV2,
  kV3,
  kV4,
  kV5,
  kV6,
  kV7,
  kV8,
  kV9,
  kV3R,
  kV4R,
  kV5R,
  kOther,
};

// "I", "aVR", "V1" ...; "?" for kOther. The view is static.
std::string_view lead_name(LeadId lead);

// Accepts the spellings devices use (case, "MLII" is not II: it is kOther). kOther when not recognised.
LeadId lead_from_name(std::string_view name);

// Whether a number can be the sensitivity of a lead. What lies outside 1 pV to 1 V per LSB, or is no number,
// counts as unknown.
bool is_sensitivity(double uv_per_lsb);

// One lead as recorded. Physical value in microvolts = (samples[i] - baseline) * uv_per_lsb.
// Samples inside a gap carry no meaning whatever their number; they are kept, never read as signal.
struct Lead {
  LeadId id = LeadId::kOther;
  std::string label;          // as the device named it
  double uv_per_lsb = 0;      // > 0; 0 = sensitivity unknown: measurements in microvolts are then impossible
  std::int32_t baseline = 0;  // LSB that stands for 0 uV
  bool derived = false;       // computed from other leads, not stored by the device
  std::vector<std::int32_t> samples;
  std::vector<Interval> gaps;  // ascending, not overlapping, inside [0, samples.size())

  double microvolts(SampleIndex i) const {
    return (static_cast<double>(samples[static_cast<std::size_t>(i)]) - baseline) * uv_per_lsb;
  }
};

// Simultaneously sampled leads of one acquisition. Every lead has the same number of samples.
struct Recording {
  Hertz sampling_frequency;
  std::vector<Lead> leads;

  SampleIndex frames() const {
    return leads.empty() ? 0 : static_cast<SampleIndex>(leads.front().samples.size());
  }
  double duration_s() const {
    return sampling_frequency.value > 0 ? static_cast<double>(frames()) / sampling_frequency.value : 0;
  }
  // Position in leads, or -1.
  int find(LeadId id) const;
};

// The recording with III, aVR, aVL and aVF appended, each only if absent and computable from I and II
// (Einthoven, Goldberger). Derived leads are marked, rounded to one LSB of lead I's sensitivity, and carry
// the union of the gaps of I and II. Stored leads are never touched.
Recording with_derived_limb_leads(Recording recording);

}  // namespace ecg::dsp
