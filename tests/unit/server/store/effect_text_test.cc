#include "server/store/effect_text.h"

#include <gtest/gtest.h>

namespace ecg::store {
namespace {

TEST(EffectTextTest, EveryEffectComesBack) {
  const domain::Effects effects = {
      domain::StartAnalysis{3},
      domain::OfferToPool{domain::Pool::kExpert},
      domain::TellClinic{domain::ClinicNotice::kSuperseded},
      domain::TellOperator{},
      domain::RenderReport{2, domain::ReportStatus::kCorrected},
      domain::DeliverReport{7},
      domain::OpenCriticalResult{domain::CriticalTier::kMajorPositive},
      domain::CallPhoneChain{},
      domain::RecordBreach{},
      domain::KeepDraft{PersonId("p1")},
      domain::KeepDraft{},
      domain::TellLeaseEnded{PersonId("p1"), UINT64_MAX},
      domain::SupersedeRecording{2},
  };
  for (const auto& effect : effects) EXPECT_EQ(parse_effect(to_text(effect)), effect) << to_text(effect);
  EXPECT_EQ(to_text(domain::DeliverReport{7}), "DELIVER_REPORT 7");
}

TEST(EffectTextTest, AnythingElseIsRefused) {
  for (const char* text : {"", "X", "DELIVER_REPORT", "DELIVER_REPORT x", "DELIVER_REPORT 1 2",
                           "OFFER_TO_POOL 9", "RENDER_REPORT 1 99", "TELL_OPERATOR 1", "DELIVER_REPORT -1"}) {
    EXPECT_FALSE(parse_effect(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace ecg::store
