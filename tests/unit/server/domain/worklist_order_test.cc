#include "server/domain/worklist_order.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/server/domain/fixture.h"

namespace ecg::domain::test {
namespace {

Study waiting(const char* id, Priority priority, Duration received_after) {
  Study study = study_in(StudyState::kQueued);
  study.id = StudyId{id};
  study.priority = priority;
  study.received_at = kStart + received_after;
  return study;
}

TEST(WorklistOrder, ClassComesBeforeDeadlineAndDeadlineBeforeId) {
  std::vector<Study> list = {
      waiting("f", Priority::kScreening, 0s), waiting("d", Priority::kRoutine, 1s),
      waiting("b", Priority::kStat, 90s),     waiting("e", Priority::kRoutine, 1s),
      waiting("a", Priority::kStat, 60s),     waiting("c", Priority::kUrgent, 100s),
  };
  std::ranges::sort(list, [](const Study& a, const Study& b) { return reads_before(a, b); });
  std::string order;
  for (const Study& study : list) order += study.id.value;
  EXPECT_EQ(order, "abcdef");
}

TEST(WorklistOrder, SuspectedCriticalIsOnTopOfAllThatAreNotStat) {
  const Study routine = waiting("late", Priority::kUrgent, -2h);
  Event found = event(StudyEvent::kCriticalFound);
  found.tier = CriticalTier::kCritical;
  const auto critical = apply(waiting("new", Priority::kScreening, 0s), found, kStart);
  EXPECT_TRUE(reads_before(critical->study, routine));
}

TEST(WorklistOrder, KeysAreATotalOrder) {
  const Study a = waiting("a", Priority::kStat, 0s);
  EXPECT_FALSE(reads_before(a, a));
  Study no_time = waiting("b", Priority::kStat, 0s);
  no_time.received_at.reset();
  EXPECT_TRUE(reads_before(a, no_time));
  EXPECT_FALSE(reads_before(no_time, a));
}

TEST(Priority, UnknownClassIsUrgent) {
  EXPECT_EQ(priority_or_urgent("ROUTINE"), Priority::kRoutine);
  EXPECT_EQ(priority_or_urgent("soon"), Priority::kUrgent);
  EXPECT_EQ(priority_or_urgent(""), Priority::kUrgent);
  for (const Priority p : kPriorities) EXPECT_EQ(parse_priority(name(p)), p);
}

}  // namespace
}  // namespace ecg::domain::test
