#include "gateway/capture/importer.h"

#include <algorithm>
#include <cmath>

#include "common/base/limits.h"
#include "common/wire/convert.h"
#include "gateway/acquire/replay_source.h"
#include "gateway/spool/imports.h"

namespace ecg::capture {
namespace {

std::string cut(const std::string& text, std::size_t bytes_max) {
  std::size_t end = std::min(text.size(), bytes_max);
  // Not inside a character.
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xc0u) == 0x80u) --end;
  return text.substr(0, end);
}

ecg::v1::Sex sex_of(dsp::Sex sex) {
  if (sex == dsp::Sex::kFemale) return ecg::v1::SEX_FEMALE;
  return sex == dsp::Sex::kMale ? ecg::v1::SEX_MALE : ecg::v1::SEX_UNSPECIFIED;
}

void fill_patient(const formats::PatientFields& fields, Random& random, ecg::v1::Patient& patient) {
  patient.set_id(cut(fields.id, limits::kNameBytesMax));
  patient.set_identity(ecg::v1::IDENTITY_STATE_MATCHED);
  if (fields.id.empty()) {
    patient.set_id("T-" + random_id(random).substr(0, 8));
    patient.set_identity(ecg::v1::IDENTITY_STATE_UNIDENTIFIED);
  }
  patient.set_name(cut(fields.name, limits::kNameBytesMax));
  patient.set_sex(sex_of(fields.sex));
  patient.set_birth_date(fields.birth_date);
  if (fields.birth_date.empty() && fields.age_years && *fields.age_years >= 1 && *fields.age_years < 150) {
    patient.set_age_years(static_cast<std::uint32_t>(std::floor(*fields.age_years)));
  }
}

}  // namespace

Result<std::string> import_recording(spool::Spool& spool, Random& random,
                                     const formats::ImportedRecording& imported,
                                     const std::string& content_sha256) {
  const ecg::v1::RecordingFormat format = acquire::imported_format(imported);
  ECG_TRY(wire::check_format(format));
  const dsp::Recording& recording = imported.recording;
  const double seconds_max = static_cast<double>(limits::kStudyDurationMax.count());
  if (recording.frames() == 0) return Error{ErrorCode::kFileTruncated, "recording", "no samples"};
  if (recording.duration_s() > seconds_max) {
    return Error{ErrorCode::kTooManySamples, std::to_string(recording.frames()) + " frames"};
  }
  ECG_TRY(spool.require_room());

  spool::ImportedStudy study;
  study.content_sha256 = content_sha256;
  study.recording.upload_id = UploadId(random_id(random));
  study.recording.study_id = StudyId(random_id(random));
  study.recording.format = format;
  study.recording.wanted_frames = recording.frames();
  study.recording.send_when_done = true;
  study.recording.begun_at = imported.acquired_at.value_or(spool.clock().now());
  study.registration.set_study_id(study.recording.study_id.value);
  fill_patient(imported.patient, random, *study.registration.mutable_patient());
  study.registration.set_priority(ecg::v1::PRIORITY_URGENT);
  study.registration.set_attempt(1);
  study.ending.frames = recording.frames();
  study.ending.sha256 = wire::as_bytes(wire::digest_of(recording));
  const auto frames_per_block = std::clamp<std::int64_t>(
      static_cast<std::int64_t>(format.sampling_hz() *
                                std::chrono::duration<double>(limits::kBlockDuration).count()),
      1, limits::kBlockFramesMax);
  for (const wire::Block& block : wire::cut_into_blocks(recording, frames_per_block)) {
    ECG_ASSIGN(auto message, wire::encode_block(block, format.leads_size()));
    study.blocks.push_back(std::move(message));
  }
  return spool::store_imported(spool, study);
}

}  // namespace ecg::capture
