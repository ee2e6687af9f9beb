#include "gateway/simulator/simulator.h"

#include <cmath>

#include <gtest/gtest.h>

namespace ecg::simulator {
namespace {

Scenario scenario(const char* text) {
  auto parsed = parse_scenario(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return *parsed;
}

std::vector<std::int32_t> fetch(const Scenario& wanted, std::size_t total, std::size_t block_frames) {
  Simulator simulator(wanted);
  std::vector<std::int32_t> samples;
  const std::size_t leads = simulator.leads().size();
  while (samples.size() < total * leads) {
    const Block block = simulator.next(std::min(block_frames, total - samples.size() / leads));
    samples.insert(samples.end(), block.samples.begin(), block.samples.end());
  }
  return samples;
}

TEST(Simulator, SamplesDoNotDependOnHowTheyAreFetched) {
  for (const char* text : {"sinus,off=V2@1.5-2.25", "af", "vf", "pvc", "avb3", "flutter"}) {
    const auto one_by_one = fetch(scenario(text), 3000, 1);
    EXPECT_EQ(one_by_one, fetch(scenario(text), 3000, 7)) << text;
    EXPECT_EQ(one_by_one, fetch(scenario(text), 3000, 3000)) << text;
  }
}

TEST(Simulator, OtherSeedsGiveOtherSamples) {
  EXPECT_NE(fetch(scenario("sinus,seed=1"), 500, 500), fetch(scenario("sinus,seed=2"), 500, 500));
}

TEST(Simulator, TwelveStoredLeadsObeyEinthovenAndGoldbergerToTheLsb) {
  const dsp::Recording recording = record(scenario("sinus,leads=12,noise=30"), 4);
  const auto at = [&recording](dsp::LeadId id, std::size_t i) {
    return recording.leads[static_cast<std::size_t>(recording.find(id))].samples[i];
  };
  for (std::size_t i = 0; i < 2000; ++i) {
    const auto one = at(dsp::LeadId::kI, i), two = at(dsp::LeadId::kII, i);
    ASSERT_EQ(at(dsp::LeadId::kIII, i), two - one);
    ASSERT_LE(std::abs(2 * at(dsp::LeadId::kAVR, i) + one + two), 1);
    ASSERT_LE(std::abs(2 * at(dsp::LeadId::kAVL, i) - 2 * one + two), 1);
    ASSERT_LE(std::abs(2 * at(dsp::LeadId::kAVF, i) - 2 * two + one), 1);
  }
}

TEST(Simulator, TrueBeatsComeAtTheChosenRate) {
  struct Case {
    const char* text;
    double bpm;
  };
  for (const Case& c :
       {Case{"sinus:45", 45}, Case{"sinus:130", 130}, Case{"af:100", 100}, Case{"vt:190", 190},
        Case{"flutter:150", 150}, Case{"avb2:60", 60}, Case{"avb3:36", 36}, Case{"pvc:70", 70}}) {
    std::vector<dsp::Beat> truth;
    record(scenario(c.text), 120, &truth);
    EXPECT_NEAR(static_cast<double>(truth.size()) / 2, c.bpm, c.bpm * 0.05) << c.text;
  }
}

TEST(Simulator, FibrillationAndAsystoleHaveNoBeats) {
  for (const char* text : {"vf", "asystole"}) {
    std::vector<dsp::Beat> truth;
    record(scenario(text), 10, &truth);
    EXPECT_TRUE(truth.empty()) << text;
  }
}

TEST(Simulator, PauseIsAsLongAsAsked) {
  std::vector<dsp::Beat> truth;
  record(scenario("pause:70,pause=4"), 20, &truth);
  double longest_s = 0;
  for (std::size_t i = 1; i < truth.size(); ++i) {
    longest_s = std::max(longest_s, static_cast<double>(truth[i].r_peak - truth[i - 1].r_peak) / 500);
  }
  EXPECT_NEAR(longest_s, 4, 0.01);
}

TEST(Simulator, AmplitudesAreThoseOfAnAdult) {
  const dsp::Recording recording = record(scenario("sinus,noise=0"), 5);
  const auto extremes = [&recording](dsp::LeadId id) {
    const dsp::Lead& lead = recording.leads[static_cast<std::size_t>(recording.find(id))];
    const auto [low, high] = std::minmax_element(lead.samples.begin(), lead.samples.end());
    return std::pair(*low * lead.uv_per_lsb, *high * lead.uv_per_lsb);
  };
  EXPECT_NEAR(extremes(dsp::LeadId::kII).second, 1080, 150);
  EXPECT_LT(extremes(dsp::LeadId::kV1).first, -600);   // rS in V1
  EXPECT_GT(extremes(dsp::LeadId::kV5).second, 1000);  // R in V5
  EXPECT_GT(-extremes(dsp::LeadId::kV2).first, extremes(dsp::LeadId::kV2).second);
  EXPECT_LT(-extremes(dsp::LeadId::kV4).first, extremes(dsp::LeadId::kV4).second);
}

TEST(Simulator, AnElectrodeOffTakesItsLeadsForItsTime) {
  const dsp::Recording recording = record(scenario("sinus,off=V2@1-2,off=RA@3-4"), 5);
  const auto gaps = [&recording](dsp::LeadId id) {
    return recording.leads[static_cast<std::size_t>(recording.find(id))].gaps;
  };
  EXPECT_EQ(gaps(dsp::LeadId::kV2), (std::vector<dsp::Interval>{{500, 1000}, {1500, 2000}}));
  EXPECT_EQ(gaps(dsp::LeadId::kV3), (std::vector<dsp::Interval>{{1500, 2000}}));
  EXPECT_EQ(gaps(dsp::LeadId::kI), (std::vector<dsp::Interval>{{1500, 2000}}));
  EXPECT_EQ(recording.leads[3].samples[700], 0);
}

TEST(Simulator, SwappedArmsTurnLeadOneOver) {
  const dsp::Recording right = record(scenario("sinus,noise=0"), 2);
  const dsp::Recording swapped = record(scenario("sinus,noise=0,swap=ra-la"), 2);
  for (std::size_t i = 0; i < 1000; ++i) {
    // The amplifier noise of about 1.5 uV does not change sides with the electrodes.
    ASSERT_NEAR(right.leads[0].samples[i] + swapped.leads[0].samples[i], 0, 4);
    ASSERT_NEAR(right.leads[4].samples[i], swapped.leads[4].samples[i], 4);
  }
}

}  // namespace
}  // namespace ecg::simulator
