#include "dsp/quality/lead_quality.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "dsp/filter/baseline.h"
#include "dsp/filter/basic.h"
#include "dsp/filter/lanes.h"

namespace ecg::dsp {
namespace {

// A reason is given from the first limit on; from the second the lead is poor. Microvolts.
struct Limits {
  double reason, poor;
};
constexpr Limits kMuscle = {25, 150};    // robust RMS above about 40 Hz
constexpr Limits kWander = {600, 4000};  // range of the mean over one second
constexpr Limits kMains = {30, 1000};    // amplitude
constexpr double kSaturationLeast = 2500;
constexpr double kSaturatedShare = 0.05;
// A second in which hardly a sample differs from the one before.
constexpr double kFlatShare = 0.95;
constexpr double kShortS = 5, kTooShortS = 2;
constexpr double kFullSamplingHz = 500;

struct Seconds {
  int total = 0, off = 0, flat = 0, saturated = 0;
};

// What one second shows.
struct Scan {
  float lowest = 0, highest = 0;
  int repeats = 0;  // samples equal to the one before
  double mean = 0;
};

Scan scan(const float* x, std::size_t n) {
  Lanes low = all(x[0]), high = low, total = all(0);
  LaneMask repeated{};
  std::size_t i = 1;
  for (; i + kLanes <= n; i += kLanes) {
    const Lanes here = load(x + i);
    low = smaller(low, here);
    high = greater(high, here);
    total += here - x[0];
    repeated -= here == load(x + i - 1);
  }
  Scan out;
  out.lowest = std::min(std::min(low[0], low[1]), std::min(low[2], low[3]));
  out.highest = std::max(std::max(high[0], high[1]), std::max(high[2], high[3]));
  out.repeats = repeated[0] + repeated[1] + repeated[2] + repeated[3];
  double over_first = static_cast<double>(sum(total));
  for (; i < n; ++i) {
    out.lowest = std::min(out.lowest, x[i]);
    out.highest = std::max(out.highest, x[i]);
    out.repeats += x[i] == x[i - 1] ? 1 : 0;
    over_first += static_cast<double>(x[i] - x[0]);
  }
  out.mean = static_cast<double>(x[0]) + over_first / static_cast<double>(n);
  return out;
}

// A second that stays at the end of the range for some of its samples.
bool is_saturated(std::span<const float> x, float middle, float lowest, float highest) {
  std::size_t at_low = 0, at_high = 0;
  for (const float value : x) {
    at_low += value == lowest && static_cast<double>(middle - value) > kSaturationLeast ? 1 : 0;
    at_high += value == highest && static_cast<double>(value - middle) > kSaturationLeast ? 1 : 0;
  }
  return static_cast<double>(std::max(at_low, at_high)) > kSaturatedShare * static_cast<double>(x.size());
}

Seconds count_seconds(const Channel& channel, Hertz fs) {
  Seconds seconds;
  const auto second = static_cast<std::size_t>(samples_of_ms(fs, 1000));
  const std::span<const float> x = channel.raw;
  std::vector<Scan> scans;
  std::vector<float> means;
  float lowest = std::numeric_limits<float>::max(), highest = std::numeric_limits<float>::lowest();
  for (std::size_t begin = 0; begin < x.size(); begin += second) {
    scans.push_back(scan(x.data() + begin, std::min(second, x.size() - begin)));
    means.push_back(static_cast<float>(scans.back().mean));
    lowest = std::min(lowest, scans.back().lowest);
    highest = std::max(highest, scans.back().highest);
  }
  const float middle = quantile(means, 0.5);
  const bool far = channel.calibrated &&
                   static_cast<double>(std::max(highest - middle, middle - lowest)) > kSaturationLeast;
  for (std::size_t s = 0; s < scans.size(); ++s) {
    const std::size_t begin = s * second, n = std::min(second, x.size() - begin);
    const auto missing = channel.missing.empty()
                             ? 0
                             : std::count_if(channel.missing.begin() + static_cast<std::ptrdiff_t>(begin),
                                             channel.missing.begin() + static_cast<std::ptrdiff_t>(begin + n),
                                             [](std::uint8_t gap) { return gap != 0; });
    ++seconds.total;
    if (static_cast<std::size_t>(missing) * 2 > n) {
      ++seconds.off;
    } else if (far && is_saturated(x.subspan(begin, n), middle, lowest, highest)) {
      ++seconds.saturated;
    } else if (static_cast<double>(scans[s].repeats) >= kFlatShare * static_cast<double>(n - 1)) {
      ++seconds.flat;
    }
  }
  return seconds;
}

// Range of the mean over one second within ten, from means over 20 ms; the half windows at the ends would
// follow single beats. Of a longer recording the usual range: one moved electrode does not spoil half an
// hour.
double wander_uv(const Channel& channel, Hertz fs) {
  constexpr double kStretchS = 10;
  const int step = samples_of_ms(fs, 20);
  const std::vector<float> means = block_means(channel.raw, step);
  const auto width = std::max<std::size_t>(1, static_cast<std::size_t>(fs.value / step + 0.5));
  if (means.size() < width) return 0;
  const auto stretch = static_cast<std::size_t>(kStretchS) * width;
  double total = std::accumulate(means.begin(), means.begin() + static_cast<std::ptrdiff_t>(width), 0.0);
  double least = total, most = total;
  std::vector<float> ranges;
  for (std::size_t k = width; k < means.size(); ++k) {
    total += static_cast<double>(means[k]) - static_cast<double>(means[k - width]);
    least = std::min(least, total);
    most = std::max(most, total);
    if (k % stretch == 0 && means.size() - k > stretch / 2) {
      ranges.push_back(static_cast<float>(most - least));
      least = most = total;
    }
  }
  ranges.push_back(static_cast<float>(most - least));
  return static_cast<double>(quantile(ranges, 0.5)) / static_cast<double>(width);
}

void apply(double value, const Limits& limits, QualityReason reason, LeadQuality& quality) {
  if (value < limits.reason) return;
  quality.reasons.push_back(reason);
  quality.grade =
      std::max(quality.grade, value >= limits.poor ? QualityGrade::kPoor : QualityGrade::kDegraded);
}

}  // namespace

LeadQuality assess_lead(const Channel& channel, Hertz sampling_frequency) {
  LeadQuality quality{channel.lead, QualityGrade::kGood, {}};
  const Seconds seconds = count_seconds(channel, sampling_frequency);
  const auto note = [&quality](int count, QualityReason reason) {
    if (count == 0) return;
    quality.reasons.push_back(reason);
    quality.grade = std::max(quality.grade, QualityGrade::kDegraded);
  };
  note(seconds.off, QualityReason::kLeadOff);
  note(seconds.flat, QualityReason::kFlat);
  note(seconds.saturated, QualityReason::kSaturation);
  if (seconds.total == 0 || 2 * (seconds.off + seconds.flat + seconds.saturated) > seconds.total) {
    quality.grade = QualityGrade::kPoor;
  }
  if (channel.calibrated && quality.grade != QualityGrade::kPoor) {
    apply(wander_uv(channel, sampling_frequency), kWander, QualityReason::kBaselineWander, quality);
    apply(channel.muscle_uv, kMuscle, QualityReason::kMuscle, quality);
    apply(channel.mains_uv, kMains, QualityReason::kMains, quality);
  }
  return quality;
}

double weight_of(QualityGrade grade) {
  return grade == QualityGrade::kGood ? 1 : grade == QualityGrade::kDegraded ? 0.6 : 0;
}

void add_recording_reasons(std::vector<LeadQuality>& leads, double duration_s, Hertz sampling_frequency) {
  for (LeadQuality& lead : leads) {
    if (duration_s < kShortS) {
      lead.reasons.push_back(QualityReason::kTooShort);
      lead.grade =
          std::max(lead.grade, duration_s < kTooShortS ? QualityGrade::kPoor : QualityGrade::kDegraded);
    }
    if (sampling_frequency.value < kFullSamplingHz) {
      lead.reasons.push_back(QualityReason::kLowSampling);
      lead.grade = std::max(lead.grade, QualityGrade::kDegraded);
    }
  }
}

QualityGrade overall_grade(std::span<const LeadQuality> leads) {
  const auto count = [leads](QualityGrade grade) {
    return std::ranges::count(leads, grade, &LeadQuality::grade);
  };
  const auto total = static_cast<std::ptrdiff_t>(leads.size());
  if (total == 0) return QualityGrade::kPoor;
  if (2 * count(QualityGrade::kPoor) > total) return QualityGrade::kPoor;
  return count(QualityGrade::kGood) == total ? QualityGrade::kGood : QualityGrade::kDegraded;
}

bool is_readable(std::span<const LeadQuality> leads, double duration_s) {
  return duration_s >= kTooShortS && overall_grade(leads) != QualityGrade::kPoor;
}

std::string_view quality_reason_code(QualityReason reason) {
  switch (reason) {
    case QualityReason::kLeadOff:
      return "LEAD_OFF";
    case QualityReason::kLeadReversal:
      return "LEAD_REVERSAL";
    case QualityReason::kBaselineWander:
      return "BASELINE_WANDER";
    case QualityReason::kMuscle:
      return "MUSCLE";
    case QualityReason::kMains:
      return "MAINS";
    case QualityReason::kSaturation:
      return "SATURATION";
    case QualityReason::kFlat:
      return "FLAT";
    case QualityReason::kTooShort:
      return "TOO_SHORT";
    case QualityReason::kLowSampling:
      return "LOW_SAMPLING";
  }
  return "UNKNOWN";
}

}  // namespace ecg::dsp
