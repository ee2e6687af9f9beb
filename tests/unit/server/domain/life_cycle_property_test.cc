// Long random histories: whatever order events come in, these hold.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "server/domain/timers.h"
#include "tests/unit/server/domain/fixture.h"

namespace ecg::domain::test {
namespace {

template <class Range>
auto one_of(const Range& range) {
  return range[*rc::gen::inRange<std::size_t>(0, range.size())];
}

Event random_event(const Study& study) {
  static const PersonId people[] = {PersonId{}, kAnna, kBo, kChen};
  Event event;
  event.kind = one_of(kStudyEvents);
  event.actor = people[*rc::gen::inRange(0, 4)];
  event.reader = people[*rc::gen::inRange(0, 4)];
  // Mostly the right reader under the right lease, or histories would never get beyond the first refusal.
  if (study.lease && *rc::gen::inRange(0, 4) != 0) event.actor = study.lease->holder;
  event.token = study.lease && *rc::gen::inRange(0, 4) != 0 ? study.lease->token
                                                            : *rc::gen::inRange<std::uint64_t>(0, 9);
  event.reason = *rc::gen::inRange(0, 3) == 0 ? "" : "reason";
  event.attempt = study.attempt + *rc::gen::inRange(0, 3);
  event.digest_equal = *rc::gen::inRange(0, 5) != 0;
  event.samples_exist = *rc::gen::arbitrary<bool>();
  event.final_level = *rc::gen::arbitrary<bool>();
  event.priority = one_of(kPriorities);
  event.quality = static_cast<QualityState>(*rc::gen::inRange(0, 4));
  const int tier = *rc::gen::inRange(0, 4);
  if (tier < 2) event.tier = static_cast<CriticalTier>(tier);
  event.version = study.report_version + *rc::gen::inRange(0, 2);
  event.status = one_of(kReportStatuses);
  return event;
}

void check_study(const Study& study) {
  const bool leased = study.state == StudyState::kAssigned || study.state == StudyState::kReading;
  RC_ASSERT(study.lease.has_value() == leased);
  RC_ASSERT((placement(study.state) == Placement::kLeased) == leased);
  if (study.lease) {
    RC_ASSERT(study.lease->token == study.last_token);
    RC_ASSERT(!study.lease->holder.empty());
    RC_ASSERT((study.lease->kind == LeaseKind::kReading) == (study.state == StudyState::kReading));
  }
  const Placement where = placement(study.state);
  const bool at_center =
      where != Placement::kNowhere && where != Placement::kGateway && where != Placement::kOver;
  if (at_center) RC_ASSERT(study.received_at.has_value());
  if (study.state == StudyState::kFinal || study.state == StudyState::kClosed) {
    RC_ASSERT(!study.final_reader.empty());
    RC_ASSERT(study.report_version > 0);
  }
  if (study.state == StudyState::kClosed) RC_ASSERT(!study.open_critical);
}

void check_step(const Study& before, const Event& event, const Transition& t, Timestamp now) {
  const Study& after = t.study;
  if (t.outcome == Outcome::kIgnored) {
    RC_ASSERT(after == before);
    RC_ASSERT(t.effects.empty());
    return;
  }
  RC_ASSERT(!is_terminal(before.state));
  RC_ASSERT(after.state != StudyState::kAbsent);
  if (before.state != StudyState::kAbsent && event.kind != StudyEvent::kPriorityLowered) {
    RC_ASSERT(!(after.priority > before.priority));
  }
  RC_ASSERT(after.last_token >= before.last_token);
  if (before.lease && after.lease && before.lease->holder != after.lease->holder) {
    RC_ASSERT(after.lease->token > before.lease->token);
  }
  RC_ASSERT(after.report_version >= before.report_version);
  if (before.received_at) RC_ASSERT(after.received_at == before.received_at);
  // The wait for a retake is one, however often the line is lost meanwhile.
  const auto waits = [](const Study& study) {
    return study.received_at &&
           (study.state == StudyState::kRetake || (placement(study.state) == Placement::kGateway));
  };
  if (after.state != before.state) {
    RC_ASSERT(after.state_since == (waits(before) && waits(after) ? before.state_since : now));
  }
  if (before.received_at && after.attempt != before.attempt) {
    RC_ASSERT(event.kind == StudyEvent::kAllChunksStored && after.attempt > before.attempt);
    RC_ASSERT(!after.lease);
  }
  const bool signs = event.kind == StudyEvent::kSigned || event.kind == StudyEvent::kConfirmed ||
                     event.kind == StudyEvent::kAmended;
  if (after.report_version > before.report_version) RC_ASSERT(signs && !event.actor.empty());
}

RC_GTEST_PROP(LifeCycleProperty, HistoriesOfAnyOrderKeepTheRules, ()) {
  Study study;
  study.id = StudyId{"S1"};
  study.signing = *rc::gen::arbitrary<bool>() ? SigningPolicy::kTwoLevel : SigningPolicy::kOneLevel;
  study.state = one_of(std::array{StudyState::kAbsent, StudyState::kReceived, StudyState::kQueued});
  if (study.state != StudyState::kAbsent) study.received_at = kStart;
  Timestamp now = kStart;
  for (int step = 0; step < 150; ++step) {
    now += std::chrono::seconds{*rc::gen::inRange(0, 90)};
    const Event event = random_event(study);
    const auto result = apply(study, event, now);
    if (!result.ok()) continue;
    RC_LOG() << name(study.state) << " " << name(event.kind) << " " << name(result->study.state) << "\n";
    check_step(study, event, *result, now);
    check_study(result->study);
    study = result->study;
  }
}

RC_GTEST_PROP(LifeCycleProperty, SoftwareNeverLowersAClass, ()) {
  const Priority present = one_of(kPriorities);
  const Priority proposed = one_of(kPriorities);
  RC_ASSERT(!(raise_priority(present, proposed) > present));
  RC_ASSERT(raise_priority(present, proposed) == raise_priority(proposed, present));
  RC_ASSERT(!(one_class_higher(present) > present));
}

// Whatever timer a study names does something at its time, so that no sleeper spins.
RC_GTEST_PROP(LifeCycleProperty, EveryTimerDoesSomethingWhenItIsDue, ()) {
  Study study = study_in(one_of(kStudyStates));
  study.priority = one_of(kPriorities);
  Timestamp now = kStart;
  for (int i = 0; i < 20; ++i) {
    const auto timer = next_timer(study);
    if (!timer) return;
    now = std::max(now, timer->at);
    const auto result = apply(study, event(timer->event), now);
    RC_ASSERT(result.ok());
    RC_ASSERT(result->outcome == Outcome::kChanged);
    study = result->study;
  }
  RC_FAIL("timers never end");
}

}  // namespace
}  // namespace ecg::domain::test
