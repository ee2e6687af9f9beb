// CSV of one recording, for spreadsheets and scripts. UTF-8, '\n', dot as decimal mark whatever the locale:
//   # ecg-csv 1
//   # sampling_frequency_hz=500
//   # frames=5000             rows below the names
//   # uv_per_lsb=1,1          one per lead, 0 = unknown
//   # baseline=0,0            one per lead
//   frame,I,II                names of the leads; other names as the device gave them, commas and quotes as
//   '_' 0,-12,7                   samples in LSB; an empty cell lies in a gap
#pragma once

#include <string>

#include "common/formats/format.h"

namespace ecg::formats {

// Loses what lies outside the table above: patient, device, times, numbers inside gaps.
std::string write_csv(const dsp::Recording& recording);

bool looks_like_csv(Bytes bytes);
// Reads what write_csv writes. Errors: kFileMalformed, kFileTruncated (fewer rows than stated), kTooLarge,
// kTooManyLeads.
Result<ImportedRecording> read_csv(Bytes bytes, const std::string& name);

}  // namespace ecg::formats
