#include "server/domain/life_cycle.h"

#include <gtest/gtest.h>

#include "tests/unit/server/domain/fixture.h"

namespace ecg::domain::test {
namespace {

using S = StudyState;
using E = StudyEvent;

Transition allowed(const Study& study, const Event& what, Timestamp now) {
  const auto result = apply(study, what, now);
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.error().subject);
  if (!result.ok()) return Transition{};
  EXPECT_EQ(result->outcome, Outcome::kChanged) << name(what.kind);
  return *result;
}

ErrorCode refused(const Study& study, const Event& what, Timestamp now) {
  const auto result = apply(study, what, now);
  EXPECT_FALSE(result.ok()) << name(what.kind);
  return result.ok() ? ErrorCode::kInternal : result.error().code;
}

Event findings(QualityState quality, Priority priority = Priority::kScreening) {
  Event done = event(E::kAnalysisDone);
  done.quality = quality;
  done.priority = priority;
  return done;
}

TEST(LifeCycle, WholePathFromUploadToClosed) {
  Event opened = event(E::kUploadOpened);
  opened.priority = Priority::kUrgent;
  Transition t = allowed(Study{}, opened, kStart);
  EXPECT_EQ(t.study.requested, Priority::kUrgent);
  t = allowed(t.study, event(E::kAllChunksStored), kStart + 1s);
  EXPECT_EQ(t.study.received_at, kStart + 1s);
  EXPECT_TRUE(has(t, StartAnalysis{1}));
  EXPECT_TRUE(has(t, TellClinic{ClinicNotice::kReceived}));
  t = allowed(t.study, event(E::kAnalysisStarted), kStart + 2s);
  t = allowed(t.study, findings(QualityState::kGood), kStart + 3s);
  EXPECT_EQ(t.study.state, S::kQueued);
  EXPECT_TRUE(has(t, OfferToPool{Pool::kDuty}));
  Event claim = event(E::kClaimed);
  claim.actor = kAnna;
  t = allowed(t.study, claim, kStart + 10s);
  ASSERT_TRUE(t.study.lease);
  EXPECT_EQ(t.study.lease->expires_at, kStart + 10s + 3min);
  Event open = claim;
  open.kind = E::kOpened;
  open.token = t.study.lease->token;
  t = allowed(t.study, open, kStart + 11s);
  EXPECT_TRUE(has(t, TellClinic{ClinicNotice::kOpened}));
  EXPECT_EQ(t.study.lease->expires_at, kStart + 11s + 5min);
  Event sign = open;
  sign.kind = E::kSigned;
  t = allowed(t.study, sign, kStart + 60s);
  EXPECT_EQ(t.study.state, S::kFinal);
  EXPECT_FALSE(t.study.lease);
  EXPECT_EQ(t.effects, (Effects{RenderReport{1, ReportStatus::kFinal}, DeliverReport{1}}));
  t = allowed(t.study, event(E::kAllAcknowledged), kStart + 90s);
  EXPECT_EQ(t.study.state, S::kClosed);
}

TEST(LifeCycle, DigestMismatchLeavesTheUploadOpen) {
  Event stored = event(E::kAllChunksStored);
  stored.digest_equal = false;
  EXPECT_EQ(refused(study_in(S::kUploading), stored, kStart), ErrorCode::kDigestMismatch);
}

TEST(LifeCycle, AbortedCaptureGoesWhereItsSamplesAre) {
  Study study = study_in(S::kAcquiring);
  Event abort = event(E::kCaptureAborted);
  EXPECT_EQ(allowed(study, abort, kStart).study.state, S::kOrdered);
  abort.samples_exist = true;
  const Transition partial = allowed(study, abort, kStart);
  EXPECT_EQ(partial.study.state, S::kBuffered);
  EXPECT_TRUE(partial.study.partial);
  abort.samples_exist = false;
  study.ordered = false;
  EXPECT_EQ(allowed(study, abort, kStart).study.state, S::kCancelled);
  study.received_at = kStart;
  const Transition retake = allowed(study, abort, kStart);
  EXPECT_EQ(retake.study.state, S::kRetake) << "the first recording is still there";
  EXPECT_EQ(retake.study.attempt, 1);
}

TEST(LifeCycle, PoorIsRetakenUnlessItIsStat) {
  const Study study = study_in(S::kQc);
  const Transition poor = allowed(study, findings(QualityState::kPoor), kStart);
  EXPECT_EQ(poor.study.state, S::kRetake);
  EXPECT_EQ(poor.effects, (Effects{TellClinic{ClinicNotice::kRetakeWanted}}));

  Study stat = study;
  stat.priority = Priority::kStat;
  const Transition queued = allowed(stat, findings(QualityState::kPoor), kStart);
  EXPECT_EQ(queued.study.state, S::kQueued);
  EXPECT_TRUE(has(queued, TellClinic{ClinicNotice::kRetakeWanted})) << "asked for beside it";

  Event critical = findings(QualityState::kPoor);
  critical.tier = CriticalTier::kCritical;
  const Transition raised = allowed(study, critical, kStart);
  EXPECT_EQ(raised.study.state, S::kQueued) << "the finding makes it STAT first";
  EXPECT_EQ(raised.study.priority, Priority::kStat);
}

TEST(LifeCycle, FailedOrMissingAnalysisQueuesOneClassHigher) {
  for (const Priority before : kPriorities) {
    Study study = study_in(S::kQc);
    study.priority = before;
    const Transition failed = allowed(study, event(E::kAnalysisFailed), kStart);
    EXPECT_EQ(failed.study.state, S::kQueued);
    EXPECT_EQ(failed.study.priority, one_class_higher(before));
    EXPECT_TRUE(failed.study.not_analysed);
    EXPECT_TRUE(has(failed, TellClinic{ClinicNotice::kNotAnalysed}));
    const Transition unknown = allowed(study, findings(QualityState::kUnknown), kStart);
    EXPECT_EQ(unknown.study.state, S::kQueued);
    EXPECT_EQ(unknown.study.priority, one_class_higher(before));
    EXPECT_TRUE(unknown.study.not_analysed);
  }
}

TEST(LifeCycle, LateAnalysisStillRaisesWhatWasQueuedWithoutOne) {
  Study study = study_in(S::kReading);
  study.not_analysed = true;
  Event late = findings(QualityState::kGood);
  late.tier = CriticalTier::kCritical;
  const Transition t = allowed(study, late, kStart + 1min);
  EXPECT_EQ(t.study.state, S::kReading);
  EXPECT_EQ(t.study.priority, Priority::kStat);
  EXPECT_FALSE(t.study.not_analysed);
  EXPECT_EQ(t.study.lease->expires_at, kStart + 3min) << "the lease is now as short as STAT wants";
  EXPECT_TRUE(has(t, OpenCriticalResult{CriticalTier::kCritical}));
}

Event of_attempt(E kind, int attempt) {
  Event made = event(kind);
  made.attempt = attempt;
  return made;
}

TEST(LifeCycle, TheHeldRecordingCountsUntilTheRetakeIsComplete) {
  const Transition capture = allowed(study_in(S::kRetake), of_attempt(E::kCaptureStarted, 2), kStart + 1min);
  EXPECT_EQ(capture.study.state, S::kAcquiring);
  EXPECT_EQ(capture.study.attempt, 1);
  EXPECT_EQ(apply(study_in(S::kRetake), of_attempt(E::kUploadOpened, 1), kStart)->outcome, Outcome::kIgnored);
  const Transition opened = allowed(study_in(S::kRetake), of_attempt(E::kUploadOpened, 2), kStart + 1min);
  EXPECT_EQ(opened.study.state, S::kUploading);
  EXPECT_EQ(opened.study.attempt, 1);
  const Transition stored = allowed(opened.study, of_attempt(E::kAllChunksStored, 2), kStart + 2min);
  EXPECT_EQ(stored.study.state, S::kReceived);
  EXPECT_EQ(stored.study.attempt, 2);
  EXPECT_EQ(stored.study.received_at, kStart) << "the SLA clock does not start again";
  EXPECT_TRUE(has(stored, SupersedeRecording{1}));
  EXPECT_TRUE(has(stored, StartAnalysis{2}));
}

TEST(LifeCycle, ARetakeThatNeverArrivesLeavesTheFirstRecordingToBeRead) {
  Study study = allowed(study_in(S::kRetake), of_attempt(E::kUploadOpened, 2), kStart + 4min).study;
  const Transition lost = allowed(study, event(E::kLineLost), kStart + 8min);
  EXPECT_EQ(lost.study.state, S::kRetake);
  EXPECT_EQ(lost.study.attempt, 1);
  for (const Study& waiting : {study, lost.study}) {
    EXPECT_EQ(apply(waiting, event(E::kRetakeTimedOut), kStart + 10min - 1us)->outcome, Outcome::kIgnored);
    const Transition late = allowed(waiting, event(E::kRetakeTimedOut), kStart + 10min);
    EXPECT_EQ(late.study.state, S::kQueued);
    EXPECT_EQ(late.study.attempt, 1);
    EXPECT_EQ(late.study.state_since, kStart + 10min);
  }
  study.priority = Priority::kStat;
  EXPECT_EQ(allowed(study, event(E::kLineLost), kStart + 5min).study.state, S::kQueued)
      << "STAT does not wait for a better recording";
}

TEST(LifeCycle, AttemptsMaySkipNumbers) {
  EXPECT_EQ(allowed(study_in(S::kRetake), of_attempt(E::kCaptureStarted, 4), kStart).study.state,
            S::kAcquiring);
  EXPECT_EQ(allowed(study_in(S::kQueued), of_attempt(E::kAllChunksStored, 4), kStart).study.attempt, 4);
}

TEST(LifeCycle, ANewerRecordingEndsTheLeaseSoThatNobodySignsATraceNotSeen) {
  const Event stored = of_attempt(E::kAllChunksStored, 2);
  for (const S state : {S::kAssigned, S::kReading}) {
    const Transition t = allowed(study_in(state), stored, kStart + 1min);
    EXPECT_EQ(t.study.state, S::kQueued);
    EXPECT_EQ(t.study.attempt, 2);
    EXPECT_EQ(t.study.received_at, kStart) << "the SLA clock does not start again";
    EXPECT_TRUE(t.study.not_analysed);
    EXPECT_EQ(has(t, KeepDraft{kAnna}), state == S::kReading);
    EXPECT_TRUE(has(t, TellLeaseEnded{kAnna, kToken}));
    EXPECT_TRUE(has(t, StartAnalysis{2}));
    EXPECT_TRUE(has(t, OfferToPool{Pool::kDuty}));
    EXPECT_EQ(refused(t.study, by_anna(E::kSigned), kStart + 1min), ErrorCode::kLeaseLost);
  }
}

TEST(LifeCycle, TwoReadersNeverHaveTheSameStudy) {
  Event claim = event(E::kClaimed);
  claim.actor = kBo;
  EXPECT_EQ(refused(study_in(S::kReading), claim, kStart + 10min), ErrorCode::kClaimedByOther);
  const Transition after = allowed(study_in(S::kReading), claim, kStart + 10min + 1s);
  EXPECT_EQ(after.study.lease->holder, kBo);
  EXPECT_GT(after.study.lease->token, kToken);
  EXPECT_TRUE(has(after, KeepDraft{kAnna}));
  EXPECT_TRUE(has(after, TellLeaseEnded{kAnna, kToken}));
  EXPECT_EQ(refused(after.study, by_anna(E::kSigned), kStart + 10min + 2s), ErrorCode::kLeaseLost);
}

TEST(LifeCycle, LeaseIsRenewedByActivityAndEndsWithoutIt) {
  const Transition renewed = allowed(study_in(S::kReading), by_anna(E::kActivity), kStart + 9min);
  EXPECT_EQ(renewed.study.lease->expires_at, kStart + 19min);
  EXPECT_EQ(renewed.study.lease->token, kToken);
  EXPECT_EQ(refused(study_in(S::kReading), by_anna(E::kActivity), kStart + 10min + 1us),
            ErrorCode::kLeaseLost);
  EXPECT_EQ(apply(study_in(S::kReading), event(E::kLeaseExpired), kStart + 10min)->outcome,
            Outcome::kIgnored);
  const Transition over = allowed(study_in(S::kReading), event(E::kLeaseExpired), kStart + 10min + 1us);
  EXPECT_EQ(over.study.state, S::kQueued);
  EXPECT_TRUE(has(over, KeepDraft{kAnna}));
}

TEST(LifeCycle, LeaseLengthFollowsTheClass) {
  const struct {
    Priority priority;
    Duration assigned, reading;
  } cases[] = {{Priority::kStat, 60s, 2min},
               {Priority::kUrgent, 3min, 5min},
               {Priority::kRoutine, 10min, 10min},
               {Priority::kScreening, 10min, 10min}};
  for (const auto& c : cases) {
    Study study = study_in(S::kQueued);
    study.priority = c.priority;
    Event claim = event(E::kClaimed);
    claim.actor = kBo;
    Transition t = allowed(study, claim, kStart);
    EXPECT_EQ(t.study.lease->expires_at, kStart + c.assigned);
    Event open = claim;
    open.kind = E::kOpened;
    open.token = t.study.lease->token;
    t = allowed(t.study, open, kStart + 1s);
    EXPECT_EQ(t.study.lease->expires_at, kStart + 1s + c.reading);
    EXPECT_EQ(t.study.lease->kind, LeaseKind::kReading);
  }
}

TEST(LifeCycle, LateStatMayBeTakenOver) {
  Study study = study_in(S::kReading);
  Event take = event(E::kTakenOver);
  take.actor = kBo;
  EXPECT_EQ(refused(study, take, kStart + 5min), ErrorCode::kClaimedByOther) << "not STAT";
  study.priority = Priority::kStat;
  EXPECT_EQ(refused(study, take, kStart + 3min - 1us), ErrorCode::kClaimedByOther);
  const Transition t = allowed(study, take, kStart + 3min);
  EXPECT_EQ(t.study.state, S::kReading);
  EXPECT_EQ(t.study.lease->holder, kBo);
  EXPECT_EQ(t.study.lease->token, kToken + 1);
  EXPECT_EQ(t.effects, (Effects{KeepDraft{kAnna}, TellLeaseEnded{kAnna, kToken}}));
  EXPECT_EQ(refused(t.study, by_anna(E::kSigned), kStart + 3min), ErrorCode::kLeaseLost);
}

TEST(LifeCycle, StatIsNeverSentBackForItsSignal) {
  Study study = study_in(S::kReading);
  study.priority = Priority::kStat;
  EXPECT_EQ(refused(study, by_anna(E::kSignalRejected), kStart), ErrorCode::kEventRefused);
  Event silent = by_anna(E::kSignalRejected);
  silent.reason.clear();
  EXPECT_EQ(refused(study_in(S::kReading), silent, kStart), ErrorCode::kInvalidField);
}

TEST(LifeCycle, TwoLevelSigningNeedsAnotherPerson) {
  Study study = study_in(S::kReading);
  study.signing = SigningPolicy::kTwoLevel;
  const Transition first = allowed(study, by_anna(E::kSigned), kStart + 1min);
  EXPECT_EQ(first.study.state, S::kPreliminary);
  EXPECT_EQ(first.effects, (Effects{RenderReport{1, ReportStatus::kPreliminary}})) << "stays internal";
  Event confirm = event(E::kConfirmed);
  confirm.actor = kAnna;
  EXPECT_EQ(refused(first.study, confirm, kStart + 2min), ErrorCode::kNotAllowed);
  confirm.actor = kBo;
  const Transition second = allowed(first.study, confirm, kStart + 2min);
  EXPECT_EQ(second.study.state, S::kFinal);
  EXPECT_EQ(second.study.first_reader, kAnna);
  EXPECT_EQ(second.study.final_reader, kBo);
  EXPECT_EQ(second.effects, (Effects{RenderReport{2, ReportStatus::kFinal}, DeliverReport{2}}));

  Event expert = by_anna(E::kSigned);
  expert.final_level = true;
  EXPECT_EQ(allowed(study, expert, kStart).study.state, S::kFinal) << "as the agreement names the level";
}

TEST(LifeCycle, PreliminaryOfStatOrCriticalLeavesAtOnce) {
  Study study = study_in(S::kReading);
  study.signing = SigningPolicy::kTwoLevel;
  study.priority = Priority::kStat;
  EXPECT_TRUE(has(allowed(study, by_anna(E::kSigned), kStart), DeliverReport{1}));
  study.priority = Priority::kRoutine;
  study.release_preliminary = true;
  EXPECT_TRUE(has(allowed(study, by_anna(E::kSigned), kStart), DeliverReport{1}));

  Event found = event(E::kCriticalFound);
  found.tier = CriticalTier::kCritical;
  EXPECT_TRUE(has(allowed(study_in(S::kPreliminary), found, kStart), DeliverReport{1}));
}

TEST(LifeCycle, ReturnedPreliminaryGoesToItsFirstReader) {
  Event back = event(E::kReturned);
  back.actor = kBo;
  back.reason = "look at V2 again";
  const Transition t = allowed(study_in(S::kPreliminary), back, kStart + 5min);
  EXPECT_EQ(t.study.state, S::kReading);
  EXPECT_EQ(t.study.lease->holder, kAnna);
  EXPECT_GT(t.study.lease->token, kToken);
}

TEST(LifeCycle, ReferralMovesTheDutyToAnExpert) {
  const Transition referred = allowed(study_in(S::kReading), by_anna(E::kReferred), kStart);
  EXPECT_TRUE(has(referred, OfferToPool{Pool::kExpert}));
  Event claim = event(E::kClaimed);
  claim.actor = kChen;
  const Transition claimed = allowed(referred.study, claim, kStart + 1min);
  EXPECT_EQ(claimed.study.state, S::kAssigned);
  EXPECT_EQ(claimed.study.pool, Pool::kExpert);
  const Transition recalled = allowed(referred.study, event(E::kRecalled), kStart + 1min);
  EXPECT_EQ(recalled.study.pool, Pool::kDuty);
}

TEST(LifeCycle, OpenCriticalResultKeepsAStudyFromClosing) {
  Study study = study_in(S::kFinal);
  study.open_critical = CriticalTier::kCritical;
  const Transition open = allowed(study, event(E::kAllAcknowledged), kStart + 1min);
  EXPECT_EQ(open.study.state, S::kFinal);
  const Transition closed = allowed(open.study, event(E::kCriticalClosed), kStart + 2min);
  EXPECT_EQ(closed.study.state, S::kClosed);
  const Transition early = allowed(study, event(E::kCriticalClosed), kStart + 1min);
  EXPECT_EQ(early.study.state, S::kFinal) << "nobody has acknowledged the report yet";
}

TEST(LifeCycle, AmendmentIsANewVersionMadeFromThePresentOne) {
  Event amend = event(E::kAmended);
  amend.actor = kChen;
  amend.version = 2;
  amend.status = ReportStatus::kCorrected;
  const Transition t = allowed(study_in(S::kClosed), amend, kStart);
  EXPECT_EQ(t.study.state, S::kFinal);
  EXPECT_EQ(t.study.report_version, 2);
  EXPECT_EQ(t.effects, (Effects{RenderReport{2, ReportStatus::kCorrected},
                                TellClinic{ClinicNotice::kSuperseded}, DeliverReport{2}}));
  EXPECT_EQ(apply(t.study, amend, kStart + 1s)->outcome, Outcome::kIgnored) << "the same act again";
  amend.actor = kBo;
  EXPECT_EQ(refused(t.study, amend, kStart + 1s), ErrorCode::kStale) << "made from version 1";
  amend.version = 3;
  amend.status = ReportStatus::kEnteredInError;
  const Transition wrong = allowed(t.study, amend, kStart + 2s);
  amend.version = 4;
  EXPECT_EQ(refused(wrong.study, amend, kStart + 3s), ErrorCode::kEventRefused) << "nothing follows that one";
}

TEST(LifeCycle, AcknowledgementOfAnOldVersionDoesNotClose) {
  Study study = study_in(S::kFinal);
  study.report_version = 2;
  Event seen = event(E::kAllAcknowledged);
  seen.version = 1;
  EXPECT_EQ(apply(study, seen, kStart)->outcome, Outcome::kIgnored);
}

TEST(LifeCycle, OnlyANamedPersonWithAReasonLowersAClass) {
  Study study = study_in(S::kQueued);
  study.priority = Priority::kStat;
  Event lower = event(E::kPriorityLowered);
  lower.priority = Priority::kRoutine;
  EXPECT_EQ(refused(study, lower, kStart), ErrorCode::kNotAllowed);
  lower.actor = kAnna;
  EXPECT_EQ(refused(study, lower, kStart), ErrorCode::kInvalidField);
  lower.reason = "entered by mistake";
  EXPECT_EQ(allowed(study, lower, kStart).study.priority, Priority::kRoutine);
  study.priority = Priority::kScreening;
  EXPECT_EQ(refused(study, lower, kStart), ErrorCode::kInvalidField) << "it would rise";
}

TEST(LifeCycle, MajorPositiveRaisesToUrgentAndTellsTheReaderOnly) {
  Event found = event(E::kCriticalFound);
  found.tier = CriticalTier::kMajorPositive;
  Transition t = allowed(study_in(S::kQueued), found, kStart);
  EXPECT_EQ(t.study.priority, Priority::kUrgent);
  EXPECT_EQ(t.effects, (Effects{OpenCriticalResult{CriticalTier::kMajorPositive}}));
  found.tier = CriticalTier::kCritical;
  t = allowed(t.study, found, kStart);
  EXPECT_EQ(t.study.priority, Priority::kStat);
  EXPECT_TRUE(has(t, TellClinic{ClinicNotice::kCriticalSuspected}));
}

TEST(LifeCycle, StudyThatBecomesStatStopsWaitingForARetake) {
  Event raise = event(E::kPriorityRaised);
  raise.priority = Priority::kStat;
  EXPECT_EQ(allowed(study_in(S::kRetake), raise, kStart).study.state, S::kQueued);
  raise.priority = Priority::kUrgent;
  EXPECT_EQ(allowed(study_in(S::kRetake), raise, kStart).study.state, S::kRetake);
}

TEST(LifeCycle, QuarantinedStatTellsBedsideAndDutyReader) {
  Event bad = event(E::kUnreadable);
  bad.reason = "E3005";
  Study study = study_in(S::kQc);
  EXPECT_EQ(allowed(study, bad, kStart).effects, (Effects{TellOperator{}}));
  study.priority = Priority::kStat;
  EXPECT_EQ(allowed(study, bad, kStart).effects,
            (Effects{TellOperator{}, TellClinic{ClinicNotice::kQuarantined}, OfferToPool{Pool::kDuty}}));
}

}  // namespace
}  // namespace ecg::domain::test
