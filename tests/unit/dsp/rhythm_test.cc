#include "dsp/rhythm/rhythm.h"

#include <cmath>

#include "dsp/model/models.h"
#include "dsp/rhythm/activity.h"
#include "dsp/rhythm/shock_detector.h"
#include "dsp/rhythm/shock_stretches.h"
#include "tests/unit/dsp/simulated.h"

namespace ecg::dsp {
namespace {

// Every rhythm the simulator can play is named, at any rate of sampling and with some noise.
TEST(Rhythm, KnownRhythmsAreNamed) {
  int right = 0, all = 0;
  for (const simulator::KnownRhythm& known : simulator::known_rhythms()) {
    int here = 0;
    for (const char* tail : {"", ",noise=15,seed=2", ",hz=250,seed=3"}) {
      ++all;
      const Simulated sim = simulated(std::string(known.text) + tail);
      here += has_statement(analyze(sim.recording, {}), known.code) ? 1 : 0;
    }
    right += here;
  }
  EXPECT_GE(right * 100, all * 92) << right << " of " << all;
}

struct BlockCase {
  const char* scenario;
  const char* code;
};

// Beats that are dropped are told at any rate, and nothing of that kind is said where none is.
TEST(Rhythm, DroppedBeatsAreTold) {
  const BlockCase cases[] = {{"avb2:50", "2AVB1"},   {"avb2:70", "2AVB1"},  {"avb22:45", "2AVB2"},
                             {"avb22:66", "2AVB2"},  {"avb22:75", "2AVB2"}, {"avb21:40", "2AVB21"},
                             {"avb21:48", "2AVB21"}, {"avb3:30", "3AVB"},   {"avb3:40", "3AVB"},
                             {"avb3:50", "3AVB"}};
  for (const BlockCase& c : cases) {
    for (const char* tail : {"", ",noise=15,seed=2", ",hz=250,seed=3", ",muscle=20,seed=4"}) {
      const Analysis analysis = analyze(simulated(std::string(c.scenario) + tail).recording, {});
      EXPECT_TRUE(has_statement(analysis, c.code)) << c.scenario << tail;
      EXPECT_FALSE(has_statement(analysis, "NORMAL")) << c.scenario << tail;
      EXPECT_FALSE(has_statement(analysis, "AFIB")) << c.scenario << tail;
    }
  }
}

TEST(Rhythm, NoBeatIsDroppedInOtherRhythms) {
  for (const char* scenario : {"sinus:40", "sinus:60", "sinus:75", "pac:60", "pac:80", "pvc:70", "af:60",
                               "af:85", "flutter:75", "pause:60", "avb1:60"}) {
    for (const char* tail : {"", ",noise=15,seed=2", ",hz=250,seed=3", ",muscle=20,seed=4"}) {
      const Analysis analysis = analyze(simulated(std::string(scenario) + tail).recording, {});
      for (const char* code : {"2AVB1", "2AVB2", "2AVB21", "AVB_HIGH", "3AVB"})
        EXPECT_FALSE(has_statement(analysis, code)) << scenario << tail << ' ' << code;
    }
  }
}

TEST(Rhythm, APauseOfOneMissingBeatIsTold) {
  const Analysis analysis = analyze(simulated("pause:70,pause=1.8").recording, {});
  EXPECT_TRUE(has_statement(analysis, "PAUSE"));
  EXPECT_FALSE(has_statement(analysis, "NORMAL"));
}

TEST(Rhythm, AsystoleUnderMuscleNoiseIsAsystole) {
  for (int seed = 1; seed <= 6; ++seed) {
    const Analysis analysis =
        analyze(simulated("asystole,leads=12,muscle=20,seed=" + std::to_string(seed)).recording, {});
    EXPECT_TRUE(has_statement(analysis, "ASYS")) << seed;
    EXPECT_FALSE(has_statement(analysis, "AFIB")) << seed;
  }
}

TEST(Rhythm, BeatsWithinDisorderStayWhereTheyComeSteadily) {
  std::vector<SampleIndex> r_peaks = {100,  700,  800,  1050, 1120, 1500, 2000,
                                      2200, 2400, 2600, 2810, 3000, 4000};
  drop_beats_of_disorder({500, 3500}, r_peaks);
  EXPECT_EQ(r_peaks, (std::vector<SampleIndex>{100, 2000, 2200, 2400, 2600, 2810, 3000, 4000}));
}

TEST(Rhythm, FibrillationInALongRecordingIsAStretchOfIt) {
  Recording recording = simulated("sinus:72", 40).recording;
  const Recording vf = simulated("vf", 15).recording;
  for (std::size_t lead = 0; lead < recording.leads.size(); ++lead) {
    std::ranges::copy(vf.leads[lead].samples, recording.leads[lead].samples.begin() + 7500);
  }
  bool found = false;
  for (const RhythmInterval& r : analyze(recording, {}).rhythm) {
    if (r.code != "VF" && r.code != "VFL") {
      EXPECT_NE(r.code, "VT");
      continue;
    }
    found = true;
    EXPECT_GE(r.interval.begin, 7500 - 1500);
    EXPECT_LE(r.interval.end, 15000 + 1500);
  }
  EXPECT_TRUE(found);
}

TEST(Shock, TheJudgementIsTheSameHoweverTheSamplesCome) {
  const Simulated sim = simulated("vf", 12);
  const auto channels = channels_of(sim.recording);
  const ShockStretches whole =
      shock_stretches(channels, sim.recording.sampling_frequency, built_in_models().shockable);
  ASSERT_EQ(whole.levels.size(), 12U);
  EXPECT_TRUE(std::isnan(whole.levels[2]));
  EXPECT_GT(whole.levels[8], 1);
  ASSERT_EQ(whole.found.size(), 1U);
  EXPECT_EQ(whole.found[0].interval.begin, 0);
  EXPECT_EQ(whole.found[0].interval.end, sim.recording.frames());
}

TEST(Shock, MissingSamplesNeitherBeginNorEndAnAlarm) {
  ShockState state;
  const ShockLead::Score shock{5, 0.3F, 0.2F};
  for (int s = 0; s < 4; ++s) state.second({&shock, 1});
  for (int s = 0; s < 20; ++s) {
    const ShockSecond blind = state.second({});
    EXPECT_FALSE(blind.known);
    EXPECT_TRUE(blind.shockable);
  }
  const ShockLead::Score calm{-6, 0, 0};
  for (int s = 0; s < 3; ++s) state.second({&calm, 1});
  EXPECT_FALSE(state.second({&calm, 1}).shockable);
}

TEST(Shock, FeaturesAreFiniteForAnySamples) {
  for (double hz : {100.0, 250.0, 360.0, 2000.0}) {
    ShockLead lead({hz}, true);
    const float odd[] = {0, 1e30F, -1e30F, std::nanf(""), 5, -5, INFINITY};
    for (int i = 0; i < static_cast<int>(6 * hz); ++i) lead.push(odd[i * 7919 % 7], i % 11 == 0);
    const auto window = lead.window();
    ASSERT_TRUE(window) << hz;
    for (float f : window->features) EXPECT_TRUE(std::isfinite(f)) << hz;
  }
}

}  // namespace
}  // namespace ecg::dsp
