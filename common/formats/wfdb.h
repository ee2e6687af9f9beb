// WFDB records (PhysioNet): a text header and its signal files. Formats 16, 24, 32, 61, 80 and 212 with a
// byte offset (MATLAB v4 files are "16+24" and the like), one segment, one sample per signal and frame, no
// skew. Source: WFDB Applications Guide, header(5) and signal(5).
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/formats/format.h"

namespace ecg::formats {

// True when the first line that is not a comment reads as a record line.
bool looks_like_wfdb_header(Bytes bytes);

// Names of the signal files in order of first use: plain names, no folders. Errors as read_wfdb, for the
// header alone.
Result<std::vector<std::string>> wfdb_signal_files(Bytes header, const std::string& name);

// files.front() is the header. Values that the format reserves for "invalid" become gaps; the numbers are
// kept. A checksum that is stated must match: kFileChecksum. A stated 0 that does not match counts as not
// given (several published sets write 0 throughout) and leaves an oddity. A header whose last record or
// signal line has no line end is kFileTruncated, since the end of that line may be missing.
Result<ImportedRecording> read_wfdb(std::span<const NamedBlob> files);

// Header NAME.hea and signal file NAME.dat in format 16, all leads interleaved, with checksums. Gaps are
// written as -32768, so numbers inside gaps are not kept. The header carries sex and age as "#Sex:" and
// "#Age:" and the local time; name and id of the patient are never written. Requires: record_name of 1 to 64
// letters, digits, '_' and '-'; at least one lead and one frame; else kInvalidField. Errors: kLossyConversion
// when a sample outside the gaps does not fit in -32767..32767.
Result<std::vector<NamedBlob>> write_wfdb(const ImportedRecording& imported, const std::string& record_name);

}  // namespace ecg::formats
