#include <algorithm>

#include "server/domain/life_cycle_parts.h"

namespace ecg::domain {
namespace {

void tell(Change& c, ClinicNotice notice) {
  c.effects.push_back(TellClinic{notice});
}

void raise_to(Change& c, Priority wanted) {
  const Priority before = c.study.priority;
  c.study.priority = raise_priority(before, wanted);
  if (c.study.priority == before) return;
  c.study.escalations =
      0;  // the new class's ladder counts from received_at, so what is due falls due at once
  if (c.study.lease) {
    const Duration length = c.study.lease->kind == LeaseKind::kReading
                                ? c.policy.lease_length(c.study.priority)
                                : c.policy.assigned_length(c.study.priority);
    c.study.lease->expires_at = std::min(c.study.lease->expires_at, c.now + length);
  }
}

// A preliminary report of a STAT study, or of one with a critical value, leaves the center at once.
bool leaves_at_once(const Study& study) {
  return study.priority == Priority::kStat || study.open_critical == CriticalTier::kCritical ||
         study.release_preliminary;
}

void open_critical(Change& c, CriticalTier tier) {
  if (c.study.open_critical && *c.study.open_critical <= tier) return;
  c.study.open_critical = tier;
  c.effects.push_back(OpenCriticalResult{tier});
  if (tier == CriticalTier::kCritical) {
    raise_to(c, Priority::kStat);
    tell(c, ClinicNotice::kCriticalSuspected);
  } else {
    raise_to(c, Priority::kUrgent);
  }
}

void grant(Change& c, const PersonId& reader, LeaseKind kind) {
  const Duration length = kind == LeaseKind::kReading ? c.policy.lease_length(c.study.priority)
                                                      : c.policy.assigned_length(c.study.priority);
  c.study.lease = Lease{reader, ++c.study.last_token, c.now + length, kind};
}

void new_version(Change& c, ReportStatus status) {
  c.study.report_version += 1;
  c.study.report_status = status;
  c.study.signed_at = c.now;
  c.study.acknowledged = false;
  c.effects.push_back(RenderReport{c.study.report_version, status});
}

void deliver(Change& c) {
  c.effects.push_back(DeliverReport{c.study.report_version});
}

void take_signature(Change& c) {
  c.study.signed_token = c.event.token;
  c.study.lease.reset();
}

}  // namespace

namespace actions {

void take_order(Change& c) {
  c.study.ordered = true;
  c.study.ordered_at = c.now;
  c.study.requested = c.study.priority = c.event.priority;
}

void take_request(Change& c) {
  c.study.requested = c.study.priority = c.event.priority;
  c.study.attempt = std::max(1, c.event.attempt);
  c.study.acquired_at = c.event.acquired_at;
}

void mark_partial(Change& c) {
  c.study.partial = true;
}

void start_analysis(Change& c) {
  c.study.not_analysed = true;
  c.study.quality = QualityState::kUnknown;
  c.effects.push_back(StartAnalysis{c.study.attempt});
}

void take_recording(Change& c) {
  if (!c.study.received_at) c.study.received_at = c.now;
  // A later attempt may be complete before the one whose upload opened first.
  c.study.attempt = std::max(c.study.attempt, c.event.attempt);
  tell(c, ClinicNotice::kReceived);
  start_analysis(c);
}

void take_newer_recording(Change& c) {
  c.effects.push_back(SupersedeRecording{c.study.attempt});
  if (c.event.acquired_at) c.study.acquired_at = c.event.acquired_at;
  take_recording(c);
}

void take_findings(Change& c) {
  c.study.quality = c.event.quality;
  raise_to(c, c.event.priority);
  if (c.event.tier) open_critical(c, *c.event.tier);
  // A quality that could not be judged is a missing analysis, not a poor recording.
  if (c.event.quality == QualityState::kUnknown) {
    mark_not_analysed(c);
  } else {
    c.study.not_analysed = false;
  }
}

void mark_not_analysed(Change& c) {
  c.study.not_analysed = true;
  raise_to(c, one_class_higher(c.study.priority));
  tell(c, ClinicNotice::kNotAnalysed);
}

void raise(Change& c) {
  const bool was_internal = !leaves_at_once(c.study);
  raise_to(c, c.event.priority);
  if (c.study.state == StudyState::kPreliminary && was_internal && leaves_at_once(c.study)) deliver(c);
}

void lower(Change& c) {
  c.study.priority = c.event.priority;
  c.study.escalations = 0;
  c.study.escalations =
      steps_due(c.study, c.policy, c.now);  // what the lower class has behind it is not repeated
}

void note_critical(Change& c) {
  const bool was_internal = !leaves_at_once(c.study);
  open_critical(c, *c.event.tier);
  if (c.study.state == StudyState::kPreliminary && was_internal && leaves_at_once(c.study)) deliver(c);
}

void clear_critical(Change& c) {
  c.study.open_critical.reset();
}

void offer(Change& c) {
  c.effects.push_back(OfferToPool{c.study.pool});
}

void offer_to_duty(Change& c) {
  c.study.pool = Pool::kDuty;
  offer(c);
}

void refer_to_expert(Change& c) {
  c.study.pool = Pool::kExpert;
  offer(c);
}

void expert_claims(Change& c) {
  c.study.pool = Pool::kExpert;
}

void assign(Change& c) {
  grant(c, c.event.kind == StudyEvent::kRouted ? c.event.reader : c.event.actor, LeaseKind::kAssignment);
}

void open(Change& c) {
  c.study.lease->kind = LeaseKind::kReading;
  c.study.lease->expires_at = c.now + c.policy.lease_length(c.study.priority);
  if (!c.study.opened_at) {
    c.study.opened_at = c.now;
    tell(c, ClinicNotice::kOpened);
  }
}

void renew(Change& c) {
  c.study.lease->expires_at =
      std::max(c.study.lease->expires_at, c.now + c.policy.lease_length(c.study.priority));
}

void end_lease(Change& c) {
  if (!c.study.lease) return;
  if (c.study.lease->kind == LeaseKind::kReading) c.effects.push_back(KeepDraft{c.study.lease->holder});
  if (c.study.lease->holder != c.event.actor) {
    c.effects.push_back(TellLeaseEnded{c.study.lease->holder, c.study.lease->token});
  }
  c.study.lease.reset();
}

void take_over(Change& c) {
  end_lease(c);
  grant(c, c.event.actor, LeaseKind::kReading);
}

void sign_first_level(Change& c) {
  c.study.first_reader = c.event.actor;
  c.study.escalations = 0;  // the ladder of the final signature begins
  take_signature(c);
  new_version(c, ReportStatus::kPreliminary);
  if (leaves_at_once(c.study)) deliver(c);
}

void sign_final(Change& c) {
  if (c.study.first_reader.empty()) c.study.first_reader = c.event.actor;
  c.study.final_reader = c.event.actor;
  take_signature(c);
  new_version(c, ReportStatus::kFinal);
  deliver(c);
}

void confirm(Change& c) {
  c.study.final_reader = c.event.actor;
  new_version(c, ReportStatus::kFinal);
  deliver(c);
}

void give_back(Change& c) {
  grant(c, c.study.first_reader, LeaseKind::kReading);
}

void amend(Change& c) {
  c.study.final_reader = c.event.actor;
  new_version(c, c.event.status);
  tell(c, ClinicNotice::kSuperseded);
  deliver(c);
}

void mark_acknowledged(Change& c) {
  c.study.acknowledged = true;
}

void escalate(Change& c) {
  const int due = steps_due(c.study, c.policy, c.now);
  const bool first_level = c.study.first_reader.empty();
  const auto ladder = escalation_ladder(c.study.priority);
  for (int i = c.study.escalations; i < c.study.escalations + due; ++i) {
    const Escalation what =
        first_level ? ladder[static_cast<std::size_t>(i)].escalation : Escalation::kBreach;
    switch (what) {
      case Escalation::kWholePool:
        if (c.study.state != StudyState::kReading) c.effects.push_back(OfferToPool{Pool::kWholeDuty});
        break;
      case Escalation::kExpertPool:
        c.effects.push_back(OfferToPool{Pool::kExpert});
        break;
      case Escalation::kPhoneChain:
        c.effects.push_back(CallPhoneChain{});
        break;
      case Escalation::kBreach:
        c.effects.push_back(RecordBreach{});
        break;
    }
  }
  c.study.escalations += due;
}

void tell_saved(Change& c) {
  tell(c, ClinicNotice::kSaved);
}
void tell_uploading(Change& c) {
  tell(c, ClinicNotice::kUploading);
}
void ask_retake(Change& c) {
  tell(c, ClinicNotice::kRetakeWanted);
}
void ask_retake_if_poor(Change& c) {
  if (c.study.quality == QualityState::kPoor) ask_retake(c);
}
void tell_read_as_it_is(Change& c) {
  tell(c, ClinicNotice::kReadAsItIs);
}

void tell_quarantined(Change& c) {
  c.effects.push_back(TellOperator{});
  if (c.study.priority == Priority::kStat) {
    tell(c, ClinicNotice::kQuarantined);
    c.effects.push_back(OfferToPool{Pool::kDuty});
  }
}

void tell_voided(Change& c) {
  tell(c, ClinicNotice::kVoided);
}

}  // namespace actions
}  // namespace ecg::domain
