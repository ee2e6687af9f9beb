#include <algorithm>
#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "tests/unit/dsp/simulated.h"

namespace ecg::dsp {
namespace {

std::vector<WaveMark> marks_of(const Analysis& analysis, Wave wave, int lead) {
  std::vector<WaveMark> out;
  for (const WaveMark& mark : analysis.waves) {
    if (mark.wave == wave && mark.lead == lead) out.push_back(mark);
  }
  return out;
}

const WaveMark* nearest(const std::vector<WaveMark>& marks, SampleIndex r, double within) {
  const WaveMark* best = nullptr;
  for (const WaveMark& mark : marks) {
    const auto distance = static_cast<double>(std::abs(*mark.peak - r));
    if (distance <= within && (best == nullptr || distance < static_cast<double>(std::abs(*best->peak - r))))
      best = &mark;
  }
  return best;
}

// The simulator's QRS in lead II: from about 42 ms before R to about 43 ms behind it.
TEST(Delineate, EveryBeatHasItsQrsInEveryLeadAtEverySamplingFrequency) {
  for (const char* text : {"sinus:72,hz=250", "sinus:72,hz=360", "sinus:72,hz=500", "sinus:72,hz=1000",
                           "sinus:72,noise=30", "af:90"}) {
    SCOPED_TRACE(text);
    const Simulated sim = simulated(text);
    const Analysis analysis = analyze(sim.recording, {});
    const double ms = 1000 / sim.recording.sampling_frequency.value;
    for (int lead = 0; lead < static_cast<int>(sim.recording.leads.size()); ++lead) {
      const auto marks = marks_of(analysis, Wave::kQrs, lead);
      for (const Beat& beat : sim.truth) {
        // A QRS cut by the edge of the recording is not marked.
        if (beat.r_peak * ms < 80 || static_cast<double>(sim.recording.frames() - beat.r_peak) * ms < 80)
          continue;
        const WaveMark* mark = nearest(marks, beat.r_peak, 60 / ms);
        ASSERT_NE(mark, nullptr) << "lead " << lead << " beat at " << beat.r_peak;
        EXPECT_NEAR(static_cast<double>(*mark->onset - beat.r_peak) * ms, -42, 14) << lead;
        EXPECT_NEAR(static_cast<double>(*mark->offset - beat.r_peak) * ms, 44, 16) << lead;
      }
    }
  }
}

TEST(Delineate, WavesOfABeatFollowEachOther) {
  for (const char* text : {"sinus:72", "sinus:130", "pvc:75", "sinus:74,shape=lbbb", "avb1:65"}) {
    SCOPED_TRACE(text);
    const Simulated sim = simulated(text);
    const Analysis analysis = analyze(sim.recording, {});
    ASSERT_FALSE(analysis.waves.empty());
    for (const WaveMark& mark : analysis.waves) {
      ASSERT_TRUE(mark.onset && mark.peak && mark.offset);
      EXPECT_LE(0, *mark.onset);
      EXPECT_LE(*mark.onset, *mark.peak);
      EXPECT_LE(*mark.peak, *mark.offset);
      EXPECT_LT(*mark.offset, sim.recording.frames());
    }
    const auto qrs = marks_of(analysis, Wave::kQrs, 1);
    for (const WaveMark& p : marks_of(analysis, Wave::kP, 1)) {
      const auto next = std::ranges::find_if(qrs, [&p](const WaveMark& q) { return *q.peak > *p.peak; });
      if (next == qrs.end()) continue;
      EXPECT_LE(*p.offset, *next->onset);
    }
  }
}

TEST(Delineate, PIsMarkedWhereThereIsOneAndOnlyThere) {
  const Simulated sinus = simulated("sinus:72");
  const Analysis with_p = analyze(sinus.recording, {});
  EXPECT_GE(marks_of(with_p, Wave::kP, 1).size() + 1, sinus.truth.size());

  const Simulated fibrillation = simulated("af:95");
  EXPECT_TRUE(marks_of(analyze(fibrillation.recording, {}), Wave::kP, 1).empty());

  const Simulated ectopic = simulated("pvc:75");
  const Analysis mixed = analyze(ectopic.recording, {});
  const auto p = marks_of(mixed, Wave::kP, 1), qrs = marks_of(mixed, Wave::kQrs, 1);
  const double ms = 1000 / ectopic.recording.sampling_frequency.value;
  int ventricular = 0;
  for (const Beat& beat : ectopic.truth) {
    if (beat.beat_class != BeatClass::kVentricular || beat.r_peak * ms < 400) continue;
    if (static_cast<double>(ectopic.recording.frames() - beat.r_peak) * ms < 200) continue;
    ++ventricular;
    EXPECT_NE(nearest(qrs, beat.r_peak, 80 / ms), nullptr);
    const auto before = static_cast<SampleIndex>(std::lround(static_cast<double>(beat.r_peak) - 150 / ms));
    EXPECT_EQ(nearest(p, before, 60 / ms), nullptr);
  }
  EXPECT_GT(ventricular, 0);
}

TEST(Delineate, AVentricularBeatIsWiderThanTheOthers) {
  const Simulated sim = simulated("pvc:75");
  const Analysis analysis = analyze(sim.recording, {});
  const double ms = 1000 / sim.recording.sampling_frequency.value;
  const auto qrs = marks_of(analysis, Wave::kQrs, 1);
  std::map<BeatClass, double> widest, narrowest;
  for (const Beat& beat : sim.truth) {
    const WaveMark* mark = nearest(qrs, beat.r_peak, 80 / ms);
    if (mark == nullptr) continue;
    const double width = static_cast<double>(*mark->offset - *mark->onset) * ms;
    widest[beat.beat_class] = std::max(widest[beat.beat_class], width);
    const auto [at, first] = narrowest.try_emplace(beat.beat_class, width);
    if (!first) at->second = std::min(at->second, width);
  }
  ASSERT_TRUE(narrowest.contains(BeatClass::kVentricular));
  EXPECT_GT(narrowest[BeatClass::kVentricular], widest[BeatClass::kNormal] + 30);
}

TEST(Delineate, OneLeadIsEnough) {
  Simulated sim = simulated("sinus:72");
  Lead second = sim.recording.leads[1];
  sim.recording.leads.assign(1, second);
  const Analysis analysis = analyze(sim.recording, {});
  EXPECT_GE(marks_of(analysis, Wave::kQrs, 0).size() + 1, sim.truth.size());
  EXPECT_GE(marks_of(analysis, Wave::kT, 0).size() + 2, sim.truth.size());
  ASSERT_TRUE(analysis.measurements.qrs_ms.value);
  EXPECT_NEAR(*analysis.measurements.qrs_ms.value, 88, 14);
}

}  // namespace
}  // namespace ecg::dsp
