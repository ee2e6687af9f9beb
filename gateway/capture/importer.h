// Turns a finished recording from a file into a study.
#pragma once

#include <string>

#include "common/base/random.h"
#include "common/formats/format.h"
#include "gateway/spool/spool.h"

namespace ecg::capture {

// Stores study and recording in one commit and answers the study id. Patient fields of the file are taken
// over; without an id the study is UNIDENTIFIED under a temporary one. The same content (by content_sha256)
// answers the same study. Sent without further asking, class urgent. Errors: kTooManyLeads,
// kSamplingOutsideIntake, kTooManySamples, kInvalidField, kSpoolFull, storage errors.
Result<std::string> import_recording(spool::Spool& spool, Random& random,
                                     const formats::ImportedRecording& imported,
                                     const std::string& content_sha256);

}  // namespace ecg::capture
