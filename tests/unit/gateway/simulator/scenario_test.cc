#include "gateway/simulator/scenario.h"

#include <gtest/gtest.h>

namespace ecg::simulator {
namespace {

TEST(ScenarioText, EveryKeyIsUnderstood) {
  const auto parsed = parse_scenario(
      "sinus:64,noise=20,ste=inferior,off=V2@3-6,off=RA,swap=ra-la,hz=1000,uv=2.5,leads=12,seed=9,mains_hz="
      "60");
  ASSERT_TRUE(parsed.ok());
  const Scenario& scenario = *parsed;
  EXPECT_EQ(scenario.rate_bpm, 64);
  EXPECT_EQ(scenario.noise.muscle_uv, 20);
  EXPECT_EQ(scenario.noise.mains_uv, 10);
  EXPECT_EQ(scenario.noise.mains_hz, 60);
  EXPECT_EQ(scenario.morphology, Morphology::kSteInferior);
  ASSERT_EQ(scenario.off.size(), 2U);
  EXPECT_EQ(scenario.off[0].electrode, Electrode::kV2);
  EXPECT_EQ(scenario.off[0].from_s, 3);
  EXPECT_EQ(scenario.off[0].to_s, 6);
  EXPECT_TRUE(scenario.swap_ra_la);
  EXPECT_EQ(scenario.sampling_hz, 1000);
  EXPECT_EQ(scenario.uv_per_lsb, 2.5);
  EXPECT_EQ(scenario.leads, LeadSet::kTwelve);
  EXPECT_EQ(scenario.seed, 9U);
}

TEST(ScenarioText, DescribeIsUnderstoodAsTheSameScenario) {
  for (const char* text :
       {"sinus", "af:110,muscle=30,seed=4", "vt,off=LL@1-2.5,hz=250", "avb3:33,shape=rbbb,leads=12"}) {
    const auto parsed = parse_scenario(text);
    ASSERT_TRUE(parsed.ok()) << text;
    EXPECT_EQ(describe(*parsed), text);
  }
}

TEST(ScenarioText, WhatIsWrongIsNamed) {
  for (const char* text :
       {"", "tango", "sinus:", "sinus:9000", "sinus:72x", "sinus,hz=100", "sinus,colour=red", "sinus,off=V9",
        "sinus,off=V2@6-3", "sinus,ste=apical", "sinus,leads=9", "sinus,rate", "sinus,seed=-1"}) {
    const auto parsed = parse_scenario(text);
    ASSERT_FALSE(parsed.ok()) << text;
    EXPECT_EQ(parsed.error().code, ErrorCode::kConfigInvalid) << text;
  }
  EXPECT_NE(parse_scenario("sinus,colour=red").error().subject.find("colour=red"), std::string::npos);
}

TEST(ScenarioText, EveryPresetIsUnderstoodAndLabelledInBothLanguages) {
  for (const Preset& preset : presets()) {
    EXPECT_TRUE(parse_scenario(preset.name).ok()) << preset.name;
    EXPECT_FALSE(preset.label_zh.empty()) << preset.name;
    EXPECT_FALSE(preset.label_en.empty()) << preset.name;
  }
  EXPECT_EQ(parse_scenario("noisy,seed=3")->noise.muscle_uv, 60);
}

}  // namespace
}  // namespace ecg::simulator
