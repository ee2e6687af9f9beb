// Every pair of state and event against a table of its own, written from the clinical rules and not from the
// code.
#include <map>
#include <string>

#include <gtest/gtest.h>

#include "tests/unit/server/domain/fixture.h"

namespace ecg::domain::test {
namespace {

using S = StudyState;
using E = StudyEvent;

// One letter per state, in the order of kStudyStates: Absent, Ordered, aCquiring, Buffered, Uploading,
// Received, Qc, reTake, quarantined (X), queued (W, waits), aSsigned, reaDing, Preliminary, rEferred, Final,
// closed (Z), caNcelled, reJected.
constexpr std::string_view kLetters = "AOCBURQTXWSDPEFZNJ";

// A letter: allowed, leads there. +: allowed, the state stays. =: ignored. Refused: . by the state,
// c claimed by another, l lease lost.
struct Expectation {
  E event;
  std::string_view answers;
};
constexpr Expectation kExpected[] = {
    // clang-format off
    //                         A OCBU RQTX W SD PEFZ NJ
    {E::kOrderRegistered,     "O" "====" "====" "=" "==" "====" "=="},
    {E::kOrderExpired,        "." "N===" "====" "=" "==" "====" "=="},
    {E::kCaptureStarted,      "C" "C===" "..=." "." ".." "...." ".."},
    {E::kCaptureAborted,      "." "=O.." "...." "." ".." "...." "=."},
    {E::kRecordingClosed,     "." ".B==" "====" "=" "==" "====" ".="},
    {E::kUploadOpened,        "U" "UUU=" "====" "=" "==" "====" ".="},
    {E::kLineLost,            "." "===B" "====" "=" "==" "====" "=="},
    {E::kAllChunksStored,     "." "...R" "====" "=" "==" "====" ".="},
    {E::kExcerptCut,          "R" "...." "====" "=" "==" "====" ".="},
    {E::kAnalysisStarted,     "." "...." "Q==." "=" "==" "====" ".="},
    {E::kUnreadable,          "." "...." "XX.=" "." ".." "...." ".."},
    {E::kReprocessed,         "." "...." "==.R" "." ".." "...." ".."},
    {E::kDiscarded,           "." "...." "...J" "." ".." "...." ".="},
    {E::kAnalysisDone,        "." "...." ".W=." "=" "==" "====" ".="},
    {E::kAnalysisFailed,      "." "...." "WW=." "=" "==" "====" ".="},
    {E::kRetakeImpossible,    "." "...." "..W." "=" ".." "...." ".."},
    {E::kRetakeTimedOut,      "." "====" "==W=" "=" "==" "====" "=="},
    {E::kClaimed,             "." "...." "...." "S" "cc" ".S.." ".."},
    {E::kRouted,              "." "...." "...." "S" "cc" "...." ".."},
    {E::kOpened,              "." "...." "..l." "l" "D=" "llll" ".."},
    {E::kActivity,            "." "...." "..l." "l" ".+" "llll" ".."},
    {E::kReleased,            "." "...." "..l." "l" "WW" "llll" ".."},
    {E::kLeaseExpired,        "." "====" "====" "=" "WW" "====" "=="},
    {E::kDeclined,            "." "...." "..l." "l" "WW" "lWll" ".."},
    {E::kTakenOver,           "." "...." "...." "." "cc" "...." ".."},
    {E::kSignalRejected,      "." "...." "..l." "l" ".T" "llll" ".."},
    {E::kSigned,              "." "...." "..l." "l" ".F" "llll" ".."},
    {E::kConfirmed,           "." "...." "...." "." ".." "F.=." ".."},
    {E::kReturned,            "." "...." "...." "." ".." "D..." ".."},
    {E::kReferred,            "." "...." "..l." "l" ".E" "llll" ".."},
    {E::kRecalled,            "." "...." "...." "." ".." ".W.." ".."},
    {E::kReferralLapsed,      "." "====" "====" "=" "==" "=W==" "=="},
    {E::kAllAcknowledged,     "." "...." "...." "." ".." "=.Z=" ".."},
    {E::kAmended,             "." "...." "...." "." ".." "..+F" ".."},
    {E::kCancelled,           "." "NN.." "..N." "." ".." "...." "=."},
    {E::kRejected,            "." "...." "...." "J" ".." "...." ".="},
    {E::kCriticalFound,       "." "...+" "++W." "+" "++" "+++." ".."},
    {E::kCriticalClosed,      "." "====" "====" "=" "==" "====" "=="},
    {E::kPriorityRaised,      "." "++++" "++++" "+" "++" "++==" "=="},
    {E::kPriorityLowered,     "." "++++" "++++" "+" "++" "++.." ".."},
    {E::kEscalationDue,       "." "====" "====" "+" "++" "++==" "=="},
    // clang-format on
};

// anna acts under her lease; bo is the second reader; time has come where the event is a timer.
struct Given {
  Event event;
  Timestamp now = kStart + 1min;
};
Given canonical(E kind) {
  Given given{by_anna(kind)};
  switch (kind) {
    case E::kOrderExpired:
    case E::kRetakeTimedOut:
    case E::kLeaseExpired:
    case E::kEscalationDue:
      given.now = kStart + 48h;
      break;
    case E::kClaimed:
    case E::kConfirmed:
    case E::kReturned:
    case E::kTakenOver:
      given.event.actor = kBo;
      break;
    case E::kRouted:
      given.event.reader = kBo;
      break;
    case E::kAnalysisDone:
      given.event.quality = QualityState::kGood;
      break;
    case E::kAmended:
      given.event.version = 2;
      break;
    case E::kCriticalFound:
      given.event.tier = CriticalTier::kCritical;
      break;
    case E::kPriorityRaised:
      given.event.priority = Priority::kUrgent;
      break;
    case E::kPriorityLowered:
      given.event.priority = Priority::kScreening;
      break;
    default:
      break;
  }
  return given;
}

Study starting_point(S state, E kind) {
  Study study = study_in(state);
  if (state == S::kAbsent || kind != E::kPriorityLowered) return study;
  study.priority = Priority::kUrgent;
  return study;
}

char answer(const Study& study, const Result<Transition>& result) {
  if (!result.ok()) {
    switch (result.error().code) {
      case ErrorCode::kEventRefused:
        return '.';
      case ErrorCode::kClaimedByOther:
        return 'c';
      case ErrorCode::kLeaseLost:
        return 'l';
      default:
        return '?';
    }
  }
  if (result->outcome == Outcome::kIgnored) return '=';
  if (result->study.state == study.state) return '+';
  return kLetters[static_cast<std::size_t>(result->study.state)];
}

TEST(LifeCycle, EveryPairOfStateAndEventIsAllowedIgnoredOrRefusedByName) {
  ASSERT_EQ(kLetters.size(), kStudyStates.size());
  std::map<E, std::string_view> expected;
  for (const Expectation& line : kExpected) expected[line.event] = line.answers;
  ASSERT_EQ(expected.size(), kStudyEvents.size());
  for (const E kind : kStudyEvents) {
    ASSERT_EQ(expected[kind].size(), kStudyStates.size()) << name(kind);
    for (std::size_t i = 0; i < kStudyStates.size(); ++i) {
      const Study study = starting_point(kStudyStates[i], kind);
      const Given given = canonical(kind);
      const auto result = apply(study, given.event, given.now);
      EXPECT_EQ(answer(study, result), expected[kind][i]) << name(kind) << " in " << name(study.state);
      if (result.ok() && result->outcome == Outcome::kIgnored) {
        EXPECT_EQ(result->study, study);
        EXPECT_TRUE(result->effects.empty());
      }
      if (!result.ok()) {
        EXPECT_NE(result.error().subject.find(name(kind)), std::string::npos);
      }
    }
  }
}

TEST(LifeCycle, ANewerRecordingIsTakenWhereverNobodyHasSigned) {
  //                                    A   OCBU   RQTX  W  SD   PEFZ   NJ
  constexpr std::string_view stored =
      "."
      "...R"
      "+R=R"
      "+"
      "WW"
      "=+=="
      ".=";
  constexpr std::string_view opened =
      "U"
      "UUU="
      "==U="
      "="
      "=="
      "===="
      ".=";
  for (std::size_t i = 0; i < kStudyStates.size(); ++i) {
    const Study study = study_in(kStudyStates[i]);
    Event newer = event(E::kAllChunksStored);
    newer.attempt = 3;
    EXPECT_EQ(answer(study, apply(study, newer, kStart + 1min)), stored[i]) << name(study.state);
    newer.kind = E::kUploadOpened;
    EXPECT_EQ(answer(study, apply(study, newer, kStart + 1min)), opened[i]) << name(study.state);
  }
}

TEST(LifeCycle, RepeatingAnAllowedEventChangesNothingMore) {
  // kReferred and kSigned end a lease, so the repeat says so or is recognised; all others must be harmless.
  for (const E kind :
       {E::kOrderRegistered, E::kUploadOpened, E::kAllChunksStored, E::kAnalysisStarted, E::kAnalysisDone,
        E::kAnalysisFailed, E::kOpened, E::kSigned, E::kConfirmed, E::kAllAcknowledged, E::kRejected,
        E::kCancelled, E::kPriorityRaised, E::kCriticalFound}) {
    for (const S state : kStudyStates) {
      const Study study = study_in(state);
      const Given given = canonical(kind);
      const auto once = apply(study, given.event, given.now);
      if (!once.ok() || once->outcome != Outcome::kChanged) continue;
      const auto twice = apply(once->study, given.event, given.now + 1s);
      ASSERT_TRUE(twice.ok()) << name(kind) << " in " << name(state);
      EXPECT_EQ(twice->outcome, Outcome::kIgnored) << name(kind) << " in " << name(state);
    }
  }
}

TEST(LifeCycle, TableLinesAndNamesAreComplete) {
  for (const TransitionLine& line : transition_lines()) {
    EXPECT_FALSE(line.rule.empty());
    EXPECT_FALSE(line.from.empty());
    for (const S from : line.from) EXPECT_FALSE(is_terminal(from)) << line.rule;
  }
  for (const E kind : kStudyEvents) EXPECT_EQ(parse_study_event(name(kind)), kind);
  for (const S state : kStudyStates) {
    if (state != S::kAbsent) {
      EXPECT_EQ(parse_study_state(name(state)), state);
    }
    EXPECT_FALSE(text(state, Language::kChinese).empty());
  }
  EXPECT_EQ(parse_study_state("ABSENT"), std::nullopt);
  EXPECT_EQ(parse_study_state("queued"), std::nullopt);
}

}  // namespace
}  // namespace ecg::domain::test
