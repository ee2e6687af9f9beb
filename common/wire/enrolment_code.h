// The enrolment code as people read it to each other: base 32 of the serialised message (enrolment.proto).
#pragma once

#include <string>
#include <string_view>

#include "ecg/v1/enrolment.pb.h"

#include "common/base/result.h"

namespace ecg::wire {

// Crockford's alphabet in capitals, in groups of five with '-' between.
std::string write_enrolment_code(const ecg::v1::EnrolmentCode& code);

// Accepts small letters, any grouping, and the look-alikes I and L for 1, O for 0.
// Errors: kEnrolmentCodeRefused when it is not a code: other characters, bits left over, a field missing.
Result<ecg::v1::EnrolmentCode> read_enrolment_code(std::string_view text);

}  // namespace ecg::wire
