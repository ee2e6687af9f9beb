#include "tests/unit/server/store/records_for_tests.h"

namespace ecg::store {

Timestamp at(std::int64_t seconds) {
  return from_micros(1'700'000'000'000'000 + seconds * 1'000'000);
}

SiteRecord some_site(const std::string& id) {
  SiteRecord r;
  r.id = SiteId(id);
  r.name = "白石镇卫生院";
  r.phone = "0571-1";
  r.signing = domain::SigningPolicy::kTwoLevel;
  r.release_preliminary = true;
  r.machine_text_hidden = false;
  r.settings_revision = 7;
  r.created_at = at(1);
  return r;
}

GatewayRecord some_gateway(const std::string& id, const std::string& site) {
  GatewayRecord r;
  r.id = GatewayId(id);
  r.site = SiteId(site);
  r.certificate_sha256 = std::string("\0cert-", 6) + id;
  r.enrolled_at = at(2);
  r.expires_at = at(3);
  return r;
}

PersonRecord some_person(const std::string& id) {
  PersonRecord r;
  r.id = PersonId(id);
  r.user_name = "user-" + id;
  r.display_name = "王医生";
  r.roles = 4;
  r.site = SiteId("baishi");
  r.password_hash = "$argon2id$";
  r.created_at = at(4);
  r.password_changed_at = at(5);
  return r;
}

UploadRecord some_upload(const std::string& id, const std::string& study) {
  UploadRecord r;
  r.id = UploadId(id);
  r.gateway = GatewayId("g1");
  r.site = SiteId("baishi");
  r.study = StudyId(study);
  r.attempt = 2;
  r.format = std::string("fmt\0x", 5);
  r.opened_at = at(6);
  return r;
}

StudyRecord some_study(const std::string& id) {
  StudyRecord r;
  auto& s = r.study;
  s.id = StudyId(id);
  s.site = SiteId("baishi");
  s.state = domain::StudyState::kReading;
  s.state_since = at(10);
  s.identity = domain::IdentityState::kMismatch;
  s.quality = domain::QualityState::kDegraded;
  s.requested = domain::Priority::kRoutine;
  s.priority = domain::Priority::kStat;
  s.open_critical = domain::CriticalTier::kMajorPositive;
  s.not_analysed = false;
  s.ordered = true;
  s.partial = true;
  s.attempt = 3;
  s.signing = domain::SigningPolicy::kTwoLevel;
  s.release_preliminary = true;
  s.pool = domain::Pool::kExpert;
  s.lease = domain::Lease{PersonId("p1"), 12, at(11), domain::LeaseKind::kReading};
  s.last_token = 12;
  s.first_reader = PersonId("p2");
  s.final_reader = PersonId("p3");
  s.signed_token = 9;
  s.report_version = 4;
  s.report_status = domain::ReportStatus::kCorrected;
  s.acknowledged = true;
  s.escalations = 2;
  s.ordered_at = at(12);
  s.acquired_at = at(13);
  s.received_at = at(14);
  s.opened_at = at(15);
  s.signed_at = at(16);
  r.upload = UploadId("u1");
  r.registration = std::string("reg\0x", 5);
  r.analysis = AnalysisState::kFailed;
  r.duration_s = 10.5;
  r.reader_name = "李医生";
  r.created_at = at(17);
  r.return_reason = "lead_off";
  return r;
}

StudyRecord queued_study(const std::string& id, domain::Priority priority, Timestamp received_at) {
  StudyRecord r;
  r.study.id = StudyId(id);
  r.study.site = SiteId("baishi");
  r.study.state = domain::StudyState::kQueued;
  r.study.priority = priority;
  r.study.received_at = received_at;
  r.created_at = received_at;
  return r;
}

ReportRecord some_report(const std::string& study, int version) {
  ReportRecord r;
  r.study = StudyId(study);
  r.site = SiteId("baishi");
  r.version = version;
  r.status = domain::ReportStatus::kAmended;
  r.signer = PersonId("p1");
  r.signed_at = at(20 + version);
  r.report = std::string("rep\0x", 5);
  r.delivery.pending_since = r.signed_at;
  return r;
}

}  // namespace ecg::store
