#include "dsp/quality/lead_quality.h"

#include <algorithm>
#include <cmath>

#include "dsp/filter/basic.h"

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
constexpr double kShortS = 5, kTooShortS = 2;
constexpr double kFullSamplingHz = 500;

struct Seconds {
  int total = 0, off = 0, flat = 0, saturated = 0;
};

Seconds count_seconds(const Channel& channel, Hertz fs) {
  Seconds seconds;
  const auto second = static_cast<std::size_t>(samples_of_ms(fs, 1000));
  const std::vector<float>& x = channel.raw;
  if (x.empty()) return seconds;
  std::vector<float> copy = thinned(x, 8);
  const float middle = quantile(copy, 0.5);
  const auto [lowest, highest] = std::minmax_element(x.begin(), x.end());
  const bool far = channel.calibrated &&
                   static_cast<double>(std::max(*highest - middle, middle - *lowest)) > kSaturationLeast;
  for (std::size_t begin = 0; begin < x.size(); begin += second) {
    const std::size_t end = std::min(x.size(), begin + second);
    std::size_t missing = 0, at_low = 0, at_high = 0, run = 1, longest_run = 1;
    for (std::size_t i = begin; i < end; ++i) {
      missing += channel.is_missing(i) ? 1 : 0;
      at_low += x[i] == *lowest && static_cast<double>(middle - x[i]) > kSaturationLeast ? 1 : 0;
      at_high += x[i] == *highest && static_cast<double>(x[i] - middle) > kSaturationLeast ? 1 : 0;
      run = i > begin && x[i] == x[i - 1] ? run + 1 : 1;
      longest_run = std::max(longest_run, run);
    }
    const std::size_t n = end - begin;
    ++seconds.total;
    if (missing * 2 > n) {
      ++seconds.off;
    } else if (far &&
               static_cast<double>(std::max(at_low, at_high)) > kSaturatedShare * static_cast<double>(n)) {
      ++seconds.saturated;
    } else if (longest_run * 10 >= n * 9) {
      ++seconds.flat;
    }
  }
  return seconds;
}

// Median distance from the local mean: a QRS, being short, does not count.
double muscle_uv(const Channel& channel, Hertz fs) {
  std::vector<float> smooth, residual;
  moving_average(channel.clean, samples_of_ms(fs, 12), smooth);
  residual.reserve(smooth.size());
  for (std::size_t i = 0; i < smooth.size(); i += 3) {
    if (!channel.is_missing(i)) residual.push_back(std::abs(channel.clean[i] - smooth[i]));
  }
  return 1.48 * static_cast<double>(quantile(residual, 0.5));
}

double wander_uv(const Channel& channel, Hertz fs) {
  const int second = samples_of_ms(fs, 1000);
  std::vector<float> smooth;
  moving_average(channel.raw, second, smooth);
  if (smooth.size() > 2 * static_cast<std::size_t>(second)) {
    // The mean of half a window at the ends follows single beats.
    smooth.erase(smooth.begin(), smooth.begin() + second / 2);
    smooth.resize(smooth.size() - static_cast<std::size_t>(second / 2));
  }
  smooth = thinned(smooth, 16);
  std::vector<float> copy = smooth;
  return static_cast<double>(quantile(smooth, 0.98)) - static_cast<double>(quantile(copy, 0.02));
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
    apply(muscle_uv(channel, sampling_frequency), kMuscle, QualityReason::kMuscle, quality);
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
