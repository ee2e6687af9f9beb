#include <algorithm>
#include <chrono>
#include <cmath>

#include "tests/unit/dsp/simulated.h"

namespace ecg::dsp {
namespace {

// Every true beat has one detected within the tolerance, and no detected beat is without a true one.
void expect_same_beats(const Simulated& sim, const Analysis& analysis, double tolerance_ms) {
  const auto nearest_ms = [&sim](SampleIndex at, const std::vector<Beat>& beats) {
    double best = 1e9;
    for (const Beat& b : beats) best = std::min(best, std::abs(static_cast<double>(b.r_peak - at)));
    return best * 1000 / sim.recording.sampling_frequency.value;
  };
  for (const Beat& b : sim.truth)
    EXPECT_LE(nearest_ms(b.r_peak, analysis.beats), tolerance_ms) << "missed " << b.r_peak;
  for (const Beat& b : analysis.beats)
    EXPECT_LE(nearest_ms(b.r_peak, sim.truth), tolerance_ms) << "extra " << b.r_peak;
}

TEST(Analyze, RateIsRightWithinOneBeatPerMinute) {
  for (int bpm : {40, 55, 72, 100, 140}) {
    const Simulated sim = simulated("sinus:" + std::to_string(bpm), 30);
    const double true_bpm = 60.0 * 500 * static_cast<double>(sim.truth.size() - 1) /
                            static_cast<double>(sim.truth.back().r_peak - sim.truth.front().r_peak);
    const Analysis analysis = analyze(sim.recording, {});
    ASSERT_TRUE(analysis.measurements.ventricular_rate_bpm.value) << bpm;
    EXPECT_NEAR(*analysis.measurements.ventricular_rate_bpm.value, true_bpm, 1) << bpm;
  }
}

TEST(Analyze, RPeaksAreWithinTenMillisecondsAtEverySamplingFrequency) {
  for (const char* text : {"sinus:72,hz=250", "sinus:72,hz=360", "sinus:110,hz=500", "sinus:60,hz=1000",
                           "af:100", "avb3:38", "sinus:72,shape=rbbb", "sinus:80,ste=anterior",
                           "sinus:72,noise=40", "sinus:70,mains=300,baseline=800"}) {
    SCOPED_TRACE(text);
    const Simulated sim = simulated(text);
    expect_same_beats(sim, analyze(sim.recording, {}), 10);
  }
}

TEST(Analyze, NormalSinusRhythmIsMeasuredAndCalledNormal) {
  const Analysis analysis = analyze(simulated("normal").recording, {});
  EXPECT_EQ(analysis.quality, QualityGrade::kGood);
  EXPECT_EQ(analysis.urgency, Urgency::kNothingCriticalFound);
  EXPECT_TRUE(has_statement(analysis, "SR"));
  EXPECT_TRUE(has_statement(analysis, "NORMAL"));
  // The simulator's beat: PR 158 ms, QRS 94 ms from where the second lead leaves 5 uV to where the last but
  // one returns to it, QT about 390 ms by the sums of its bells, QRS axis 53 degrees.
  EXPECT_NEAR(*analysis.measurements.pr_ms.value, 158, 15);
  EXPECT_NEAR(*analysis.measurements.qrs_ms.value, 94, 10);
  EXPECT_NEAR(*analysis.measurements.qt_ms.value, 390, 25);
  EXPECT_NEAR(*analysis.measurements.qrs_axis_deg.value, 53, 8);
  ASSERT_EQ(analysis.leads.size(), 8U);
  EXPECT_NEAR(*analysis.leads[1].r_uv.value, 1080, 80);
  EXPECT_NEAR(*analysis.leads[1].st_j_uv.value, 0, 40);
}

TEST(Analyze, CorrectedQtFollowsTheFourFormulas) {
  const Measurements m = analyze(simulated("sinus:90").recording, {}).measurements;
  ASSERT_TRUE(m.qt_ms.value && m.rr_mean_ms.value);
  const double qt = *m.qt_ms.value, rr = *m.rr_mean_ms.value / 1000;
  EXPECT_NEAR(*m.qtc_bazett_ms.value, qt / std::sqrt(rr), 0.01);
  EXPECT_NEAR(*m.qtc_fridericia_ms.value, qt / std::cbrt(rr), 0.01);
  EXPECT_NEAR(*m.qtc_framingham_ms.value, qt + 154 * (1 - rr), 0.01);
  EXPECT_NEAR(*m.qtc_hodges_ms.value, qt + 1.75 * (60 / rr - 60), 0.01);
}

struct RhythmCase {
  const char* scenario;
  const char* statement;
  const char* rule;  // nullptr: nothing critical
};

class RhythmIsNamed : public testing::TestWithParam<RhythmCase> {};

TEST_P(RhythmIsNamed, WithItsCriticalRule) {
  const RhythmCase& c = GetParam();
  for (int seed = 1; seed <= 5; ++seed) {
    SCOPED_TRACE(std::string(c.scenario) + ",seed=" + std::to_string(seed));
    const Analysis analysis =
        analyze(simulated(std::string(c.scenario) + ",seed=" + std::to_string(seed)).recording, {});
    EXPECT_TRUE(has_statement(analysis, c.statement));
    // A slow sinus rhythm alone is normal.
    const bool normal = std::string_view(c.statement) == "SR" || std::string_view(c.statement) == "SBRAD";
    EXPECT_FALSE(has_statement(analysis, "NORMAL") && !normal);
    if (c.rule == nullptr) {
      EXPECT_EQ(analysis.urgency, Urgency::kNothingCriticalFound);
    } else {
      EXPECT_NE(critical(analysis, c.rule), nullptr);
      EXPECT_EQ(analysis.urgency, Urgency::kCritical);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    Scenarios, RhythmIsNamed,
    testing::Values(RhythmCase{"sinus:72", "SR", nullptr}, RhythmCase{"sinus:48", "SBRAD", nullptr},
                    RhythmCase{"sinus:120", "STACH", nullptr}, RhythmCase{"af:95", "AFIB", nullptr},
                    RhythmCase{"pvc:75", "PVC", nullptr}, RhythmCase{"bigeminy:75", "BIGEM", nullptr},
                    RhythmCase{"pac:72", "PAC", nullptr}, RhythmCase{"avb1:65", "1AVB", nullptr},
                    RhythmCase{"sinus:74,shape=lbbb", "CLBBB", nullptr},
                    RhythmCase{"sinus:74,shape=rbbb", "CRBBB", nullptr}, RhythmCase{"vt:190", "VT", "CV-202"},
                    RhythmCase{"vf", "VF", "CV-201"}, RhythmCase{"asystole", "ASYS", "CV-302"},
                    RhythmCase{"asystole,noise=15", "ASYS", "CV-302"},
                    RhythmCase{"pause:70,pause=4", "PAUSE", "CV-302"},
                    RhythmCase{"avb3:30", "EXTREME_BRADY", "CV-301"},
                    RhythmCase{"sinus:230", "EXTREME_TACHY", "CV-204"},
                    RhythmCase{"sinus:82,ste=inferior", "STEMI_INF", "CV-101"},
                    RhythmCase{"sinus:82,ste=anterior", "STEMI_ANT", "CV-101"}));

TEST(Analyze, EveryCriticalFindingIsInTheDictionaryAndSaysWhatTheStripCannotProve) {
  const Analysis analysis = analyze(simulated("vt:190").recording, {});
  const CriticalFinding* finding = critical(analysis, "CV-202");
  ASSERT_NE(finding, nullptr);
  EXPECT_EQ(finding->caveat, "duration_unproven");
  EXPECT_EQ(analysis.rule_set, "cn-consensus-2017@1.1.0");
}

// The rule that must never break: what cannot be read is never "nothing critical".
TEST(Analyze, WhatCannotBeReadIsUnreadableAndNeverNothingCritical) {
  for (const char* text :
       {"sinus:72,muscle=500", "vf,muscle=800", "sinus:72,off=LL", "sinus:72,off=RA,off=LA,off=LL",
        "asystole,muscle=400", "sinus:72,muscle=2000,baseline=5000"}) {
    const Analysis analysis = analyze(simulated(text).recording, {});
    EXPECT_EQ(analysis.urgency, Urgency::kUnreadable) << text;
    EXPECT_EQ(analysis.quality, QualityGrade::kPoor) << text;
    EXPECT_TRUE(has_statement(analysis, "UNREADABLE")) << text;
    EXPECT_FALSE(has_statement(analysis, "NORMAL")) << text;
    EXPECT_EQ(analysis.measurements.ventricular_rate_bpm.reason, "unreadable") << text;
  }
}

TEST(Analyze, AStripWithoutAHeartbeatIsNeverNothingCritical) {
  for (const char* text :
       {"asystole", "asystole,noise=20", "asystole,noise=40", "asystole,baseline=900", "vf"}) {
    for (double seconds : {2.5, 3.5, 4.5, 6.0, 10.0}) {
      const Analysis analysis = analyze(simulated(text, seconds).recording, {});
      EXPECT_NE(analysis.urgency, Urgency::kNothingCriticalFound) << text << " " << seconds;
      EXPECT_FALSE(has_statement(analysis, "NORMAL")) << text << " " << seconds;
    }
  }
}

TEST(Analyze, ALeadThatIsOffIsNamedAndTheOthersAreStillRead) {
  const Simulated sim = simulated("sinus:72,off=V3");
  const Analysis analysis = analyze(sim.recording, {});
  const auto v3 = static_cast<std::size_t>(sim.recording.find(LeadId::kV3));
  EXPECT_TRUE(has_reason(analysis.lead_quality[v3], QualityReason::kLeadOff));
  EXPECT_EQ(analysis.lead_quality[v3].grade, QualityGrade::kPoor);
  EXPECT_EQ(analysis.leads[v3].st_j_uv.reason, "lead_poor");
  EXPECT_EQ(analysis.quality, QualityGrade::kDegraded);
  EXPECT_TRUE(has_statement(analysis, "SR"));
  EXPECT_FALSE(has_statement(analysis, "NORMAL"));
}

TEST(Analyze, AFlatLeadIsFlatEvenWhenTheDeviceDoesNotSaySo) {
  Simulated sim = simulated("sinus:72");
  std::ranges::fill(sim.recording.leads[4].samples, 17);
  const Analysis analysis = analyze(sim.recording, {});
  EXPECT_TRUE(has_reason(analysis.lead_quality[4], QualityReason::kFlat));
}

TEST(Analyze, AllLeadsFlatIsUnreadableAndNotAsystole) {
  Simulated sim = simulated("sinus:72");
  for (Lead& lead : sim.recording.leads) std::ranges::fill(lead.samples, 0);
  const Analysis analysis = analyze(sim.recording, {});
  EXPECT_EQ(analysis.urgency, Urgency::kUnreadable);
  EXPECT_FALSE(has_statement(analysis, "ASYS"));
}

TEST(Analyze, NoiseIsNamedPerLead) {
  const auto any = [](const char* text, QualityReason reason) {
    const Analysis analysis = analyze(simulated(text).recording, {});
    return std::ranges::any_of(analysis.lead_quality,
                               [reason](const LeadQuality& q) { return has_reason(q, reason); });
  };
  EXPECT_TRUE(any("sinus:72,mains=150", QualityReason::kMains));
  EXPECT_TRUE(any("sinus:72,muscle=60", QualityReason::kMuscle));
  EXPECT_TRUE(any("sinus:72,baseline=1500", QualityReason::kBaselineWander));
  EXPECT_TRUE(any("sinus:72,hz=250", QualityReason::kLowSampling));
  EXPECT_FALSE(any("sinus:72", QualityReason::kMains));
  EXPECT_FALSE(any("sinus:72", QualityReason::kMuscle));
}

TEST(Analyze, SwappedArmsAreSuspectedAndTheAxisIsNotInterpreted) {
  for (int seed = 1; seed <= 5; ++seed) {
    const std::string tail = ",seed=" + std::to_string(seed);
    const Analysis swapped = analyze(simulated("sinus:72,swap=ra-la" + tail).recording, {});
    EXPECT_TRUE(has_statement(swapped, "LEAD_SWAP_ARMS")) << seed;
    EXPECT_TRUE(has_reason(swapped.lead_quality[0], QualityReason::kLeadReversal)) << seed;
    EXPECT_FALSE(has_statement(swapped, "RAD")) << seed;
    EXPECT_FALSE(has_statement(analyze(simulated("sinus:72" + tail).recording, {}), "LEAD_SWAP_ARMS"))
        << seed;
  }
}

TEST(Analyze, UnknownSensitivityGivesTimesButNoMicrovolts) {
  Simulated sim = simulated("sinus:72");
  for (Lead& lead : sim.recording.leads) lead.uv_per_lsb = 0;
  const Analysis analysis = analyze(sim.recording, {});
  ASSERT_TRUE(analysis.measurements.ventricular_rate_bpm.value);
  EXPECT_NEAR(*analysis.measurements.ventricular_rate_bpm.value, 72, 1.5);
  ASSERT_FALSE(analysis.leads.empty());
  EXPECT_EQ(analysis.leads[0].r_uv.reason, "sensitivity_unknown");
}

TEST(Analyze, IsTotal) {
  EXPECT_EQ(analyze(Recording{}, {}).urgency, Urgency::kUnreadable);
  for (double hz : {0.0, -5.0, 99.0, 5000.0, std::nan("")}) {
    Recording recording = simulated("sinus").recording;
    recording.sampling_frequency = {hz};
    EXPECT_EQ(analyze(recording, {}).urgency, Urgency::kUnreadable) << hz;
  }
  for (std::size_t length : {1U, 2U, 30U, 250U, 499U, 1001U, 1500U}) {
    Recording recording = simulated("sinus:90").recording;
    for (Lead& lead : recording.leads) lead.samples.resize(length);
    const Analysis analysis = analyze(recording, {});
    EXPECT_EQ(analysis.lead_quality.size(), 8U) << length;
    if (length < 1000) {
      EXPECT_EQ(analysis.urgency, Urgency::kUnreadable) << length;
    }
  }
  Recording odd = simulated("sinus:90").recording;
  odd.leads[0].samples.resize(10);
  odd.leads[1].uv_per_lsb = std::nan("");
  odd.leads[2].samples.assign(odd.leads[2].samples.size(), INT32_MIN);
  odd.leads[2].baseline = INT32_MAX;
  odd.leads[3].gaps = {{-5, 1 << 30}};
  EXPECT_EQ(analyze(odd, {}).lead_quality.size(), 8U);
}

TEST(Analyze, ValueAndReasonExcludeEachOther) {
  for (const char* text : {"sinus", "af", "vf", "asystole", "vt", "sinus,muscle=500"}) {
    const Measurements m = analyze(simulated(text).recording, {}).measurements;
    for (const Measured* x :
         {&m.ventricular_rate_bpm, &m.atrial_rate_bpm, &m.rr_mean_ms, &m.rr_min_ms, &m.rr_max_ms, &m.p_ms,
          &m.pr_ms, &m.qrs_ms, &m.qt_ms, &m.qtc_bazett_ms, &m.qtc_fridericia_ms, &m.qtc_framingham_ms,
          &m.qtc_hodges_ms, &m.p_axis_deg, &m.qrs_axis_deg, &m.t_axis_deg}) {
      EXPECT_EQ(x->value.has_value(), x->reason.empty()) << text;
    }
  }
}

TEST(Analyze, RhythmIntervalsCoverTheRecordingInOrder) {
  for (const char* text : {"sinus", "pause:70,pause=7", "vf", "vt", "pvc"}) {
    const Simulated sim = simulated(text, 20);
    SampleIndex at = 0;
    for (const RhythmInterval& r : analyze(sim.recording, {}).rhythm) {
      EXPECT_EQ(r.interval.begin, at) << text;
      at = r.interval.end;
    }
    EXPECT_EQ(at, sim.recording.frames()) << text;
  }
}

TEST(Analyze, WaveMarksAreInOrderWithinEachBeat) {
  const Simulated sim = simulated("normal");
  const Analysis analysis = analyze(sim.recording, {});
  EXPECT_GE(analysis.waves.size(), sim.truth.size() * 8 * 2);
  for (const WaveMark& mark : analysis.waves) {
    if (mark.onset && mark.peak) {
      EXPECT_LE(*mark.onset, *mark.peak);
    }
    if (mark.peak && mark.offset) {
      EXPECT_LE(*mark.peak, *mark.offset);
    }
  }
}

}  // namespace
}  // namespace ecg::dsp
