#include "server/domain/timers.h"

#include <gtest/gtest.h>

#include "server/domain/life_cycle.h"
#include "tests/unit/server/domain/fixture.h"

namespace ecg::domain::test {
namespace {

using S = StudyState;

Study queued(Priority priority) {
  Study study = study_in(S::kQueued);
  study.priority = priority;
  return study;
}

TEST(Deadlines, CountFromReceivedAtByClass) {
  const struct {
    Priority priority;
    Duration target, hard, final_hard;
  } cases[] = {{Priority::kStat, 3min, 10min, 30min},
               {Priority::kUrgent, 15min, 15min, 60min},
               {Priority::kRoutine, 30min, 30min, 2h},
               {Priority::kScreening, 24h, 24h, 48h}};
  for (const auto& c : cases) {
    Study study = queued(c.priority);
    EXPECT_EQ(due_at(study), kStart + c.target);
    EXPECT_EQ(late_at(study), kStart + c.hard);
    study = study_in(S::kPreliminary);
    study.priority = c.priority;
    EXPECT_EQ(due_at(study), kStart + c.final_hard);
  }
  EXPECT_EQ(due_at(study_in(S::kFinal)), std::nullopt);
  EXPECT_EQ(due_at(study_in(S::kUploading)), std::nullopt);
}

TEST(Escalation, StatLadderTakesItsFourStepsInOrder) {
  Study study = queued(Priority::kStat);
  const std::pair<Duration, Effect> expected[] = {{60s, OfferToPool{Pool::kWholeDuty}},
                                                  {3min, OfferToPool{Pool::kExpert}},
                                                  {5min, CallPhoneChain{}},
                                                  {10min, RecordBreach{}}};
  for (const auto& [after, effect] : expected) {
    ASSERT_EQ(next_timer(study), (Timer{kStart + after, StudyEvent::kEscalationDue}));
    const Event due = event(StudyEvent::kEscalationDue);
    EXPECT_EQ(apply(study, due, kStart + after - 1us)->outcome, Outcome::kIgnored);
    const auto result = apply(study, due, kStart + after);
    EXPECT_EQ(result->effects, Effects{effect});
    EXPECT_EQ(result->study.state, S::kQueued);
    study = result->study;
  }
  EXPECT_EQ(next_timer(study), std::nullopt);
}

TEST(Escalation, MissedStepsAreAllTakenAtOnceAfterARestart) {
  const auto result = apply(queued(Priority::kStat), event(StudyEvent::kEscalationDue), kStart + 1h);
  EXPECT_EQ(result->effects, (Effects{OfferToPool{Pool::kWholeDuty}, OfferToPool{Pool::kExpert},
                                      CallPhoneChain{}, RecordBreach{}}));
}

TEST(Escalation, WholePoolIsNotAlertedWhileSomebodyReads) {
  Study study = study_in(S::kReading);
  study.priority = Priority::kStat;
  const auto result = apply(study, event(StudyEvent::kEscalationDue), kStart + 60s);
  EXPECT_EQ(result->outcome, Outcome::kChanged);
  EXPECT_TRUE(result->effects.empty());
}

TEST(Escalation, RaisedStudyClimbsTheNewLadderFromReceivedAt) {
  Event raise = event(StudyEvent::kPriorityRaised);
  raise.priority = Priority::kStat;
  const auto raised = apply(queued(Priority::kScreening), raise, kStart + 4min);
  EXPECT_EQ(next_timer(raised->study)->at, kStart + 60s) << "in the past: due at once";
  const auto result = apply(raised->study, event(StudyEvent::kEscalationDue), kStart + 4min);
  EXPECT_EQ(result->effects.size(), 2u);
}

TEST(Escalation, SecondLevelHasOneLimit) {
  const Study study = study_in(S::kPreliminary);
  EXPECT_EQ(next_timer(study), (Timer{kStart + 2h, StudyEvent::kEscalationDue}));
  EXPECT_EQ(apply(study, event(StudyEvent::kEscalationDue), kStart + 2h)->effects, Effects{RecordBreach{}});
}

TEST(Timers, EachStateNamesItsNext) {
  EXPECT_EQ(next_timer(study_in(S::kOrdered)), (Timer{kStart + 24h, StudyEvent::kOrderExpired}));
  EXPECT_EQ(next_timer(study_in(S::kRetake)), (Timer{kStart + 10min, StudyEvent::kRetakeTimedOut}));
  Study retake_under_way = study_in(S::kUploading);
  EXPECT_EQ(next_timer(retake_under_way), std::nullopt);
  retake_under_way.received_at = kStart;
  EXPECT_EQ(next_timer(retake_under_way), (Timer{kStart + 10min, StudyEvent::kRetakeTimedOut}));
  EXPECT_EQ(next_timer(study_in(S::kReading)), (Timer{kStart + 10min + 1us, StudyEvent::kLeaseExpired}));
  EXPECT_EQ(next_timer(study_in(S::kFinal)), std::nullopt);
  EXPECT_EQ(next_timer(study_in(S::kClosed)), std::nullopt);
}

}  // namespace
}  // namespace ecg::domain::test
