// Reading rows of studies and recordings; shared by the files of this folder.
#pragma once

#include <string>

#include "gateway/spool/rows.h"
#include "gateway/spool/spool.h"

namespace ecg::spool {

extern const std::string kRecordingColumns;
Result<RecordingRow> recording_from(const sqlite::Statement& row, int first_column);

extern const std::string kStudyColumns;  // of studies
// With the current recording and the reports.
Result<StudyRow> study_from(sqlite::Database& database, const sqlite::Statement& row);

Result<std::optional<RecordingRow>> recording_by_id(sqlite::Database& database, const std::string& upload_id);

// Errors: kNotFound.
Result<Phase> phase_of(sqlite::Database& database, const StudyId& study);

}  // namespace ecg::spool
