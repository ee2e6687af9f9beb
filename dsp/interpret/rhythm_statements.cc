#include <algorithm>
#include <cmath>

#include "dsp/interpret/findings.h"
#include "dsp/rhythm/rhythm.h"

namespace ecg::dsp {
namespace {

constexpr double kLongPrMs = 200, kShortPrMs = 120;
constexpr double kRapidAfBpm = 110, kSlowAfBpm = 50;
constexpr double kExtremeSlowBpm = 35, kExtremeFastBpm = 200;
constexpr double kFrequentPerMinute = 6;

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
    const char* code = bigeminy                                         ? "BIGEM"
                       : v * per_minute >= kFrequentPerMinute && v >= 3 ? "PVC_FREQ"
                                                                        : "PVC";
    out.push_back(statement(code, Certainty::kProbable, {evidence}));
    if (pairs > 0) out.push_back(statement("COUPLET", Certainty::kProbable));
  }
  if (s > 0) out.push_back(statement("PAC", Certainty::kPossible, {{"", "supraventricular_beats", s, 1}}));
}

}  // namespace

void add_rhythm_statements(const Facts& facts, std::vector<Statement>& out) {
  const std::string_view rhythm = leading_rhythm(facts.rhythm);
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
    const bool dangerous = rhythm == "VF" || rhythm == "VT" || rhythm == "ASYS" || rhythm == "SVT";
    out.push_back(statement(rhythm, dangerous ? Certainty::kPossible : Certainty::kProbable, evidence));
  }
  if (std::ranges::find(facts.rhythm, "PAUSE", &RhythmInterval::code) != facts.rhythm.end()) {
    const double longest = facts.measurements->rr_max_ms.value.value_or(0);
    out.push_back(statement("PAUSE", Certainty::kProbable, {{"", "rr_max_ms", longest, 2000}}));
  }
  if (rhythm == "VF" || rhythm == "ASYS") return;
  if (rate.value && std::round(*rate.value) <= kExtremeSlowBpm) {
    out.push_back(statement("EXTREME_BRADY", Certainty::kProbable,
                            {{"", "ventricular_rate_bpm", *rate.value, kExtremeSlowBpm}}));
  }
  if (rate.value && std::round(*rate.value) >= kExtremeFastBpm) {
    out.push_back(statement("EXTREME_TACHY", Certainty::kProbable,
                            {{"", "ventricular_rate_bpm", *rate.value, kExtremeFastBpm}}));
  }
  add_ectopy(facts, out);
  const Measured& pr = facts.measurements->pr_ms;
  const bool sinus = rhythm == "SR" || rhythm == "SBRAD" || rhythm == "STACH" || rhythm == "SARRH";
  if (sinus && pr.value && *pr.value > kLongPrMs) {
    out.push_back(statement("1AVB", Certainty::kProbable, {{"", "pr_ms", *pr.value, kLongPrMs}}));
  }
  if (sinus && pr.value && *pr.value < kShortPrMs - 10) {
    out.push_back(statement("SHORT_PR", Certainty::kPossible, {{"", "pr_ms", *pr.value, kShortPrMs}}));
  }
}

}  // namespace ecg::dsp
