#include "dsp/rhythm/rhythm.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "dsp/filter/basic.h"
#include "dsp/rhythm/regularity.h"

namespace ecg::dsp {
namespace {

// ACC/AHA/HRS 2018 call sinus bradycardia what is under 50/min, textbooks what is under 60. Between them: the
// resting rates of healthy Chinese adults begin at 50 (men) and 55/min (women).
constexpr double kBradycardiaBpm = 55, kTachycardiaBpm = 100;
constexpr double kSvtBpm = 150;  // without a P wave
constexpr double kJunctionalLeastBpm = 35, kJunctionalMostBpm = 55, kJunctionalSpread = 0.04;
// Autocorrelation of flutter waves; a P wave asks for more.
constexpr double kFlutter = 0.66, kFlutterBesideP = 0.75;
constexpr double kVtBpm = 100;
constexpr double kWideMs = 125;
constexpr double kPauseS = 2, kAsystoleS = 6;
constexpr double kVtWholeBpm = 140, kVtWholeLevel = -3.5;
constexpr double kStripMostS = 60;  // longer recordings are not of one rhythm
constexpr int kVtBeats = 3, kLongRunBeats = 5;
constexpr double kVtLeastLevel = -2.5;  // below it the signal itself speaks against it
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

// The mean of what the signal itself says of the seconds of an interval; a window ends up to kShockLagS after
// what it shows. 0: it says nothing.
double level_in(const Interval& interval, const RhythmFacts& facts) {
  const auto count = static_cast<SampleIndex>(facts.shock_levels.size());
  if (count == 0) return 0;
  const auto second = static_cast<SampleIndex>(samples_of_ms(facts.sampling_frequency, 1000));
  const SampleIndex first = std::min(count - 1, interval.begin / second + 2);
  const SampleIndex last = std::clamp(interval.end / second + 3, first, count - 1);
  double sum = 0;
  int known = 0;
  for (SampleIndex s = first; s <= last; ++s) {
    const float level = facts.shock_levels[static_cast<std::size_t>(s)];
    if (std::isnan(level)) continue;
    sum += static_cast<double>(level);
    ++known;
  }
  return known > 0 ? sum / known : 0;
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
        const Interval run{std::max<SampleIndex>(0, beats[b].r_peak - half),
                           std::min(facts.frames, beats[end - 1].r_peak + half)};
        if (count < kLongRunBeats || level_in(run, facts) > kVtLeastLevel) add_where_free("VT", run, out);
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

std::string_view sinus_of(double bpm) {
  return bpm < kBradycardiaBpm ? "SBRAD" : bpm > kTachycardiaBpm ? "STACH" : "SR";
}

std::string_view base_rhythm(std::span<const Beat> beats, const RhythmFacts& facts) {
  if (beats.size() < 3) return "UNKNOWN";
  const Regularity regularity = regularity_of(beats);
  const double span = static_cast<double>(beats.back().r_peak - beats.front().r_peak);
  const double bpm = bpm_of(span / static_cast<double>(beats.size() - 1), facts.sampling_frequency);
  // In complete block the ventricles follow a focus of their own.
  if (facts.av.code == "3AVB") return facts.usual_qrs_ms < kWideMs ? "JR" : "IVR";
  // P waves that are not conducted are still of the sinus node.
  if (!facts.av.code.empty()) return sinus_of(facts.av.atrial_bpm);
  if (facts.pacing.ventricular_paced && !facts.pacing.atrial_paced && !facts.p_wave) return "PACED";
  if (facts.pacing.atrial_paced) return "PACED";
  if (facts.flutter.steadiness > (facts.p_wave ? kFlutterBesideP : kFlutter)) return "AFL";
  if (!facts.p_wave) {
    if (regularity.irregular()) return "AFIB";
    const bool strip = static_cast<double>(facts.frames) <= kStripMostS * facts.sampling_frequency.value;
    if (strip) {
      const std::string_view wide =
          wide_tachycardia(facts.p_wave, bpm, facts.usual_qrs_ms, level_in({0, facts.frames}, facts));
      if (!wide.empty()) return wide;
    }
    if (bpm >= kSvtBpm) return "SVT";
    const bool steady = regularity.intervals >= 4 && regularity.relative_rmssd < kJunctionalSpread;
    if (steady && bpm >= kJunctionalLeastBpm && bpm < kJunctionalMostBpm && facts.usual_qrs_ms > 0 &&
        facts.usual_qrs_ms < kWideMs) {
      return "JR";
    }
    return "UNKNOWN";
  }
  if (bpm < kBradycardiaBpm || bpm > kTachycardiaBpm) return sinus_of(bpm);
  if (regularity.intervals >= 5 && regularity.median_change > kSinusArrhythmia / 2 &&
      regularity.relative_rmssd > kSinusArrhythmia) {
    return "SARRH";
  }
  return "SR";
}

}  // namespace

std::string_view wide_tachycardia(bool p_wave, double bpm, double qrs_ms, double shock_level) {
  if (p_wave || bpm < kWideTachycardiaBpm || qrs_ms < kWideMs) return "";
  return bpm >= kVtWholeBpm && shock_level > kVtWholeLevel ? "VT" : "WCT";
}

std::vector<RhythmInterval> rhythm_intervals(std::span<const Beat> beats, const RhythmFacts& facts) {
  std::vector<RhythmInterval> out;
  if (facts.frames <= 0) return out;
  for (const Interval& silent : facts.silent) {
    const bool beats_in_it = std::ranges::any_of(
        beats, [&silent](const Beat& b) { return b.r_peak >= silent.begin && b.r_peak < silent.end; });
    if (!beats_in_it) add_where_free("ASYS", silent, out);
  }
  for (const RhythmInterval& stretch : facts.shockable) add_where_free(stretch.code, stretch.interval, out);
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
