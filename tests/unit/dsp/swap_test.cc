#include "dsp/quality/swap.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "dsp/model/models.h"
#include "tests/unit/dsp/simulated.h"

namespace ecg::dsp {
namespace {

Recording with_leads_exchanged(Recording recording, LeadId a, LeadId b) {
  Lead& one = recording.leads[static_cast<std::size_t>(recording.find(a))];
  Lead& two = recording.leads[static_cast<std::size_t>(recording.find(b))];
  std::swap(one.samples, two.samples);
  return recording;
}

TEST(Swap, ExchangingTwiceIsNoExchange) {
  const EightLeads leads = {10, 25, -3, 4, 50, 60, 70, 81};
  for (std::size_t k = 0; k < kExchanges; ++k) {
    const auto exchange = static_cast<Exchange>(k);
    EXPECT_NE(exchanged(exchange, leads), leads) << exchange_name(exchange);
    EXPECT_EQ(exchanged(exchange, exchanged(exchange, leads)), leads) << exchange_name(exchange);
  }
}

// Einthoven: III = II - I, whatever electrodes are where.
TEST(Swap, LimbExchangesFollowFromTheElectrodes) {
  const float ra = 3, la = 20, ll = 47;
  const EightLeads leads = {la - ra, ll - ra, 0, 0, 0, 0, 0, 0};
  const auto limbs = [&leads](Exchange exchange) {
    const EightLeads out = exchanged(exchange, leads);
    return std::pair(out[0], out[1]);
  };
  EXPECT_EQ(limbs(Exchange::kRaLa), std::pair(ra - la, ll - la));
  EXPECT_EQ(limbs(Exchange::kRaLl), std::pair(la - ll, ra - ll));
  EXPECT_EQ(limbs(Exchange::kLaLl), std::pair(ll - ra, la - ra));
}

TEST(Swap, EachConcernsItsOwnLeads) {
  EXPECT_TRUE(concerns(Exchange::kRaLl, LeadId::kAVF));
  EXPECT_FALSE(concerns(Exchange::kRaLl, LeadId::kV1));
  EXPECT_TRUE(concerns(Exchange::kV4V6, LeadId::kV6));
  EXPECT_FALSE(concerns(Exchange::kV4V6, LeadId::kV5));
  EXPECT_TRUE(concerns(Exchange::kChestReversed, LeadId::kV3));
}

TEST(Swap, AnExchangeIsNamedInTheStatementAndOnItsLeads) {
  for (const auto& [a, b, code] : {std::tuple{LeadId::kV1, LeadId::kV3, "LEAD_SWAP_V1_V3"},
                                   {LeadId::kV4, LeadId::kV6, "LEAD_SWAP_V4_V6"}}) {
    const Recording proper = simulated("sinus:72").recording;
    const Analysis before = analyze(proper, {});
    EXPECT_FALSE(before.exchange && before.exchange->claimed);
    const Analysis after = analyze(with_leads_exchanged(proper, a, b), {});
    ASSERT_TRUE(after.exchange && after.exchange->claimed) << code;
    EXPECT_TRUE(has_statement(after, code));
    EXPECT_FALSE(has_statement(after, "NORMAL"));
    for (const LeadQuality& lead : after.lead_quality) {
      const LeadId id = proper.leads[static_cast<std::size_t>(lead.lead)].id;
      EXPECT_EQ(has_reason(lead, QualityReason::kLeadReversal), id == a || id == b) << code << lead_name(id);
    }
  }
}

TEST(Swap, WithoutATableNothingIsSaid) {
  Models models = built_in_models();
  models.swap_prior = {};
  const Recording recording = with_leads_exchanged(simulated("sinus:72").recording, LeadId::kV1, LeadId::kV3);
  EXPECT_FALSE(analyze_with(recording, {}, models).exchange);
}

}  // namespace
}  // namespace ecg::dsp
