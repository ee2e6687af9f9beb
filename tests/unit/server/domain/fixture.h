// Studies in every state, as the tests of this folder begin with them.
#pragma once

#include <chrono>

#include "server/domain/life_cycle.h"

namespace ecg::domain::test {

using namespace std::chrono_literals;  // NOLINT: for tests only

inline const Timestamp kStart = from_micros(1'800'000'000'000'000);
inline const PersonId kAnna{"anna"};
inline const PersonId kBo{"bo"};
inline const PersonId kChen{"chen"};
inline constexpr std::uint64_t kToken = 7;

// ROUTINE, one recording, received at kStart; with anna under kToken where the state has a lease.
inline Study study_in(StudyState state) {
  using S = StudyState;
  Study study;
  study.id = StudyId{"S1"};
  study.site = SiteId{"baishi"};
  study.state = state;
  study.state_since = kStart;
  if (state == S::kAbsent) return study;
  study.requested = study.priority = Priority::kRoutine;
  study.ordered = true;
  study.ordered_at = kStart;
  const Placement where = placement(state);
  if (state != S::kRetake && (where == Placement::kGateway || state == S::kCancelled)) return study;
  study.received_at = kStart;
  if (where == Placement::kAutomatic || where == Placement::kAdministrator || state == S::kRejected)
    return study;
  study.not_analysed = false;
  study.quality = state == S::kRetake ? QualityState::kPoor : QualityState::kGood;
  study.last_token = kToken;
  if (where == Placement::kLeased) {
    const bool open = state == S::kReading;
    study.lease = Lease{kAnna, kToken, kStart + 10min, open ? LeaseKind::kReading : LeaseKind::kAssignment};
  }
  if (state == S::kReferred) study.pool = Pool::kExpert;
  if (state == S::kPreliminary) {
    study.signing = SigningPolicy::kTwoLevel;
    study.first_reader = kAnna;
    study.signed_token = 5;
    study.report_version = 1;
    study.report_status = ReportStatus::kPreliminary;
  }
  if (state == S::kFinal || state == S::kClosed) {
    study.first_reader = kAnna;
    study.final_reader = kBo;
    study.signed_token = 5;
    study.report_version = 1;
    study.report_status = ReportStatus::kFinal;
  }
  return study;
}

inline Event event(StudyEvent kind) {
  Event made;
  made.kind = kind;
  return made;
}

// What anna does under her lease.
inline Event by_anna(StudyEvent kind) {
  Event made = event(kind);
  made.actor = kAnna;
  made.token = kToken;
  made.reason = "reason";
  return made;
}

template <class E>
bool has(const Transition& transition, const E& effect) {
  for (const Effect& each : transition.effects) {
    if (each == Effect{effect}) return true;
  }
  return false;
}

}  // namespace ecg::domain::test
