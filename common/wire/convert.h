// Between the contract's messages (ecg.v1) and the in-memory types of dsp.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ecg/v1/measurement.pb.h"
#include "ecg/v1/recording.pb.h"

#include "common/base/result.h"
#include "common/wire/block_codec.h"
#include "common/wire/sha256.h"
#include "dsp/analysis.h"
#include "dsp/signal.h"

namespace ecg::wire {

ecg::v1::LeadCode lead_code(dsp::LeadId lead);
dsp::LeadId lead_id(ecg::v1::LeadCode code);  // kOther for what is not known

// Whether a recording of this format may enter: 1 to limits::kLeadsMax leads, sampling within the intake
// limits, finite sensitivities, texts within limits::kShortTextBytesMax. Errors: kTooManyLeads,
// kSamplingOutsideIntake, kInvalidField.
Result<void> check_format(const ecg::v1::RecordingFormat& format);

// Leads, sensitivities and sampling frequency; device, filters and source are left empty.
ecg::v1::RecordingFormat format_of(const dsp::Recording& recording);
// A recording of that format without any sample.
dsp::Recording empty_recording(const ecg::v1::RecordingFormat& format);
std::vector<dsp::StreamLead> stream_leads(const ecg::v1::RecordingFormat& format);

// Puts decoded blocks together, in order from frame 0.
class RecordingAssembler {
 public:
  explicit RecordingAssembler(const ecg::v1::RecordingFormat& format) : recording_(empty_recording(format)) {}
  // Errors: kUploadOffsetMismatch when the block does not follow the last; kTooManySamples past
  //         limits::kStudyFramesMax. Nothing is added then.
  Result<void> add(const Block& block);
  const dsp::Recording& recording() const { return recording_; }
  dsp::Recording take() { return std::move(recording_); }

 private:
  dsp::Recording recording_;
};

// The recording cut into blocks of frames_per_block (1 to limits::kBlockFramesMax; the last may be shorter).
// Requires leads of equal length with gaps as signal.h says.
std::vector<Block> cut_into_blocks(const dsp::Recording& recording, std::int64_t frames_per_block);

// The digest of CloseUpload.sha256.
Digest digest_of(const dsp::Recording& recording);

// For drawing. 2 bytes a sample where every sample fits, else 4. format says what recording does not know
// (device, filters); its leads must be the recording's.
ecg::v1::Waveform to_waveform(const dsp::Recording& recording, const ecg::v1::RecordingFormat& format);
// Errors: kFileMalformed when sizes do not agree or a gap lies outside; whatever check_format says.
Result<dsp::Recording> from_waveform(const ecg::v1::Waveform& waveform);

ecg::v1::QualityGrade quality_grade(dsp::QualityGrade grade);
ecg::v1::QualityReason quality_reason(dsp::QualityReason reason);
ecg::v1::Urgency urgency(dsp::Urgency urgency);

// Every finding carries "<algorithm> <version>" as its author. Leads are named by their label, or standard
// name.
ecg::v1::Analysis to_analysis(const dsp::Analysis& analysis, const dsp::Recording& recording);

}  // namespace ecg::wire
