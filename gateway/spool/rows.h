// What the spool knows of one study, as read from its tables.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ecg/v1/exchange.pb.h"
#include "ecg/v1/report.pb.h"
#include "ecg/v1/study.pb.h"
#include "ecg/v1/upload.pb.h"

#include "common/base/clock.h"
#include "common/base/ids.h"

namespace ecg::spool {

// The gateway's own part of the life cycle (clinical.md 2); the center owns what follows.
enum class Phase : std::uint8_t {
  kRegistered = 1,  // ORDERED: no recording, or the last one was set aside
  kAcquiring = 2,
  kAwaitingDecision = 3,  // recorded; the operator has neither sent nor set it aside
  kSent = 4,              // BUFFERED or UPLOADING
  kConfirmed = 5,         // the center's receipt is stored
  kCancelled = 6,
};

// One recording of a study, which is one upload.
struct RecordingRow {
  UploadId upload_id;
  StudyId study_id;
  std::uint32_t attempt = 1;
  Timestamp begun_at;
  std::int64_t wanted_frames = 0;
  bool send_when_done = false;
  std::int64_t frames = 0;  // durable here
  double sampling_hz = 0;
  std::optional<Timestamp> closed_at;
  std::string sha256;
  bool partial = false;
  ecg::v1::QualityGrade quality = ecg::v1::QUALITY_GRADE_UNSPECIFIED;
  ecg::v1::CloseDisposition disposition = ecg::v1::CLOSE_DISPOSITION_UNSPECIFIED;  // unspecified: not decided
  std::int64_t durable_frames = 0;  // acknowledged by the center
  std::optional<Timestamp> first_acknowledged_at;
  std::optional<ecg::v1::StorageReceipt> receipt;
  std::optional<Timestamp> confirmed_at;
  std::uint32_t tries = 0;
  std::optional<Timestamp> next_try_at;
  std::uint32_t error_code = 0;  // catalogue number of the last failure
  bool samples_kept = true;
};

struct ReportRow {
  ecg::v1::Report report;
  Timestamp received_at;
  std::optional<Timestamp> opened_at;
};

struct StudyRow {
  ecg::v1::StudyRegistration registration;
  Phase phase = Phase::kRegistered;
  Timestamp created_at;
  std::optional<RecordingRow> recording;  // the current attempt's
  std::optional<ecg::v1::StudyProgress> progress;
  std::optional<ecg::v1::CriticalNotice> critical;
  std::optional<Timestamp> critical_acknowledged_at;
  std::vector<ReportRow> reports;  // newest first
};

}  // namespace ecg::spool
