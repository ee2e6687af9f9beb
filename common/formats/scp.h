// SCP-ECG, EN 1064: sections 0 (pointers), 1 (patient, device), 2 (Huffman tables), 3 (leads), 4 and 5
// (reference beat and where it was subtracted), 6 (rhythm). Values as numbers of 16 bits or Huffman coded,
// plain or as first or second differences. Not read: bimodal compression (kFormatUnsupported), sections 7 and
// up (the device's own measurements and statements).
#pragma once

#include "common/formats/format.h"

namespace ecg::formats {

// By the "SCPECG" marker, by a pointer table that points at itself, or by a name that ends in ".scp".
bool looks_like_scp(Bytes bytes, const std::string& name);

// The CRC of the record and of every section is checked: kFileChecksum. A record that states more bytes than
// there are is kFileTruncated. Stored III, aVR, aVL, aVF stay stored leads; none is derived. Amplitudes are
// in the unit of section 6, or in the greatest common unit of sections 5 and 6 where a reference beat had to
// be added.
Result<ImportedRecording> read_scp(Bytes bytes, const std::string& name);

}  // namespace ecg::formats
