#include "dsp/stream/alarms.h"

#include <algorithm>
#include <cmath>

#include "dsp/interpret/critical.h"

namespace ecg::dsp {
namespace {

constexpr double kNoBeatSilentS = 4, kNoBeatS = 6;
constexpr int kBecomesFibrillationS = 3;
constexpr int kBelievedWideS = 2, kWideStaysS = 3;

struct Kind {
  std::string_view rule_id, what;
};
enum : std::size_t { kAsystole, kFibrillation, kTachycardia, kFast, kSlow };
constexpr std::array<Kind, 5> kKinds = {{{"CV-302", "ASYS"},
                                         {"CV-201", "VF"},
                                         {"CV-202", "VT"},
                                         {"CV-204", "EXTREME_TACHY"},
                                         {"CV-301", "EXTREME_BRADY"}}};

}  // namespace

void Alarms::step(std::size_t which, bool holds, int needed, std::vector<StreamAlarm>& out) {
  Condition& condition = conditions_[which];
  condition.seconds = holds ? condition.seconds + 1 : 0;
  const bool now = condition.active ? holds : condition.seconds >= needed;
  if (now == condition.active) return;
  condition.active = now;
  out.push_back({std::string(kKinds[which].rule_id), std::string(kKinds[which].what), !now});
}

// Named by how it begins; a tachycardia may become fibrillation, but one that seems to calm down for a few
// seconds keeps the graver name.
void Alarms::shock(const ShockSecond& second, bool wide, std::vector<StreamAlarm>& out) {
  disordered_ = second.shockable && second.code != "VT" ? disordered_ + 1 : 0;
  const bool fibrillated = conditions_[kFibrillation].active;
  const bool fibrillates =
      second.shockable && (fibrillated || disordered_ >= (second.began ? 1 : kBecomesFibrillationS));
  step(kTachycardia, (second.shockable || wide) && !fibrillates, 1, out);
  step(kFibrillation, fibrillates, 1, out);
}

void Alarms::update(const LiveFacts& facts, std::vector<StreamAlarm>& out) {
  const bool was_wide = wide_ >= kBelievedWideS;
  if (facts.usable && facts.wide_tachycardia) wide_ = std::min(wide_ + 1, kBelievedWideS + kWideStaysS);
  // Before it is believed one second without it is enough to doubt.
  if (facts.usable && !facts.wide_tachycardia) wide_ = was_wide ? wide_ - 1 : 0;
  const bool wide = wide_ >= kBelievedWideS;
  shock(facts.shock, wide, out);
  if (!facts.usable) return;
  const bool shockable = facts.shock.shockable || wide;
  const bool asystole = !shockable && ((facts.silent && facts.since_beat_s >= kNoBeatSilentS) ||
                                       facts.since_beat_s >= kNoBeatS);
  const double rate = std::round(facts.rate_bpm.value_or(0));
  step(kAsystole, asystole, 1, out);
  step(kFast, !shockable && rate >= kCriticalFastBpm, 2, out);
  step(kSlow, !shockable && !asystole && rate > 0 && rate <= kCriticalSlowBpm, 2, out);
}

}  // namespace ecg::dsp
