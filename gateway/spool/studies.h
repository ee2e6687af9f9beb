// Studies of this clinic from registration to the decision to send.
#pragma once

#include <optional>
#include <vector>

#include "gateway/spool/rows.h"
#include "gateway/spool/spool.h"

namespace ecg::spool {

// Durable before it answers. A study that has not begun to record may be registered again;
// one whose retake the center asks for becomes its next attempt. Errors: kEventRefused (it records already,
// or is cancelled), storage errors.
Result<void> register_study(Spool& spool, const ecg::v1::StudyRegistration& registration);

struct NewRecording {
  UploadId upload_id;  // made by the caller, stored here before any byte is sent
  StudyId study_id;
  ecg::v1::RecordingFormat format;
  std::int64_t wanted_frames = 0;
  bool send_when_done = false;
  Timestamp begun_at;
  std::int64_t clock_offset_ms = 0;
  std::uint32_t clock_uncertainty_ms = 0;
};
// The study goes from kRegistered to kAcquiring. Durable before it answers.
// Errors: kNotFound, kEventRefused (not kRegistered), kSpoolFull, storage errors.
Result<void> begin_recording(Spool& spool, const NewRecording& recording);

// The operator accepts the recording. A repeat succeeds, and asks for the next upload try at once.
// Errors: kNotFound, kEventRefused (nothing recorded, or still recording).
Result<void> send_study(Spool& spool, const StudyId& study);
// Sets the recording aside (the center is told DISCARDED); the study may be recorded again as the next
// attempt. So may one whose retake the center asks for; its earlier recording stays as it is.
// Errors: kNotFound, kEventRefused (neither).
Result<void> retake_study(Spool& spool, const StudyId& study);
// Leaves a study whose retake the center asks for as it is: the center has a recording of it and may still
// report. Errors: kNotFound, kEventRefused (there is a recording).
Result<void> cancel_study(Spool& spool, const StudyId& study);

// Errors: kNotFound.
Result<StudyRow> find_study(Spool& spool, const StudyId& study);
// Created since, or not yet finished, newest first.
Result<std::vector<StudyRow>> list_studies(Spool& spool, Timestamp since, std::size_t limit);
// When the patient was last recorded here since then, apart from the study itself.
Result<std::optional<Timestamp>> recorded_since(Spool& spool, const std::string& patient_id, Timestamp since,
                                                const StudyId& except);

struct Counts {
  std::int64_t unsent = 0;  // recorded and meant for the center, without receipt
  std::optional<Timestamp> oldest_unsent_at;
  std::int64_t studies_since = 0;  // recordings begun since the moment asked
  std::int64_t reports_since = 0;
};
Result<Counts> count_studies(Spool& spool, Timestamp since);

}  // namespace ecg::spool
