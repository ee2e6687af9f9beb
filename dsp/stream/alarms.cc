#include "dsp/stream/alarms.h"

#include <cmath>

#include "dsp/interpret/critical.h"

namespace ecg::dsp {
namespace {

constexpr double kNoBeatSilentS = 4, kNoBeatS = 6;

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

void Alarms::update(const LiveFacts& facts, std::vector<StreamAlarm>& out) {
  if (!facts.usable) return;
  const bool asystole = (facts.silent && facts.since_beat_s >= kNoBeatSilentS) ||
                        (!facts.disorganised && facts.since_beat_s >= kNoBeatS);
  const bool fibrillation = facts.disorganised && !facts.regular_beats;
  const double rate = std::round(facts.rate_bpm.value_or(0));
  step(kAsystole, asystole, 1, out);
  step(kFibrillation, fibrillation, 2, out);
  step(kTachycardia, facts.disorganised && facts.regular_beats && rate >= 150, 3, out);
  step(kFast, !fibrillation && !facts.disorganised && rate >= kCriticalFastBpm, 2, out);
  step(kSlow, !fibrillation && !asystole && rate > 0 && rate <= kCriticalSlowBpm, 2, out);
}

}  // namespace ecg::dsp
