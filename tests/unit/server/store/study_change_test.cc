#include "server/store/study_change.h"

#include "tests/unit/server/store/engines.h"
#include "tests/unit/server/store/records_for_tests.h"

namespace ecg::store {
namespace {

class StudyChangeTest : public StoreConformance {};
INSTANTIATE_TEST_SUITE_P(Engines, StudyChangeTest, ::testing::ValuesIn(engines()), engine_name);

domain::Event claim(const char* person) {
  domain::Event event;
  event.kind = domain::StudyEvent::kClaimed;
  event.actor = PersonId(person);
  return event;
}

TEST_P(StudyChangeTest, StudyAndItsEventsAreStoredTogether) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    ECG_TRY(t.put_study(queued_study("s1", domain::Priority::kRoutine, at(0))));
    ECG_ASSIGN(const auto change, change_study(t, StudyId("s1"), claim("p1"), at(1),
                                               [](StudyRecord& r) { r.reader_name = "李医生"; }));
    EXPECT_EQ(change.study.study.state, domain::StudyState::kAssigned);
    ECG_ASSIGN(const auto events, t.events_after(0, 10));
    EXPECT_EQ(events.size(), 1U);
    EXPECT_EQ(events.at(0).kind, EventKind::kStudyChanged);
    EXPECT_EQ(events.at(0).site, SiteId("baishi"));
    ECG_ASSIGN(const auto stored, t.find_study(StudyId("s1")));
    EXPECT_EQ(stored->reader_name, "李医生");
    return {};
  });
}

TEST_P(StudyChangeTest, EffectsFollowTheChangeInTheOutbox) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    auto uploading = queued_study("s1", domain::Priority::kRoutine, at(0));
    uploading.study.state = domain::StudyState::kUploading;
    uploading.study.received_at.reset();
    domain::Event stored;
    stored.kind = domain::StudyEvent::kAllChunksStored;
    ECG_ASSIGN(const auto change, change_study(t, uploading, stored, at(3)));
    EXPECT_EQ(change.study.study.received_at, at(3));
    ECG_ASSIGN(const auto events, t.events_after(0, 10));
    bool analysis = false;
    for (const auto& event : events) analysis |= event.effect == domain::Effect(domain::StartAnalysis{1});
    EXPECT_TRUE(analysis);
    return {};
  });
}

TEST_P(StudyChangeTest, ARepeatWritesNothing) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    auto cancelled = queued_study("s1", domain::Priority::kRoutine, at(0));
    cancelled.study.state = domain::StudyState::kCancelled;
    ECG_TRY(t.put_study(cancelled));
    domain::Event event;
    event.kind = domain::StudyEvent::kCancelled;
    event.reason = "x";
    ECG_ASSIGN(const auto change, change_study(t, StudyId("s1"), event, at(1)));
    EXPECT_EQ(change.outcome, domain::Outcome::kIgnored);
    ECG_ASSIGN(const auto last, t.last_event());
    EXPECT_EQ(last, 0U);
    return {};
  });
}

TEST_P(StudyChangeTest, AnImpossibleEventAndAnUnknownStudyAreRefused) {
  open();
  expect_written([](Transaction& t) -> Result<void> {
    EXPECT_EQ(change_study(t, StudyId("nobody"), claim("p1"), at(1)).error().code, ErrorCode::kNotFound);
    auto closed = queued_study("s1", domain::Priority::kRoutine, at(0));
    closed.study.state = domain::StudyState::kClosed;
    ECG_TRY(t.put_study(closed));
    EXPECT_EQ(change_study(t, StudyId("s1"), claim("p1"), at(1)).error().code, ErrorCode::kEventRefused);
    return {};
  });
}

}  // namespace
}  // namespace ecg::store
