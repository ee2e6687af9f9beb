// The head of the clinic page: line, device, spool, clock, and today's numbers.
#pragma once

#include <vector>

#include "ecg/v1/clinic.pb.h"

#include "gateway/clinic/clinic_parts.h"

namespace ecg::clinic {

Result<ecg::v1::ClinicState> clinic_state(const ClinicParts& parts, const std::string& operator_name);
// Today's and everything open, newest first.
Result<std::vector<ecg::v1::ClinicStudy>> clinic_studies(spool::Spool& spool, std::size_t limit);
// Midnight on the clinic's own clock and calendar.
Timestamp start_of_local_day(Timestamp now);

inline constexpr std::size_t kStudiesShownMax = 200;

}  // namespace ecg::clinic
