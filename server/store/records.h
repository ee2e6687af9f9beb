// What the center keeps, as plain values. Messages of the contract are kept serialised, so that what was sent
// or signed is kept byte for byte; what the center itself decides by stands in fields of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/ids.h"
#include "server/domain/critical_result.h"
#include "server/domain/delivery_state.h"
#include "server/domain/effect.h"
#include "server/domain/report_status.h"
#include "server/domain/study.h"

namespace ecg::store {

// ---- Sites, gateways, people

struct SiteRecord {
  SiteId id;
  std::string name, phone;
  domain::SigningPolicy signing = domain::SigningPolicy::kOneLevel;
  bool release_preliminary = false;
  bool machine_text_hidden = false;     // the reader drafts before seeing the automatic findings
  std::uint64_t settings_revision = 0;  // grows whenever the gateway must get its settings again
  Timestamp created_at{};
};

struct GatewayRecord {
  GatewayId id;
  SiteId site;
  std::string certificate_sha256;  // 32 bytes, of the DER form
  Timestamp enrolled_at{}, expires_at{};
  std::optional<Timestamp> revoked_at;
  std::string revoke_reason;
  std::optional<Timestamp> last_heartbeat_at;  // center's clock
  std::string heartbeat;                       // the last ecg.v1.Heartbeat
};

struct EnrolmentCodeRecord {
  std::string secret_sha256;  // 32 bytes; the secret itself is never stored
  SiteId site;
  Timestamp created_at{}, expires_at{};
  int wrong_tries = 0;
  bool ended = false;          // by success, wrong tries, or a newer code
  GatewayId gateway;           // made by it
  std::string request_sha256;  // of the request that succeeded
  std::string response;        // ecg.v1.EnrollResponse it got
};

struct PersonRecord {
  PersonId id;
  std::string user_name;  // unique
  std::string display_name;
  std::uint32_t roles = 0;    // bit 1 << ecg.v1.Role
  SiteId site;                // of a clinic operator
  std::string password_hash;  // Argon2id, encoded form
  bool disabled = false;
  Timestamp created_at{}, password_changed_at{};
};

struct SessionRecord {
  std::string token_sha256;  // 32 bytes; the token itself is never stored
  PersonId person;
  Timestamp created_at{}, last_seen_at{}, expires_at{};
  std::string place;  // address it was opened from
};

// Failed tries to sign in, by account or address.
struct FailedTriesRecord {
  std::string key;
  int count = 0;
  Timestamp last_at{};
};

// ---- Recordings

enum class UploadState : std::uint8_t {
  kOpen,
  kClosed,       // complete or partial; receipt given
  kDiscarded,    // closed, receipt given, not offered to readers
  kQuarantined,  // kept aside; reason says why
};

struct UploadRecord {
  UploadId id;
  GatewayId gateway;
  SiteId site;
  StudyId study;
  int attempt = 1;     // which recording of the study
  std::string format;  // ecg.v1.RecordingFormat
  UploadState state = UploadState::kOpen;
  std::uint64_t durable_frames = 0;
  std::uint64_t stored_bytes = 0;
  bool partial = false;
  std::string sha256;   // 32 bytes, of the whole recording (ecg.v1.CloseUpload); empty until closed
  std::string receipt;  // ecg.v1.StorageReceipt
  int reason = 0;       // catalogue number, when quarantined or not taken by its study
  Timestamp opened_at{};
  std::optional<Timestamp> closed_at;
};

struct BlockRecord {
  std::uint64_t first_frame = 0;
  std::uint32_t frame_count = 0;
  std::string block;  // ecg.v1.SampleBlock as it was received
};

// ---- Studies

enum class AnalysisState : std::uint8_t { kPending, kDone, kFailed };

struct StudyRecord {
  domain::Study study;
  std::uint64_t number = 0;  // in order of arrival at the center; given by the store
  UploadId upload;           // the recording that counts
  std::string registration;  // ecg.v1.StudyRegistration, as it finally stands
  AnalysisState analysis = AnalysisState::kPending;
  double duration_s = 0;
  std::string reader_name;  // of the lease holder, or of who signed last
  Timestamp created_at{};
  std::string return_reason;  // reason code when a new recording was asked for
};

// The critical result of a study: suspected by rule or stated by a reader.
struct CriticalRecord {
  StudyId study;
  SiteId site;
  domain::CriticalResult result;
  std::vector<std::string> codes;  // statement codes
  std::string text;                // the reader's own words
  PersonId confirmed_by;
  std::string confirmed_by_name;
  std::string acknowledged_by, read_back, action;
};

struct AnalysisRecord {
  StudyId study;
  int attempt = 1;
  std::string analysis;  // ecg.v1.Analysis
  Timestamp at{};
};

struct DraftRecord {
  StudyId study;
  PersonId author;
  std::string draft;  // ecg.v1.Draft
  std::uint64_t revision = 0;
  Timestamp saved_at{};
};

// ---- Reports and what goes back to the clinic

struct ReportRecord {
  StudyId study;
  SiteId site;
  int version = 1;
  domain::ReportStatus status = domain::ReportStatus::kFinal;
  PersonId signer;
  Timestamp signed_at{};
  std::string report;  // ecg.v1.Report as signed; never changes
  std::string pdf;     // empty until rendered
  domain::Delivery delivery;
  std::string opened_by;  // the person at the clinic, as the gateway named them
};

enum class DeliveryKind : std::uint8_t { kReport, kCritical, kSettings };

// One item on its way to a site, repeated on every new exchange stream until its gateway has stored it.
struct DeliveryRecord {
  std::string id;
  SiteId site;
  DeliveryKind kind = DeliveryKind::kReport;
  StudyId study;    // not for settings
  int version = 0;  // of a report
  std::string
      item;  // ecg.v1.CriticalNotice or SiteSettings; a report is read from its record when it is sent
  Timestamp created_at{};
  std::optional<Timestamp> stored_at;  // acknowledged by the gateway
};

// ---- Outbox, timers, audit

enum class EventKind : std::uint8_t {
  kStudyChanged,    // anything a list or a bedside shows of a study
  kEffect,          // something is to be done: see effect
  kReportRendered,  // version has its PDF
  kCriticalChanged,
  kSiteChanged,      // settings, gateways, heartbeat state
  kSettingsChanged,  // the site's gateway must get its settings again
};

struct EventRecord {
  std::uint64_t seq = 0;  // given by the store; grows by commit
  EventKind kind = EventKind::kStudyChanged;
  StudyId study;
  SiteId site;
  Timestamp at{};
  std::optional<domain::Effect> effect;  // of kEffect
  int version = 0;                       // report version, of kReportRendered
};

// A wake-up that survives restarts. A study's own life-cycle timer is kept by put_study (kind "study").
struct TimerRecord {
  std::string kind;
  StudyId study;
  Timestamp due_at{};
};

struct AuditRecord {
  std::uint64_t seq = 0;
  Timestamp at{};
  std::string actor;   // person id, "gateway:<id>", "local", "center"
  std::string action;  // method or act: "ecg.v1.ReadingService/SignReport"
  StudyId study;
  SiteId site;
  std::string place;                // address
  std::string outcome;              // "ok" or an error code: "E5004"
  std::string detail;               // no patient data
  std::string previous_hash, hash;  // 32 bytes each (server/audit)
};

// ---- Figures

struct QueueFigures {
  domain::Priority priority = domain::Priority::kUrgent;
  std::uint32_t waiting = 0, being_read = 0;
  std::optional<Timestamp> oldest_received_at;  // of those waiting
};

// Times of one study or report within the window asked for.
struct TurnaroundSample {
  domain::Priority priority = domain::Priority::kUrgent;
  Timestamp received_at{};
  std::optional<Timestamp> opened_at, first_signed_at, delivered_at;
};

struct OpenCritical {
  std::uint32_t count = 0;
  std::optional<Timestamp> oldest_at;
};

}  // namespace ecg::store
