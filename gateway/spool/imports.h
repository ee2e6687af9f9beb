// Whole recordings that come as files.
#pragma once

#include <string>
#include <vector>

#include "gateway/spool/recordings.h"
#include "gateway/spool/studies.h"

namespace ecg::spool {

struct ImportedStudy {
  ecg::v1::StudyRegistration registration;
  NewRecording recording;
  std::vector<ecg::v1::SampleBlock> blocks;
  Ending ending;
  std::string content_sha256;  // of the files; the same content is the same study
};
// All in one commit, ready to be sent. Answers the study id: the earlier one when the content is known.
Result<std::string> store_imported(Spool& spool, const ImportedStudy& study);

}  // namespace ecg::spool
