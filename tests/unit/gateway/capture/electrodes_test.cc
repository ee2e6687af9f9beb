#include "gateway/capture/electrodes.h"

#include <map>

#include <gtest/gtest.h>

namespace ecg::capture {
namespace {

std::vector<dsp::StreamLead> eight_leads() {
  using dsp::LeadId;
  std::vector<dsp::StreamLead> leads;
  for (const auto id : {LeadId::kI, LeadId::kII, LeadId::kV1, LeadId::kV2, LeadId::kV3, LeadId::kV4,
                        LeadId::kV5, LeadId::kV6}) {
    leads.push_back({id, 5, 0});
  }
  return leads;
}

std::map<std::string, ecg::v1::ElectrodeState> judged(std::uint32_t lead_off,
                                                      const std::vector<dsp::LeadQuality>& quality = {}) {
  std::map<std::string, ecg::v1::ElectrodeState> out;
  for (const auto& electrode : judge_electrodes(eight_leads(), quality, lead_off)) {
    out[electrode.name()] = electrode.state();
  }
  return out;
}

TEST(Electrodes, EachLimbElectrodeIsFoundFromTheLeadsThatMissIt) {
  const std::uint32_t chest = 0b11111100;
  EXPECT_EQ(judged(chest | 0b11)["RA"], ecg::v1::ELECTRODE_STATE_OFF);
  EXPECT_EQ(judged(chest | 0b11)["LA"], ecg::v1::ELECTRODE_STATE_OK);
  EXPECT_EQ(judged(chest | 0b01)["LA"], ecg::v1::ELECTRODE_STATE_OFF);
  EXPECT_EQ(judged(chest | 0b10)["LL"], ecg::v1::ELECTRODE_STATE_OFF);
  EXPECT_EQ(judged(chest | 0b10)["V1"], ecg::v1::ELECTRODE_STATE_UNSPECIFIED);
}

TEST(Electrodes, ChestElectrodeOffIsThatElectrode) {
  auto states = judged(0b00001000);
  EXPECT_EQ(states.size(), 10u);
  for (const auto& [name, state] : states) {
    EXPECT_EQ(state, name == "V2" ? ecg::v1::ELECTRODE_STATE_OFF : ecg::v1::ELECTRODE_STATE_OK) << name;
  }
}

TEST(Electrodes, InstructionNamesTheFirstThingToDo) {
  ecg::v1::DeviceQuality quality;
  quality.set_grade(ecg::v1::QUALITY_GRADE_POOR);
  for (auto& electrode : judge_electrodes(eight_leads(), {}, 0b00001000))
    *quality.add_electrodes() = electrode;
  instruct(quality);
  EXPECT_EQ(quality.instruction_code(), "press_electrode");
  EXPECT_EQ(quality.instruction_electrode(), "V2");

  quality.Clear();
  const dsp::LeadQuality reversed{0, dsp::QualityGrade::kDegraded, {dsp::QualityReason::kLeadReversal}};
  for (auto& electrode : judge_electrodes(eight_leads(), {reversed}, 0))
    *quality.add_electrodes() = electrode;
  instruct(quality);
  EXPECT_EQ(quality.instruction_code(), "check_swap");
  EXPECT_EQ(quality.instruction_electrode(), "RA");

  quality.Clear();
  quality.set_grade(ecg::v1::QUALITY_GRADE_GOOD);
  instruct(quality);
  EXPECT_EQ(quality.instruction_code(), "ready");
}

}  // namespace
}  // namespace ecg::capture
