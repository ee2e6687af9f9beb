// The container of an SCP-ECG record and its sections 1 and 3; used by read_scp only.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/formats/format.h"

namespace ecg::formats::scp {

inline constexpr std::size_t kSections = 12;

struct Container {
  std::array<Bytes, kSections> section;  // content behind the section's 16-byte header; empty = absent
  bool marker = false;                   // "SCPECG" present
  bool trailing_bytes = false;
};

// Checks lengths and all CRCs. Errors: kFileTruncated, kFileMalformed, kFileChecksum.
Result<Container> open_container(Bytes file, const std::string& name);

// Section 1. What cannot be understood is left out and noted as an oddity.
void read_header_section(Bytes section, ImportedRecording& out);

struct LeadFacts {
  std::uint32_t start = 0, end = 0;  // sample numbers from 1, end included
  std::uint8_t id = 0;
};
struct LeadSection {
  bool reference_beat_subtracted = false;
  std::vector<LeadFacts> leads;
};
// Section 3. Errors: kFileMalformed, kTooManyLeads.
Result<LeadSection> read_lead_section(Bytes section, const std::string& name);

// Name of an SCP lead number as the table of EN 1064 has it ("V3R", "aVF"); "SCP 77" for others.
std::string lead_label(std::uint8_t id);

}  // namespace ecg::formats::scp
