// What can happen to a study, and what an event carries. Numbers are the transitions of the clinical rules.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "server/domain/critical_result.h"
#include "server/domain/priority.h"
#include "server/domain/report_status.h"
#include "server/domain/study_state.h"

namespace ecg::domain {

// X(enumerator, stable name, fields of Event that it reads beside actor)
#define ECG_STUDY_EVENTS(X)                                                                          \
  X(kOrderRegistered, "ORDER_REGISTERED")  /* T1: priority */                                        \
  X(kOrderExpired, "ORDER_EXPIRED")        /* T1 timer */                                            \
  X(kCaptureStarted, "CAPTURE_STARTED")    /* T2, T13: attempt, priority */                          \
  X(kCaptureAborted, "CAPTURE_ABORTED")    /* T3: samples_exist, reason */                           \
  X(kRecordingClosed, "RECORDING_CLOSED")  /* T4: attempt, acquired_at */                            \
  X(kUploadOpened, "UPLOAD_OPENED")        /* T5: attempt, priority, acquired_at */                  \
  X(kLineLost, "LINE_LOST")                /* T6 */                                                  \
  X(kAllChunksStored, "ALL_CHUNKS_STORED") /* T7: attempt, digest_equal */                           \
  X(kExcerptCut, "EXCERPT_CUT") /* live: a study of samples already stored; priority, acquired_at */ \
  X(kAnalysisStarted, "ANALYSIS_STARTED")   /* T8 */                                                 \
  X(kUnreadable, "UNREADABLE")              /* T9: reason */                                         \
  X(kReprocessed, "REPROCESSED")            /* T10 */                                                \
  X(kDiscarded, "DISCARDED")                /* T10: reason */                                        \
  X(kAnalysisDone, "ANALYSIS_DONE")         /* T11, T12: quality, priority, tier */                  \
  X(kAnalysisFailed, "ANALYSIS_FAILED")     /* T11 */                                                \
  X(kRetakeImpossible, "RETAKE_IMPOSSIBLE") /* T14: the operator cannot improve it */                \
  X(kRetakeTimedOut, "RETAKE_TIMED_OUT")    /* T14 */                                                \
  X(kClaimed, "CLAIMED")                    /* T15, T25 */                                           \
  X(kRouted, "ROUTED")                      /* T15: reader */                                        \
  X(kOpened, "OPENED")                      /* T17: token */                                         \
  X(kActivity, "ACTIVITY")                  /* renews the lease: token */                            \
  X(kReleased, "RELEASED")                  /* T16, T18: token */                                    \
  X(kLeaseExpired, "LEASE_EXPIRED")         /* T16, T18 timer */                                     \
  X(kDeclined, "DECLINED")                  /* T18, T25: token (not in REFERRED), reason */          \
  X(kTakenOver, "TAKEN_OVER")               /* a second reader takes a STAT study that is late */    \
  X(kSignalRejected, "SIGNAL_REJECTED")     /* T19: token, reason */                                 \
  X(kSigned, "SIGNED")                      /* T20, T21: token, final_level */                       \
  X(kConfirmed, "CONFIRMED")                /* T22 */                                                \
  X(kReturned, "RETURNED")                  /* T23: reason */                                        \
  X(kReferred, "REFERRED")                  /* T24: token, reason */                                 \
  X(kRecalled, "RECALLED")                  /* T25 */                                                \
  X(kReferralLapsed, "REFERRAL_LAPSED")     /* T25 */                                                \
  X(kAllAcknowledged, "ALL_ACKNOWLEDGED")   /* T26: every due recipient has; version */              \
  X(kAmended, "AMENDED")                    /* T27: status, version */                               \
  X(kCancelled, "CANCELLED")                /* T28: reason */                                        \
  X(kRejected, "REJECTED")                  /* T29: reason */                                        \
  X(kCriticalFound, "CRITICAL_FOUND")       /* tier */                                               \
  X(kCriticalClosed, "CRITICAL_CLOSED")     /* every result of the study is closed or refuted */     \
  X(kPriorityRaised, "PRIORITY_RAISED")     /* priority */                                           \
  X(kPriorityLowered, "PRIORITY_LOWERED")   /* priority, reason */                                   \
  X(kEscalationDue, "ESCALATION_DUE")       /* timer */

enum class StudyEvent : std::uint8_t {
#define ECG_STUDY_EVENT(value, text) value,
  ECG_STUDY_EVENTS(ECG_STUDY_EVENT)
#undef ECG_STUDY_EVENT
};

inline constexpr std::array kStudyEvents = {
#define ECG_STUDY_EVENT(value, text) StudyEvent::value,
    ECG_STUDY_EVENTS(ECG_STUDY_EVENT)
#undef ECG_STUDY_EVENT
};

std::string_view name(StudyEvent event);  // "ALL_CHUNKS_STORED"
std::optional<StudyEvent> parse_study_event(std::string_view text);

// One thing that happened. Fields that an event does not read are left at their defaults.
struct Event {
  StudyEvent kind = StudyEvent::kOrderRegistered;
  PersonId actor;              // who did it; empty: the system
  PersonId reader;             // kRouted: who gets the study
  std::uint64_t token = 0;     // the lease under which a reader acts
  std::string reason;          // reason, comment or question
  int attempt = 1;             // which recording of the study, from 1
  bool digest_equal = true;    // kAllChunksStored: what is stored is what the gateway sent
  bool samples_exist = false;  // kCaptureAborted: some were acknowledged, so they become a partial recording
  bool final_level = false;    // kSigned: this reader's signature is final whatever the site's policy
  // The class the clinic asks for, the class findings ask for, or the class a person sets.
  Priority priority = Priority::kScreening;
  QualityState quality = QualityState::kUnknown;
  std::optional<CriticalTier> tier;  // the most urgent critical finding, if any
  int version = 0;                   // the report version meant
  ReportStatus status = ReportStatus::kAmended;
  std::optional<Timestamp> acquired_at;
};

}  // namespace ecg::domain
