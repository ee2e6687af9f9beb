// The parts of the gateway that the clinic page looks at and acts on. All outlive the service.
#pragma once

#include <string>

#include "common/base/random.h"
#include "gateway/acquire/sample_source.h"
#include "gateway/capture/station.h"
#include "gateway/spool/spool.h"
#include "gateway/uplink/line.h"

namespace ecg::clinic {

struct ClinicParts {
  spool::Spool& spool;
  capture::Station& station;
  acquire::SampleSource* source;  // nullptr: no device
  const uplink::Line& line;
  Random& random;
  bool enrolled = false;
  std::string site_id;
  std::string site_name;     // as told at enrolment; the center's settings win
  std::string watch_folder;  // empty: none
};

}  // namespace ecg::clinic
