#include <gtest/gtest.h>

#include "dsp/signal.h"

namespace ecg::dsp {
namespace {

TEST(LeadNames, SpellingsOfDevicesAreRecognised) {
  EXPECT_EQ(lead_from_name("I"), LeadId::kI);
  EXPECT_EQ(lead_from_name("ii"), LeadId::kII);
  EXPECT_EQ(lead_from_name("Lead III"), LeadId::kIII);
  EXPECT_EQ(lead_from_name("AVR"), LeadId::kAVR);
  EXPECT_EQ(lead_from_name("avl"), LeadId::kAVL);
  EXPECT_EQ(lead_from_name("v1"), LeadId::kV1);
  EXPECT_EQ(lead_from_name("C6"), LeadId::kV6);
  EXPECT_EQ(lead_from_name("MDC_ECG_LEAD_V3R"), LeadId::kV3R);
}

TEST(LeadNames, ModifiedLeadsAreNotTakenForStandardOnes) {
  for (const char* name : {"MLII", "ECG", "", "V", "V10", "aVX", "C", "resp"}) {
    EXPECT_EQ(lead_from_name(name), LeadId::kOther) << name;
  }
}

TEST(LeadNames, EveryNameLeadsBackToItsLead) {
  for (int id = 0; id < static_cast<int>(LeadId::kOther); ++id) {
    EXPECT_EQ(lead_from_name(lead_name(static_cast<LeadId>(id))), static_cast<LeadId>(id));
  }
  EXPECT_EQ(lead_name(LeadId::kOther), "?");
}

Recording limb_leads() {
  Recording recording;
  recording.sampling_frequency = {500};
  recording.leads.resize(2);
  recording.leads[0].id = LeadId::kI;
  recording.leads[0].uv_per_lsb = 5;
  recording.leads[0].baseline = 10;
  recording.leads[0].samples = {10, 110, -90, 30};
  recording.leads[0].gaps = {{2, 3}};
  recording.leads[1].id = LeadId::kII;
  recording.leads[1].uv_per_lsb = 2.5;
  recording.leads[1].samples = {0, 400, 100, 40};
  recording.leads[1].gaps = {{3, 4}};
  return recording;
}

TEST(DerivedLeads, FollowEinthovenAndGoldbergerInPhysicalUnits) {
  const Recording full = with_derived_limb_leads(limb_leads());
  ASSERT_EQ(full.leads.size(), 6U);
  const auto uv = [&full](LeadId id, SampleIndex i) {
    return full.leads[static_cast<std::size_t>(full.find(id))].microvolts(i);
  };
  EXPECT_EQ(uv(LeadId::kIII, 1), 500);  // 1000 - 500
  EXPECT_EQ(uv(LeadId::kAVR, 1), -750);
  EXPECT_EQ(uv(LeadId::kAVL, 1), 0);
  EXPECT_EQ(uv(LeadId::kAVF, 1), 750);
}

TEST(DerivedLeads, AreMarkedAndCarryTheGapsOfBoth) {
  const Recording full = with_derived_limb_leads(limb_leads());
  const Lead& three = full.leads[static_cast<std::size_t>(full.find(LeadId::kIII))];
  EXPECT_TRUE(three.derived);
  EXPECT_EQ(three.gaps, (std::vector<Interval>{{2, 4}}));
}

TEST(DerivedLeads, StoredLeadsAreNeverTouchedAndNothingIsInvented) {
  Recording with_three = limb_leads();
  with_three.leads.push_back(with_three.leads[0]);
  with_three.leads[2].id = LeadId::kIII;
  const Recording full = with_derived_limb_leads(with_three);
  EXPECT_EQ(full.leads.size(), 6U);
  EXPECT_EQ(full.leads[2].samples, with_three.leads[2].samples);
  EXPECT_FALSE(full.leads[2].derived);

  Recording unknown = limb_leads();
  unknown.leads[1].uv_per_lsb = 0;
  EXPECT_EQ(with_derived_limb_leads(unknown).leads.size(), 2U);
  Recording only_two = limb_leads();
  only_two.leads.erase(only_two.leads.begin());
  EXPECT_EQ(with_derived_limb_leads(only_two).leads.size(), 1U);
}

}  // namespace
}  // namespace ecg::dsp
