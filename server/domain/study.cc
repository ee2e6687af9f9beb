#include "server/domain/study.h"

namespace ecg::domain {
namespace {

bool waits_for_signature(StudyState state) {
  switch (state) {
    case StudyState::kReceived:
    case StudyState::kQc:
    case StudyState::kRetake:
    case StudyState::kQuarantined:
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

bool first_is_signed(const Study& study) {
  return !study.first_reader.empty();
}

}  // namespace

std::optional<Timestamp> due_at(const Study& study, const Policy& policy) {
  if (!study.received_at || !waits_for_signature(study.state)) return std::nullopt;
  const ServiceLevel& level = service_level(policy.service_levels, study.priority);
  return *study.received_at + (first_is_signed(study) ? level.final_hard : level.first_target);
}

std::optional<Timestamp> late_at(const Study& study, const Policy& policy) {
  if (!study.received_at || !waits_for_signature(study.state)) return std::nullopt;
  const ServiceLevel& level = service_level(policy.service_levels, study.priority);
  return *study.received_at + (first_is_signed(study) ? level.final_hard : level.first_hard);
}

bool holds_lease(const Study& study, const PersonId& reader, std::uint64_t token, Timestamp now) {
  return study.lease && study.lease->holder == reader && study.lease->token == token &&
         now <= study.lease->expires_at;
}

}  // namespace ecg::domain
