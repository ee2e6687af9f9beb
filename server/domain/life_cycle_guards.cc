#include "server/domain/life_cycle_parts.h"

namespace ecg::domain::guards {
namespace {

constexpr Verdict kYes{};
constexpr Verdict kOtherRow{Verdict::Kind::kOtherRow};
constexpr Verdict kNothing{Verdict::Kind::kNothing};

constexpr Verdict yes_or(bool yes, Verdict otherwise) {
  return yes ? kYes : otherwise;
}

constexpr Verdict refuse(ErrorCode code, std::string_view why = {}) {
  return Verdict{Verdict::Kind::kRefused, code, why};
}

// The class after the findings of an analysis.
Priority class_after(const Situation& s) {
  Priority priority = raise_priority(s.study.priority, s.event.priority);
  if (s.event.tier == CriticalTier::kCritical) priority = Priority::kStat;
  if (s.event.tier == CriticalTier::kMajorPositive) priority = raise_priority(priority, Priority::kUrgent);
  return priority;
}

bool lease_over(const Situation& s) {
  return s.study.lease && s.now > s.study.lease->expires_at;
}

bool newer(const Situation& s) {
  return s.event.attempt > s.study.attempt;
}

Verdict digest_equal(const Situation& s) {
  return yes_or(s.event.digest_equal, refuse(ErrorCode::kDigestMismatch));
}

bool signature_is_final(const Situation& s) {
  return s.study.signing == SigningPolicy::kOneLevel || s.event.final_level;
}

}  // namespace

Verdict always(const Situation&) {
  return kYes;
}

Verdict has_reason(const Situation& s) {
  return yes_or(!s.event.reason.empty(), refuse(ErrorCode::kInvalidField, "a reason is missing"));
}

Verdict newer_capture(const Situation& s) {
  return yes_or(newer(s), kNothing);
}
Verdict newer_attempt(const Situation& s) {
  return yes_or(newer(s), kOtherRow);
}
Verdict is_retake(const Situation& s) {
  return yes_or(s.study.received_at.has_value(), kOtherRow);
}
Verdict is_stat_retake(const Situation& s) {
  return yes_or(s.study.received_at && s.study.priority == Priority::kStat, kOtherRow);
}
Verdict no_samples_ordered(const Situation& s) {
  return yes_or(s.study.ordered, kOtherRow);
}
Verdict no_samples_unordered(const Situation& s) {
  return yes_or(!s.study.ordered, kOtherRow);
}
Verdict samples_exist(const Situation& s) {
  return yes_or(s.event.samples_exist, kOtherRow);
}
Verdict first_digest_equal(const Situation& s) {
  return s.study.received_at ? kOtherRow : digest_equal(s);
}
Verdict newer_digest_equal(const Situation& s) {
  return newer(s) ? digest_equal(s) : kOtherRow;
}

Verdict readable_or_stat(const Situation& s) {
  return yes_or(s.event.quality != QualityState::kPoor || class_after(s) == Priority::kStat, kOtherRow);
}
Verdict poor_not_stat(const Situation& s) {
  return yes_or(s.event.quality == QualityState::kPoor && class_after(s) != Priority::kStat, kOtherRow);
}
Verdict not_analysed_yet(const Situation& s) {
  return yes_or(s.study.not_analysed, kOtherRow);
}

Verdict order_is_old(const Situation& s) {
  return yes_or(s.study.ordered_at && s.now >= *s.study.ordered_at + s.policy.order_expiry, kNothing);
}
Verdict retake_is_late(const Situation& s) {
  const bool late = waits_for_retake(s.study) && s.now >= s.study.state_since + s.policy.retake_no_answer;
  return yes_or(late, kNothing);
}
Verdict lease_is_over(const Situation& s) {
  return yes_or(lease_over(s), kNothing);
}
Verdict step_is_due(const Situation& s) {
  return yes_or(steps_due(s.study, s.policy, s.now) > 0, kNothing);
}

Verdict has_reader(const Situation& s) {
  const PersonId& reader = s.event.kind == StudyEvent::kRouted ? s.event.reader : s.event.actor;
  return yes_or(!reader.empty(), refuse(ErrorCode::kInvalidField, "a reader is missing"));
}
Verdict free_or_own(const Situation& s) {
  if (s.event.actor.empty()) return refuse(ErrorCode::kInvalidField, "a reader is missing");
  if (lease_over(s)) return kYes;
  return s.study.lease && s.study.lease->holder == s.event.actor ? kNothing
                                                                 : refuse(ErrorCode::kClaimedByOther);
}
Verdict by_holder(const Situation& s) {
  return yes_or(holds_lease(s.study, s.event.actor, s.event.token, s.now), refuse(ErrorCode::kLeaseLost));
}
Verdict by_holder_with_reason(const Situation& s) {
  const Verdict holder = by_holder(s);
  return holder.kind == Verdict::Kind::kYes ? has_reason(s) : holder;
}
Verdict rejects_signal(const Situation& s) {
  const Verdict verdict = by_holder_with_reason(s);
  if (verdict.kind != Verdict::Kind::kYes) return verdict;
  return yes_or(s.study.priority != Priority::kStat,
                refuse(ErrorCode::kEventRefused, "a STAT study is read as it is"));
}
Verdict late_stat_of_other(const Situation& s) {
  const Study& study = s.study;
  if (s.event.actor.empty()) return refuse(ErrorCode::kInvalidField, "a reader is missing");
  if (study.lease && study.lease->holder == s.event.actor) return kNothing;
  const bool late = study.priority == Priority::kStat && study.received_at &&
                    s.now >= *study.received_at + s.policy.takeover_after;
  return yes_or(late, refuse(ErrorCode::kClaimedByOther));
}
Verdict signs_first_level(const Situation& s) {
  return signature_is_final(s) ? kOtherRow : by_holder(s);
}
Verdict signs_final(const Situation& s) {
  return signature_is_final(s) ? by_holder(s) : kOtherRow;
}
Verdict not_first_reader(const Situation& s) {
  if (s.event.actor.empty()) return refuse(ErrorCode::kInvalidField, "a reader is missing");
  return yes_or(s.event.actor != s.study.first_reader,
                refuse(ErrorCode::kNotAllowed, "nobody confirms their own preliminary report"));
}
Verdict next_version(const Situation& s) {
  if (s.event.actor.empty()) return refuse(ErrorCode::kInvalidField, "a reader is missing");
  if (s.event.version == s.study.report_version && s.event.actor == s.study.final_reader &&
      s.event.status == s.study.report_status) {
    return kNothing;
  }
  if (s.event.version != s.study.report_version + 1) return refuse(ErrorCode::kStale);
  const ReportStatus present = s.study.report_status.value_or(ReportStatus::kFinal);
  return yes_or(next_status(present, s.event.status).ok(), refuse(ErrorCode::kEventRefused, "report status"));
}
Verdict acknowledged_and_nothing_open(const Situation& s) {
  if (s.event.version != 0 && s.event.version != s.study.report_version) return kNothing;
  return yes_or(!s.study.open_critical, kOtherRow);
}
Verdict acknowledged_but_open(const Situation& s) {
  return yes_or(!s.study.acknowledged, kNothing);
}
Verdict last_open_and_acknowledged(const Situation& s) {
  return yes_or(s.study.open_critical && s.study.acknowledged, kOtherRow);
}
Verdict something_open(const Situation& s) {
  return yes_or(s.study.open_critical.has_value(), kNothing);
}

Verdict raises(const Situation& s) {
  return yes_or(s.event.priority < s.study.priority, kNothing);
}
Verdict raises_to_stat(const Situation& s) {
  return yes_or(s.event.priority == Priority::kStat && s.study.priority != Priority::kStat, kOtherRow);
}
Verdict lowers_by_person(const Situation& s) {
  if (s.event.actor.empty()) return refuse(ErrorCode::kNotAllowed, "only a named person lowers a class");
  if (s.event.reason.empty()) return refuse(ErrorCode::kInvalidField, "a reason is missing");
  if (s.event.priority == s.study.priority) return kNothing;
  return yes_or(s.event.priority > s.study.priority,
                refuse(ErrorCode::kInvalidField, "the class would not fall"));
}
Verdict new_tier(const Situation& s) {
  if (!s.event.tier) return refuse(ErrorCode::kInvalidField, "a tier is missing");
  return yes_or(!s.study.open_critical || *s.event.tier < *s.study.open_critical, kNothing);
}
Verdict new_critical(const Situation& s) {
  return yes_or(s.event.tier == CriticalTier::kCritical && s.study.open_critical != CriticalTier::kCritical,
                kOtherRow);
}

}  // namespace ecg::domain::guards
