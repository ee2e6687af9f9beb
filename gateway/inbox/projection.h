// Studies as the clinic page shows them, computed from stored facts alone.
#pragma once

#include "ecg/v1/clinic.pb.h"

#include "gateway/spool/rows.h"

namespace ecg::inbox {

// Each step of the receipt ladder carries a time only when its evidence is stored here:
//   saved       the recording ended and is on this disk with its digest
//   uploading   the center acknowledged its first frames
//   at center   a receipt whose signature was verified; source: its last four digits
//   opened      the center says a reader opened it; source: the reader
//   report back a report is on this disk; source: its version
ecg::v1::ClinicStudy to_clinic_study(const spool::StudyRow& row);

}  // namespace ecg::inbox
