#include "server/domain/timers.h"

#include <algorithm>

#include "server/domain/life_cycle_parts.h"

namespace ecg::domain {
namespace {

bool ladder_runs(StudyState state) {
  switch (state) {
    case StudyState::kQueued:
    case StudyState::kAssigned:
    case StudyState::kReading:
    case StudyState::kPreliminary:
    case StudyState::kReferred:
      return true;
    default:
      return false;
  }
}

// Before the first signature the class's ladder; after it the one limit of the final signature.
std::optional<Duration> step(const Study& study, const Policy& policy, int index) {
  if (!study.first_reader.empty()) {
    if (index > 0) return std::nullopt;
    return service_level(policy.service_levels, study.priority).final_hard;
  }
  const auto ladder = escalation_ladder(study.priority);
  if (index >= static_cast<int>(ladder.size())) return std::nullopt;
  return ladder[static_cast<std::size_t>(index)].after;
}

}  // namespace

int steps_due(const Study& study, const Policy& policy, Timestamp now) {
  if (!study.received_at) return 0;
  int due = 0;
  for (;;) {
    const auto after = step(study, policy, study.escalations + due);
    if (!after || now < *study.received_at + *after) return due;
    ++due;
  }
}

std::optional<Timestamp> next_step_at(const Study& study, const Policy& policy) {
  if (!study.received_at || !ladder_runs(study.state)) return std::nullopt;
  const auto after = step(study, policy, study.escalations);
  if (!after) return std::nullopt;
  return *study.received_at + *after;
}

bool waits_for_retake(const Study& study) {
  switch (study.state) {
    case StudyState::kRetake:
    case StudyState::kAcquiring:
    case StudyState::kBuffered:
    case StudyState::kUploading:
      return study.received_at.has_value();
    default:
      return false;
  }
}

std::optional<Timer> next_timer(const Study& study, const Policy& policy) {
  std::optional<Timer> first;
  const auto consider = [&first](Timestamp at, StudyEvent event) {
    if (!first || at < first->at) first = Timer{at, event};
  };
  if (study.state == StudyState::kOrdered && study.ordered_at) {
    consider(*study.ordered_at + policy.order_expiry, StudyEvent::kOrderExpired);
  }
  if (waits_for_retake(study)) {
    consider(study.state_since + policy.retake_no_answer, StudyEvent::kRetakeTimedOut);
  }
  if (study.lease) consider(study.lease->expires_at + Duration{1}, StudyEvent::kLeaseExpired);
  if (const auto at = next_step_at(study, policy)) consider(*at, StudyEvent::kEscalationDue);
  return first;
}

}  // namespace ecg::domain
