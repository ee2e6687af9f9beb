#include "server/domain/study_state.h"

#include "server/domain/named.h"

namespace ecg::domain {
namespace {

using S = StudyState;
constexpr Named<S> kStates[] = {
    {S::kAbsent, "ABSENT", "not known", "未知"},
    {S::kOrdered, "ORDERED", "ordered", "已申请"},
    {S::kAcquiring, "ACQUIRING", "acquiring", "采集中"},
    {S::kBuffered, "BUFFERED", "saved at the clinic", "本地缓存"},
    {S::kUploading, "UPLOADING", "uploading", "上传中"},
    {S::kReceived, "RECEIVED", "received", "已接收"},
    {S::kQc, "QC", "in quality control", "质控中"},
    {S::kRetake, "RETAKE", "returned for a new recording", "退回重采"},
    {S::kQuarantined, "QUARANTINED", "quarantined", "隔离"},
    {S::kQueued, "QUEUED", "waiting for a reader", "待阅"},
    {S::kAssigned, "ASSIGNED", "assigned", "已分配"},
    {S::kReading, "READING", "being read", "阅图中"},
    {S::kPreliminary, "PRELIMINARY", "waiting for confirmation", "待审核"},
    {S::kReferred, "REFERRED", "referred to an expert", "疑难上送"},
    {S::kFinal, "FINAL", "confirmed", "已审核"},
    {S::kClosed, "CLOSED", "archived", "已归档"},
    {S::kCancelled, "CANCELLED", "cancelled", "已取消"},
    {S::kRejected, "REJECTED", "voided", "已作废"},
};
static_assert(in_order(kStates) && std::size(kStates) == kStudyStates.size());

constexpr Named<IdentityState> kIdentities[] = {
    {IdentityState::kMatched, "MATCHED", "matched", "已匹配"},
    {IdentityState::kUnidentified, "UNIDENTIFIED", "not identified yet", "待匹配"},
    {IdentityState::kMismatch, "MISMATCH", "to be checked", "待核对"},
};
static_assert(in_order(kIdentities));

constexpr Named<QualityState> kQualities[] = {
    {QualityState::kUnknown, "UNKNOWN", "not judged", "未评定"},
    {QualityState::kGood, "GOOD", "good", "良好"},
    {QualityState::kDegraded, "DEGRADED", "degraded", "欠佳"},
    {QualityState::kPoor, "POOR", "poor", "差"},
};
static_assert(in_order(kQualities));

}  // namespace

std::string_view name(StudyState state) {
  return row(kStates, state).name;
}
std::string_view name(IdentityState state) {
  return row(kIdentities, state).name;
}
std::string_view name(QualityState state) {
  return row(kQualities, state).name;
}

std::optional<StudyState> parse_study_state(std::string_view text) {
  const auto state = find_named(kStates, text);
  return state == StudyState::kAbsent ? std::nullopt : state;
}
std::optional<IdentityState> parse_identity_state(std::string_view text) {
  return find_named(kIdentities, text);
}
std::optional<QualityState> parse_quality_state(std::string_view text) {
  return find_named(kQualities, text);
}

std::string_view text(StudyState state, Language language) {
  return words(kStates, state, language);
}
std::string_view text(IdentityState state, Language language) {
  return words(kIdentities, state, language);
}
std::string_view text(QualityState state, Language language) {
  return words(kQualities, state, language);
}

Placement placement(StudyState state) {
  switch (state) {
    case S::kAbsent:
      return Placement::kNowhere;
    case S::kOrdered:
    case S::kAcquiring:
    case S::kBuffered:
    case S::kUploading:
    case S::kRetake:
      return Placement::kGateway;
    case S::kReceived:
    case S::kQc:
      return Placement::kAutomatic;
    case S::kQuarantined:
      return Placement::kAdministrator;
    case S::kQueued:
      return Placement::kFirstQueue;
    case S::kPreliminary:
      return Placement::kConfirmQueue;
    case S::kReferred:
      return Placement::kExpertQueue;
    case S::kAssigned:
    case S::kReading:
      return Placement::kLeased;
    case S::kFinal:
      return Placement::kSigned;
    case S::kClosed:
    case S::kCancelled:
    case S::kRejected:
      return Placement::kOver;
  }
  return Placement::kNowhere;
}

}  // namespace ecg::domain
