// What a gateway says about a study, checked and brought into the center's own words.
#pragma once

#include <cstddef>

#include "ecg/v1/study.pb.h"
#include "ecg/v1/upload.pb.h"

#include "common/base/result.h"
#include "server/domain/study.h"
#include "server/domain/study_event.h"

namespace ecg::ingest {

// Serialized, with the fields that this version does not know: every list of studies carries them.
inline constexpr std::size_t kRegistrationBytesMax = 8 * 1024;
inline constexpr std::size_t kFormatBytesMax = 8 * 1024;

// Size, ids, lengths and enumerations. Errors: kTooLarge, kInvalidField names the field.
Result<void> check_registration(const v1::StudyRegistration& registration);

// Also leads, sampling frequency and sensitivities. Errors: kTooLarge, kInvalidField, kTooManyLeads,
// kSamplingOutsideIntake.
Result<void> check_open(const v1::OpenUpload& open);

domain::Priority priority_of(const v1::StudyRegistration& registration);  // unspecified: URGENT
domain::IdentityState identity_of(const v1::StudyRegistration& registration);
int attempt_of(const v1::StudyRegistration& registration);  // from 1

// The event that this upload's opening is to the life cycle. acquired_at is corrected by the gateway's clock
// offset.
domain::Event opened_event(const v1::StudyRegistration& registration);

// Most frames that a recording of this sampling frequency may have.
std::uint64_t frames_max(double sampling_hz);

}  // namespace ecg::ingest
