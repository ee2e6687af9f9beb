#include <algorithm>
#include <cmath>

#include "dsp/filter/basic.h"
#include "dsp/interpret/findings.h"
#include "dsp/rhythm/rhythm.h"

namespace ecg::dsp {
namespace {

constexpr double kLongPrMs = 200, kShortPrMs = 120;
// What PR must exceed in the middle lead: the limit and the accuracy of an interval (IEC 60601-2-51). PR
// lengthens while the heart is slow (Ashman and Hull 1937).
constexpr double kPrAccuracyMs = 10, kSlowForPrBpm = 60, kLongerWhenSlowMs = 10;
constexpr double kRapidAfBpm = 110, kSlowAfBpm = 50;
constexpr double kExtremeSlowBpm = 35, kExtremeFastBpm = 200;
constexpr double kEarlyShare = 0.85;
// A dropped beat doubles the interval, in a Wenckebach period a little less.
constexpr double kMissingBeat = 1.55;
constexpr double kFrequentPerMinute = 6;

// At least one supraventricular beat comes clearly before the interval usual around it: the slow swing of
// sinus arrhythmia does not.
bool has_early_atrial_beat(const Facts& facts) {
  const std::span<const Beat> beats = facts.beats;
  for (std::size_t b = 2; b < beats.size(); ++b) {
    if (beats[b].beat_class != BeatClass::kSupraventricular) continue;
    const auto own = static_cast<double>(beats[b].r_peak - beats[b - 1].r_peak);
    const auto before = static_cast<double>(beats[b - 1].r_peak - beats[b - 2].r_peak);
    if (own < kEarlyShare * before) return true;
  }
  return false;
}

// The longest interval of which a beat seems to be missing, against the usual one, samples: neither a
// ventricular beat nor an early one before it explains it.
struct Missing {
  double rr = 0, usual = 0;
};
Missing missing_beat(const Facts& facts) {
  const std::span<const Beat> beats = facts.beats;
  std::vector<float> intervals;
  for (std::size_t b = 1; b < beats.size(); ++b)
    intervals.push_back(static_cast<float>(beats[b].r_peak - beats[b - 1].r_peak));
  Missing out;
  if (intervals.size() < 4) return out;
  out.usual = static_cast<double>(quantile(intervals, 0.5));
  for (std::size_t b = 2; b < beats.size(); ++b) {
    const auto rr = static_cast<double>(beats[b].r_peak - beats[b - 1].r_peak);
    const auto before = static_cast<double>(beats[b - 1].r_peak - beats[b - 2].r_peak);
    const bool ventricular =
        beats[b - 1].beat_class == BeatClass::kVentricular || beats[b].beat_class == BeatClass::kVentricular;
    if (!ventricular && before >= kEarlyShare * out.usual && rr >= kMissingBeat * out.usual)
      out.rr = std::max(out.rr, rr);
  }
  return out;
}

// Pauses of two seconds, and shorter ones of the sinus node.
void add_pause(const Facts& facts, bool sinus, std::vector<Statement>& out) {
  constexpr double kPauseMs = 2000;
  if (std::ranges::find(facts.rhythm, "PAUSE", &RhythmInterval::code) != facts.rhythm.end()) {
    const double longest = facts.measurements->rr_max_ms.value.value_or(0);
    out.push_back(statement("PAUSE", Certainty::kProbable, {{"", "rr_max_ms", longest, kPauseMs}}));
    return;
  }
  if (!sinus || !facts.av.code.empty()) return;
  const Missing missing = missing_beat(facts);
  if (missing.rr <= 0) return;
  const double to_ms = 1000 / facts.sampling_frequency.value;
  out.push_back(statement("PAUSE", Certainty::kPossible,
                          {{"", "rr_max_ms", missing.rr * to_ms, kMissingBeat * missing.usual * to_ms}}));
}

void add_ectopy(const Facts& facts, std::vector<Statement>& out) {
  const auto count = [&facts](BeatClass wanted) {
    return static_cast<double>(std::ranges::count(facts.beats, wanted, &Beat::beat_class));
  };
  const double per_minute = facts.duration_s > 0 ? 60 / facts.duration_s : 0;
  const double v = count(BeatClass::kVentricular), s = count(BeatClass::kSupraventricular);
  int alternating = 0, pairs = 0;
  for (std::size_t b = 1; b < facts.beats.size(); ++b) {
    const bool now = facts.beats[b].beat_class == BeatClass::kVentricular;
    const bool before = facts.beats[b - 1].beat_class == BeatClass::kVentricular;
    pairs += now && before ? 1 : 0;
    alternating += now != before ? 1 : 0;
  }
  if (v > 0 && !has(out, "VT")) {
    const Evidence evidence{"", "ventricular_beats", v, 1};
    const bool bigeminy = v >= 3 && alternating * 10 >= static_cast<int>(facts.beats.size()) * 7;
    out.push_back(statement("PVC", Certainty::kProbable, {evidence}));
    if (bigeminy)
      out.push_back(statement("BIGEM", Certainty::kProbable, {evidence}));
    else if (v * per_minute >= kFrequentPerMinute && v >= 3)
      out.push_back(statement("PVC_FREQ", Certainty::kProbable, {evidence}));
    if (pairs > 0) out.push_back(statement("COUPLET", Certainty::kProbable));
  }
  if (has_early_atrial_beat(facts))
    out.push_back(statement("PAC", Certainty::kPossible, {{"", "supraventricular_beats", s, 1}}));
}

bool pr_is_long(const Facts& facts) {
  const Measurements& m = *facts.measurements;
  const bool own = facts.av.code.empty() && !facts.pacing.ventricular_paced && !facts.pacing.atrial_paced;
  if (!own || !m.pr_ms.value || !facts.middle_pr_ms || !m.ventricular_rate_bpm.value) return false;
  const bool slow = *m.ventricular_rate_bpm.value < kSlowForPrBpm;
  return *m.pr_ms.value > kLongPrMs &&
         *facts.middle_pr_ms > kLongPrMs + kPrAccuracyMs + (slow ? kLongerWhenSlowMs : 0);
}

void add_pacing(const Facts& facts, std::vector<Statement>& out) {
  const Pacing& pacing = facts.pacing;
  if (!pacing.atrial_paced && !pacing.ventricular_paced) return;
  const double stimulated = std::max(pacing.atrial, pacing.ventricular);
  out.push_back(statement("PACE", Certainty::kDefinite, {{"", "paced_beats", stimulated, 3}}));
  const char* code = !pacing.ventricular_paced ? "PACED_A" : pacing.atrial_paced ? "PACED_DUAL" : "PACED_V";
  out.push_back(statement(code, Certainty::kProbable));
}

}  // namespace

void add_rhythm_statements(const Facts& facts, std::vector<Statement>& out) {
  const std::string_view rhythm = leading_rhythm(facts.rhythm);
  const bool sinus = rhythm == "SR" || rhythm == "SBRAD" || rhythm == "STACH" || rhythm == "SARRH";
  const Measured& rate = facts.measurements->ventricular_rate_bpm;
  std::vector<Evidence> evidence;
  if (rate.value) evidence.push_back({"", "ventricular_rate_bpm", *rate.value, 0});
  if (rhythm == "AFIB") {
    const bool fast = rate.value && *rate.value > kRapidAfBpm, slow = rate.value && *rate.value < kSlowAfBpm;
    out.push_back(statement("AFIB", Certainty::kProbable, evidence));
    if (fast || slow)
      out.push_back(statement(fast ? "AFIB_RVR" : "AFIB_SVR", Certainty::kProbable, evidence));
  } else if (rhythm == "UNKNOWN") {
    out.push_back(statement("RHYTHM_UNKNOWN", Certainty::kPossible, evidence));
  } else {
    const bool dangerous = rhythm == "VF" || rhythm == "VT" || rhythm == "ASYS" || rhythm == "SVT" ||
                           rhythm == "VFL" || rhythm == "WCT" || rhythm == "JR" || rhythm == "IVR";
    out.push_back(statement(rhythm, dangerous ? Certainty::kPossible : Certainty::kProbable, evidence));
  }
  add_pause(facts, sinus, out);
  if (rhythm == "VF" || rhythm == "VFL" || rhythm == "ASYS") return;
  if (rate.value && std::round(*rate.value) <= kExtremeSlowBpm) {
    out.push_back(statement("EXTREME_BRADY", Certainty::kProbable,
                            {{"", "ventricular_rate_bpm", *rate.value, kExtremeSlowBpm}}));
  }
  if (rate.value && std::round(*rate.value) >= kExtremeFastBpm) {
    out.push_back(statement("EXTREME_TACHY", Certainty::kProbable,
                            {{"", "ventricular_rate_bpm", *rate.value, kExtremeFastBpm}}));
  }
  add_pacing(facts, out);
  if (!facts.av.code.empty()) {
    out.push_back(statement(facts.av.code, Certainty::kProbable,
                            {{"", "atrial_rate_bpm", facts.av.atrial_bpm, rate.value.value_or(0)}}));
  }
  add_ectopy(facts, out);
  const Measured& pr = facts.measurements->pr_ms;
  if (sinus && pr_is_long(facts)) {
    out.push_back(statement("1AVB", Certainty::kProbable, {{"", "pr_ms", *pr.value, kLongPrMs}}));
  }
  if (sinus && pr.value && *pr.value < kShortPrMs - 10) {
    out.push_back(statement("SHORT_PR", Certainty::kPossible, {{"", "pr_ms", *pr.value, kShortPrMs}}));
  }
}

}  // namespace ecg::dsp
