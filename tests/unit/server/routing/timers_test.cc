#include "server/routing/timers.h"

#include <thread>

#include <gtest/gtest.h>

#include "server/store/study_change.h"
#include "tests/support/center/center_store.h"

namespace ecg::routing {
namespace {

using domain::Priority;
using domain::StudyEvent;
using domain::StudyState;
using std::chrono::minutes;
using std::chrono::seconds;

class StudyTimers : public testing::Test {
 protected:
  void reader_does(const StudyId& study, StudyEvent kind, std::uint64_t token = 0) {
    domain::Event event;
    event.kind = kind;
    event.actor = PersonId{"li"};
    event.token = token;
    event.reason = "noise";
    center_.happen(study, event);
  }
  StudyId read_by_li(Priority priority) {
    const StudyId study = center_.queue(priority);
    reader_does(study, StudyEvent::kClaimed);
    reader_does(study, StudyEvent::kOpened, center_.study(study).study.lease->token);
    return study;
  }
  void pass(Duration time) {
    center_.clock().advance(time);
    const auto ran = timers_.run_due();
    EXPECT_TRUE(ran.ok());
  }
  int effects(std::string_view wanted) {
    int count = 0;
    center_.read([&](const store::Snapshot& snapshot) -> Result<void> {
      ECG_ASSIGN(const auto events, snapshot.events_after(0, 10'000));
      for (const auto& event : events) count += event.effect && domain::name(*event.effect) == wanted ? 1 : 0;
      return {};
    });
    return count;
  }

  tests::CenterStore center_;
  Metrics metrics_;
  Timers timers_{center_.store(), center_.clock(), metrics_};
};

TEST_F(StudyTimers, AnEndedLeaseGivesTheStudyBackWithItsPlaceInTheQueue) {
  const StudyId study = read_by_li(Priority::kUrgent);
  const auto received = center_.study(study).study.received_at;
  pass(minutes{5});
  EXPECT_EQ(center_.state(study), StudyState::kReading);
  pass(seconds{1});
  EXPECT_EQ(center_.state(study), StudyState::kQueued);
  EXPECT_EQ(center_.study(study).study.received_at, received);
  EXPECT_EQ(center_.study(study).reader_name, "");
}

TEST_F(StudyTimers, AnAssignmentNobodyOpensEndsByItsClass) {
  const StudyId study = center_.queue(Priority::kStat);
  reader_does(study, StudyEvent::kClaimed);
  pass(seconds{59});
  EXPECT_EQ(center_.state(study), StudyState::kAssigned);
  pass(seconds{2});
  EXPECT_EQ(center_.state(study), StudyState::kQueued);
}

TEST_F(StudyTimers, AStatStudyClimbsItsWholeLadderEachStepOnce) {
  center_.queue(Priority::kStat);
  for (int second = 0; second < 12 * 60; second += 10) pass(seconds{10});
  EXPECT_EQ(effects("CALL_PHONE_CHAIN"), 1);
  EXPECT_EQ(effects("RECORD_BREACH"), 1);
}

TEST_F(StudyTimers, TimersSurviveARestart) {
  const StudyId study = read_by_li(Priority::kStat);
  center_.reopen();
  center_.clock().advance(minutes{3});
  Timers after(center_.store(), center_.clock(), metrics_);
  ASSERT_TRUE(after.run_due().ok());
  EXPECT_EQ(center_.state(study), StudyState::kQueued);
}

TEST_F(StudyTimers, ARetakeThatNeverComesIsReadAsItIs) {
  const StudyId study = read_by_li(Priority::kRoutine);
  reader_does(study, StudyEvent::kSignalRejected, center_.study(study).study.lease->token);
  ASSERT_EQ(center_.state(study), StudyState::kRetake);
  pass(minutes{9});
  EXPECT_EQ(center_.state(study), StudyState::kRetake);
  pass(minutes{1});
  EXPECT_EQ(center_.state(study), StudyState::kQueued);
}

TEST_F(StudyTimers, ASuspicionNobodyConfirmsGoesToTheClinicAsUnconfirmed) {
  const StudyId study = center_.queue(Priority::kStat);
  store::CriticalRecord critical;
  critical.study = study;
  critical.site = SiteId{"baishi"};
  critical.result.detected_at = center_.clock().now();
  center_.write([&](store::Transaction& transaction) -> Result<void> {
    ECG_TRY(transaction.put_critical(critical));
    return transaction.put_timer(
        {kUnconfirmedTimer, study, critical.result.detected_at + domain::kConfirmationLimit});
  });
  const auto state = [&] {
    domain::CriticalResult result;
    center_.read([&](const store::Snapshot& snapshot) -> Result<void> {
      ECG_ASSIGN(const auto found, snapshot.find_critical(study));
      if (!found) return Error{ErrorCode::kNotFound, study.value};
      result = found->result;
      return {};
    });
    return result;
  };
  pass(seconds{179});
  EXPECT_EQ(state().state, domain::CriticalState::kDetected);
  pass(seconds{1});
  EXPECT_EQ(state().state, domain::CriticalState::kNotified);
  EXPECT_FALSE(state().confirmed);
}

TEST_F(StudyTimers, NothingIsDueAgainAfterItHasRun) {
  read_by_li(Priority::kUrgent);
  center_.clock().advance(minutes{6});
  const auto next = timers_.run_due();
  ASSERT_TRUE(next.ok());
  EXPECT_GT(next.value().value_or(Timestamp::max()), center_.clock().now());
}

TEST_F(StudyTimers, TheThreadActsWithoutBeingAsked) {
  const StudyId study = read_by_li(Priority::kStat);
  center_.clock().advance(minutes{3});
  TimerThread thread(center_.store(), center_.clock(), timers_);
  for (int i = 0; i < 1000 && center_.state(study) != StudyState::kQueued; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  EXPECT_EQ(center_.state(study), StudyState::kQueued);
}

}  // namespace
}  // namespace ecg::routing
