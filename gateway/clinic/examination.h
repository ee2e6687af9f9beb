// What a nurse enters, checked and turned into a registration.
#pragma once

#include "ecg/v1/clinic.pb.h"

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/result.h"

namespace ecg::clinic {

// A patient is confirmed by an id, by a name, or by saying "emergency, unknown"; an id that is not given is
// made: from name, sex and birth date when all are known (the same person gets the same one), else a
// temporary one. Errors: kNoPatient, kInvalidField (naming the field, never its content).
Result<ecg::v1::StudyRegistration> make_registration(const ecg::v1::RegisterExaminationRequest& request,
                                                     Random& random, Timestamp now);

}  // namespace ecg::clinic
