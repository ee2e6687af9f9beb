#include "dsp/rhythm/rhythm.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "dsp/rhythm/regularity.h"

namespace ecg::dsp {
namespace {

constexpr double kBradycardiaBpm = 60, kTachycardiaBpm = 100;
constexpr double kSvtBpm = 150;  // without a P wave
constexpr double kVtBpm = 100, kWideTachycardiaBpm = 120;
constexpr double kWideMs = 125;
constexpr double kPauseS = 2, kAsystoleS = 6;
constexpr int kVtBeats = 3;
constexpr double kSinusArrhythmia = 0.10;

double bpm_of(double rr, Hertz fs) {
  return rr > 0 ? 60 * fs.value / rr : 0;
}

bool overlaps(const Interval& a, const Interval& b) {
  return a.begin < b.end && b.begin < a.end;
}

// Later entries give way to earlier ones: only the free parts of interval are added.
void add_where_free(std::string_view code, Interval interval, std::vector<RhythmInterval>& out) {
  std::vector<RhythmInterval> taken;
  for (const RhythmInterval& r : out) {
    if (overlaps(r.interval, interval)) taken.push_back(r);
  }
  std::ranges::sort(taken, {}, [](const RhythmInterval& r) { return r.interval.begin; });
  SampleIndex at = interval.begin;
  for (const RhythmInterval& r : taken) {
    if (r.interval.begin > at) out.push_back({std::string(code), {at, r.interval.begin}});
    at = std::max(at, r.interval.end);
  }
  if (at < interval.end) out.push_back({std::string(code), {at, interval.end}});
}

// Beats that follow each other as a regular pump would: then a wide, restless signal is a tachycardia, not
// VF.
bool organised(std::span<const Beat> beats, const Interval& stretch) {
  std::vector<double> rr;
  for (std::size_t b = 1; b < beats.size(); ++b) {
    if (beats[b - 1].r_peak >= stretch.begin && beats[b].r_peak < stretch.end) {
      rr.push_back(static_cast<double>(beats[b].r_peak - beats[b - 1].r_peak));
    }
  }
  if (rr.size() < 4) return false;
  double sum = 0, squares = 0;
  for (double x : rr) sum += x, squares += x * x;
  const double n = static_cast<double>(rr.size()), mean = sum / n;
  return std::sqrt(std::max(0.0, squares / n - mean * mean)) / mean < 0.10;
}

void add_ventricular_runs(std::span<const Beat> beats, const RhythmFacts& facts,
                          std::vector<RhythmInterval>& out) {
  std::size_t b = 0;
  while (b < beats.size()) {
    std::size_t end = b;
    while (end < beats.size() && beats[end].beat_class == BeatClass::kVentricular) ++end;
    const auto count = static_cast<int>(end - b);
    if (count >= kVtBeats) {
      const double rr = static_cast<double>(beats[end - 1].r_peak - beats[b].r_peak) / (count - 1);
      if (bpm_of(rr, facts.sampling_frequency) > kVtBpm) {
        const auto half = static_cast<SampleIndex>(rr / 2);
        add_where_free("VT",
                       {std::max<SampleIndex>(0, beats[b].r_peak - half),
                        std::min(facts.frames, beats[end - 1].r_peak + half)},
                       out);
      }
    }
    b = std::max(end, b + 1);
  }
}

void add_pauses(std::span<const Beat> beats, const RhythmFacts& facts, std::vector<RhythmInterval>& out) {
  const double hz = facts.sampling_frequency.value;
  for (std::size_t b = 0; b <= beats.size(); ++b) {
    const SampleIndex begin = b == 0 ? 0 : beats[b - 1].r_peak;
    const SampleIndex end = b == beats.size() ? facts.frames : beats[b].r_peak;
    const double gap_s = static_cast<double>(end - begin) / hz;
    if (gap_s >= kAsystoleS) {
      add_where_free("ASYS", {begin, end}, out);
    } else if (gap_s >= kPauseS && b > 0 && b < beats.size()) {
      add_where_free("PAUSE", {begin, end}, out);
    }
  }
}

std::string_view base_rhythm(std::span<const Beat> beats, const RhythmFacts& facts) {
  if (beats.size() < 3) return "UNKNOWN";
  const Regularity regularity = regularity_of(beats);
  const double span = static_cast<double>(beats.back().r_peak - beats.front().r_peak);
  const double bpm = bpm_of(span / static_cast<double>(beats.size() - 1), facts.sampling_frequency);
  if (!facts.p_wave) {
    if (regularity.irregular()) return "AFIB";
    if (bpm >= kWideTachycardiaBpm && facts.usual_qrs_ms >= kWideMs) return "VT";
    if (bpm >= kSvtBpm) return "SVT";
    return "UNKNOWN";
  }
  if (bpm < kBradycardiaBpm) return "SBRAD";
  if (bpm > kTachycardiaBpm) return "STACH";
  if (regularity.intervals >= 5 && regularity.median_change > kSinusArrhythmia / 2 &&
      regularity.relative_rmssd > kSinusArrhythmia) {
    return "SARRH";
  }
  return "SR";
}

}  // namespace

std::vector<RhythmInterval> rhythm_intervals(std::span<const Beat> beats, const RhythmFacts& facts) {
  std::vector<RhythmInterval> out;
  if (facts.frames <= 0) return out;
  for (const Interval& silent : facts.silent) {
    const bool beats_in_it = std::ranges::any_of(
        beats, [&silent](const Beat& b) { return b.r_peak >= silent.begin && b.r_peak < silent.end; });
    if (!beats_in_it) add_where_free("ASYS", silent, out);
  }
  for (const Interval& stretch : facts.disorganised) {
    add_where_free(organised(beats, stretch) ? "VT" : "VF", stretch, out);
  }
  add_ventricular_runs(beats, facts, out);
  add_pauses(beats, facts, out);
  std::vector<Beat> others;
  for (const Beat& beat : beats) {
    const bool taken = std::ranges::any_of(out, [&beat](const RhythmInterval& r) {
      return r.code != "PAUSE" && beat.r_peak > r.interval.begin && beat.r_peak < r.interval.end;
    });
    if (!taken) others.push_back(beat);
  }
  add_where_free(base_rhythm(others, facts), {0, facts.frames}, out);
  std::ranges::sort(out, {}, [](const RhythmInterval& r) { return r.interval.begin; });
  return out;
}

std::string_view leading_rhythm(std::span<const RhythmInterval> intervals) {
  constexpr std::array<std::string_view, 4> kFirst = {"VF", "VFL", "VT", "ASYS"};
  for (std::string_view code : kFirst) {
    if (std::ranges::find(intervals, code, &RhythmInterval::code) != intervals.end()) return code;
  }
  std::map<std::string_view, SampleIndex> lengths;
  for (const RhythmInterval& r : intervals) {
    if (r.code != "PAUSE") lengths[r.code] += r.interval.end - r.interval.begin;
  }
  const auto longest = std::ranges::max_element(lengths, {}, [](const auto& entry) { return entry.second; });
  return longest == lengths.end() ? "UNKNOWN" : longest->first;
}

}  // namespace ecg::dsp
