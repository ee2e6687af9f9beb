#include "gateway/inbox/projection.h"

#include "common/wire/sha256.h"

namespace ecg::inbox {
namespace {

void set_time(google::protobuf::Timestamp& out, Timestamp t) {
  const std::int64_t us = to_micros(t);
  out.set_seconds(us / 1'000'000);
  out.set_nanos(static_cast<std::int32_t>(us % 1'000'000) * 1000);
}

std::string receipt_tail(const ecg::v1::StorageReceipt& receipt) {
  return wire::as_hex(wire::sha256(receipt.signature())).substr(60);
}

ecg::v1::StudyState state_of(const spool::StudyRow& row) {
  switch (row.phase) {
    case spool::Phase::kRegistered:
      if (row.registration.attempt() <= 1) return ecg::v1::STUDY_STATE_ORDERED;
      // The center may have gone on with the earlier recording.
      return row.progress && row.progress->state() > ecg::v1::STUDY_STATE_RETAKE
                 ? row.progress->state()
                 : ecg::v1::STUDY_STATE_RETAKE;
    case spool::Phase::kAcquiring:
      return ecg::v1::STUDY_STATE_ACQUIRING;
    case spool::Phase::kAwaitingDecision:
      return ecg::v1::STUDY_STATE_BUFFERED;
    case spool::Phase::kSent:
      return row.recording && row.recording->durable_frames > 0 && row.recording->error_code == 0
                 ? ecg::v1::STUDY_STATE_UPLOADING
                 : ecg::v1::STUDY_STATE_BUFFERED;
    case spool::Phase::kConfirmed:
      return row.progress && row.progress->state() > ecg::v1::STUDY_STATE_RECEIVED
                 ? row.progress->state()
                 : ecg::v1::STUDY_STATE_RECEIVED;
    case spool::Phase::kCancelled:
      return ecg::v1::STUDY_STATE_CANCELLED;
  }
  return ecg::v1::STUDY_STATE_UNSPECIFIED;
}

ecg::v1::LadderEvidence* add_step(ecg::v1::ClinicStudy& out, ecg::v1::LadderStep step,
                                  std::optional<Timestamp> at) {
  ecg::v1::LadderEvidence* evidence = out.add_ladder();
  evidence->set_step(step);
  if (at) set_time(*evidence->mutable_at(), *at);
  return evidence;
}

void add_ladder(ecg::v1::ClinicStudy& out, const spool::StudyRow& row) {
  const spool::RecordingRow* recording = row.recording ? &*row.recording : nullptr;
  add_step(out, ecg::v1::LADDER_STEP_SAVED, recording != nullptr ? recording->closed_at : std::nullopt);
  add_step(out, ecg::v1::LADDER_STEP_UPLOADING,
           recording != nullptr ? recording->first_acknowledged_at : std::nullopt);
  auto* stored = add_step(out, ecg::v1::LADDER_STEP_AT_CENTER, std::nullopt);
  if (recording != nullptr && recording->receipt) {
    ecg::v1::StorageReceiptBody body;
    if (body.ParseFromString(recording->receipt->body()) && body.has_stored_at()) {
      *stored->mutable_at() = body.stored_at();
    } else if (recording->confirmed_at) {
      set_time(*stored->mutable_at(), *recording->confirmed_at);
    }
    stored->set_source(receipt_tail(*recording->receipt));
  }
  auto* opened = add_step(out, ecg::v1::LADDER_STEP_OPENED, std::nullopt);
  if (row.progress && row.progress->has_opened_at()) {
    *opened->mutable_at() = row.progress->opened_at();
    opened->set_source(row.progress->reader_name());
  }
  auto* back = add_step(out, ecg::v1::LADDER_STEP_REPORT_BACK, std::nullopt);
  if (!row.reports.empty()) {
    set_time(*back->mutable_at(), row.reports.front().received_at);
    back->set_source(std::to_string(row.reports.front().report.version()));
  }
}

void add_recording(ecg::v1::ClinicStudy& out, const spool::RecordingRow& recording) {
  set_time(*out.mutable_acquired_at(), recording.begun_at);
  if (recording.sampling_hz > 0) {
    out.set_recorded_s(static_cast<double>(recording.frames) / recording.sampling_hz);
  }
  out.set_partial(recording.partial);
  const std::int64_t whole = recording.closed_at ? recording.frames : recording.wanted_frames;
  if (whole > 0) {
    out.set_uploaded_fraction(static_cast<double>(recording.durable_frames) / static_cast<double>(whole));
  }
  out.set_tries(recording.tries);
  if (recording.next_try_at && !recording.confirmed_at) {
    set_time(*out.mutable_next_try_at(), *recording.next_try_at);
  }
  out.set_error_code(recording.error_code);
  out.set_quality(recording.quality);
}

}  // namespace

ecg::v1::ClinicStudy to_clinic_study(const spool::StudyRow& row) {
  ecg::v1::ClinicStudy out;
  out.set_study_id(row.registration.study_id());
  *out.mutable_patient() = row.registration.patient();
  *out.mutable_context() = row.registration.context();
  out.set_priority(row.registration.priority());
  out.set_state(state_of(row));
  if (out.state() == ecg::v1::STUDY_STATE_RETAKE && row.progress &&
      row.progress->state() == ecg::v1::STUDY_STATE_RETAKE) {
    out.set_returned_reason(row.progress->return_reason());
  }
  if (row.recording) add_recording(out, *row.recording);
  out.set_awaiting_decision(row.phase == spool::Phase::kAwaitingDecision);
  add_ladder(out, row);
  for (const spool::ReportRow& report : row.reports) *out.add_reports() = report.report;
  if (!row.reports.empty() && row.reports.front().opened_at) {
    set_time(*out.mutable_report_opened_at(), *row.reports.front().opened_at);
  }
  if (row.critical) {
    *out.mutable_critical() = *row.critical;
    out.set_critical_state(row.critical->state());
  }
  if (row.progress && row.progress->critical() > out.critical_state())
    out.set_critical_state(row.progress->critical());
  if (row.critical_acknowledged_at && out.critical_state() < ecg::v1::CRITICAL_STATE_ACKNOWLEDGED) {
    out.set_critical_state(ecg::v1::CRITICAL_STATE_ACKNOWLEDGED);
  }
  return out;
}

}  // namespace ecg::inbox
