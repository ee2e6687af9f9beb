// The changes of studies.h and recordings.h as parts of a larger one; on the writer's thread only.
#pragma once

#include "gateway/spool/recordings.h"
#include "gateway/spool/studies.h"

namespace ecg::spool::change {

Result<void> register_study(sqlite::Database& database, const ecg::v1::StudyRegistration& registration,
                            Timestamp now);
Result<void> begin_recording(sqlite::Database& database, const NewRecording& recording);
Result<void> append_block(sqlite::Database& database, const UploadId& upload,
                          const ecg::v1::SampleBlock& block);
Result<void> end_recording(sqlite::Database& database, const UploadId& upload, const Ending& ending,
                           Timestamp now);

}  // namespace ecg::spool::change
