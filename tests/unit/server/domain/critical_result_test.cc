#include "server/domain/critical_result.h"

#include <string_view>

#include <gtest/gtest.h>

#include "tests/unit/server/domain/fixture.h"

namespace ecg::domain::test {
namespace {

using S = CriticalState;
using E = CriticalEvent;

CriticalResult result_in(S state) {
  CriticalResult result;
  result.state = state;
  result.detected_at = kStart;
  if (state == S::kDetected || state == S::kRefuted) return result;
  result.confirmed = true;
  result.confirmed_at = kStart;
  if (state == S::kConfirmed) return result;
  result.notified_at = kStart;
  if (state == S::kNotified) return result;
  result.acknowledged_at = kStart;
  if (state == S::kAcknowledged) return result;
  result.handled_at = kStart;
  return result;
}

CriticalInput input(E event) {
  return {event, kAnna, "words"};
}

// Detected, Confirmed, Notified, Acknowledged, Handled, closed (Z), Refuted.
constexpr std::string_view kLetters = "DCNAHZR";
constexpr std::pair<E, std::string_view> kExpected[] = {
    {E::kConfirm, "C=====."}, {E::kConfirmationTimedOut, "N======"}, {E::kRefute, "R.....="},
    {E::kNotify, ".N====."},  {E::kAcknowledge, "..A===."},          {E::kHandle, "...H==."},
    {E::kClose, "....Z=."},
};

TEST(CriticalResult, EveryPairOfStateAndEventIsAllowedIgnoredOrRefused) {
  for (const auto& [kind, answers] : kExpected) {
    for (std::size_t i = 0; i < kCriticalStates.size(); ++i) {
      const CriticalResult before = result_in(kCriticalStates[i]);
      const auto after = apply(before, input(kind), kStart + 3min);
      char got = '.';
      if (after.ok()) got = *after == before ? '=' : kLetters[static_cast<std::size_t>(after->state)];
      EXPECT_EQ(got, answers[i]) << name(kind) << " in " << name(before.state);
      if (!after.ok()) {
        EXPECT_EQ(after.error().code, ErrorCode::kEventRefused);
      }
    }
  }
}

TEST(CriticalResult, NobodyConfirmsInThreeMinutesSoTheClinicHearsOfASuspicion) {
  const CriticalResult before = result_in(S::kDetected);
  EXPECT_FALSE(apply(before, {E::kConfirmationTimedOut, {}, {}}, kStart + 3min - 1us).ok());
  const auto told = apply(before, {E::kConfirmationTimedOut, {}, {}}, kStart + 3min);
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(told->state, S::kNotified);
  EXPECT_FALSE(told->confirmed);
  const auto confirmed = apply(*told, input(E::kConfirm), kStart + 4min);
  EXPECT_EQ(confirmed->state, S::kNotified);
  EXPECT_TRUE(confirmed->confirmed);
  EXPECT_EQ(apply(*told, input(E::kRefute), kStart + 4min)->state, S::kRefuted);
  CriticalResult major = before;
  major.tier = CriticalTier::kMajorPositive;
  EXPECT_FALSE(apply(major, {E::kConfirmationTimedOut, {}, {}}, kStart + 1h).ok()) << "by a reader only";
}

TEST(CriticalResult, AcknowledgementNeedsANameAndTheReadBack) {
  const CriticalResult before = result_in(S::kNotified);
  EXPECT_EQ(apply(before, {E::kAcknowledge, {}, "VF"}, kStart).error().code, ErrorCode::kInvalidField);
  EXPECT_EQ(apply(before, {E::kAcknowledge, kAnna, ""}, kStart).error().code, ErrorCode::kInvalidField);
  EXPECT_EQ(apply(before, {E::kAcknowledge, kAnna, "VF"}, kStart)->state, S::kAcknowledged);
  CriticalResult major = before;
  major.tier = CriticalTier::kMajorPositive;
  EXPECT_EQ(apply(major, {E::kAcknowledge, kAnna, ""}, kStart)->state, S::kAcknowledged);
}

TEST(CriticalResult, AlertsRepeatEveryTwoMinutesAndThePeopleGrowEverySix) {
  const CriticalResult told = result_in(S::kNotified);
  EXPECT_EQ(alerts_due(told, kStart), (AlertsDue{1, 1}));
  EXPECT_EQ(alerts_due(told, kStart + 2min), (AlertsDue{2, 1}));
  EXPECT_EQ(alerts_due(told, kStart + 6min), (AlertsDue{4, 2}));
  EXPECT_EQ(alerts_due(told, kStart + 1h), (AlertsDue{11, 11}));
  EXPECT_EQ(alerts_due(result_in(S::kAcknowledged), kStart + 1h), AlertsDue{});
}

TEST(CriticalResult, NamesAreThoseOfTheVocabulary) {
  for (const S state : kCriticalStates) EXPECT_EQ(parse_critical_state(name(state)), state);
  EXPECT_EQ(text(S::kRefuted, Language::kChinese), "排除");
  EXPECT_EQ(parse_critical_tier("MAJOR_POSITIVE"), CriticalTier::kMajorPositive);
}

}  // namespace
}  // namespace ecg::domain::test
