#include "common/formats/scp_sections.h"

#include <algorithm>
#include <cstdio>
#include <string_view>

#include "common/formats/crc16.h"
#include "common/formats/scp.h"
#include "common/formats/text.h"

namespace ecg::formats::scp {
namespace {

constexpr std::size_t kRecordHeader = 6;    // CRC and length of the record
constexpr std::size_t kSectionHeader = 16;  // CRC, id, length, two versions, six reserved
constexpr std::size_t kPointer = 10;        // id, length, index
constexpr std::string_view kMarker = "SCPECG";

Error malformed(const std::string& name, const char* what) {
  return {ErrorCode::kFileMalformed, name, std::string("SCP-ECG: ") + what};
}

// The section's content, after its own header has been compared with the pointer and its CRC.
Result<Bytes> open_section(Bytes whole, std::uint16_t id, const std::string& name) {
  ByteReader header(whole);
  const std::uint16_t crc = header.u16(), stated_id = header.u16();
  const std::uint32_t length = header.u32();
  if (!header.ok() || whole.size() < kSectionHeader) return malformed(name, "section header");
  if (stated_id != id || length != whole.size()) return malformed(name, "section header against pointer");
  if (crc16_ccitt(whole.subspan(2)) != crc)
    return Error{ErrorCode::kFileChecksum, name, "SCP-ECG: section " + std::to_string(id)};
  return whole.subspan(kSectionHeader);
}

}  // namespace

Result<Container> open_container(Bytes file, const std::string& name) {
  ByteReader head(file);
  const std::uint16_t crc = head.u16();
  const std::uint32_t length = head.u32();
  head.skip(2);  // CRC of section 0, checked with the others
  const std::uint16_t id = head.u16();
  const std::uint32_t pointers_length = head.u32();
  if (!head.ok() || file.size() < kRecordHeader + kSectionHeader)
    return Error{ErrorCode::kFileTruncated, name};
  if (id != 0 || pointers_length < kSectionHeader + kPointer ||
      (pointers_length - kSectionHeader) % kPointer != 0)
    return malformed(name, "section 0");
  ByteReader own_pointer(file.subspan(kRecordHeader + kSectionHeader));  // section 0 points at itself first
  if (own_pointer.u16() != 0 || own_pointer.u32() != pointers_length ||
      own_pointer.u32() != kRecordHeader + 1)
    return own_pointer.ok() ? malformed(name, "pointer to section 0")
                            : Error{ErrorCode::kFileTruncated, name};
  if (length > file.size()) return Error{ErrorCode::kFileTruncated, name, "SCP-ECG: record length"};
  if (length < kRecordHeader + kSectionHeader || pointers_length > length - kRecordHeader)
    return malformed(name, "record length");
  if (crc16_ccitt(file.subspan(2, length - 2)) != crc)
    return Error{ErrorCode::kFileChecksum, name, "SCP-ECG: record"};

  Container out;
  out.trailing_bytes = length < file.size();
  out.marker = std::equal(kMarker.begin(), kMarker.end(), file.begin() + kRecordHeader + 10);
  ECG_ASSIGN(const Bytes table, open_section(file.subspan(kRecordHeader, pointers_length), 0, name));
  ByteReader pointers(table);
  while (pointers.remaining() >= kPointer) {
    const std::uint16_t section = pointers.u16();
    const std::uint32_t size = pointers.u32(), index = pointers.u32();  // index counts from 1
    if (size == 0 || section == 0 || section >= kSections) continue;
    if (index < 1 || index > length || size > length - (index - 1)) return malformed(name, "pointer");
    if (!out.section[section].empty()) return malformed(name, "section twice");
    ECG_ASSIGN(out.section[section], open_section(file.subspan(index - 1, size), section, name));
  }
  return out;
}

Result<LeadSection> read_lead_section(Bytes section, const std::string& name) {
  ByteReader in(section);
  const std::size_t count = in.u8();
  const std::uint8_t flags = in.u8();
  if (!in.ok() || count == 0) return malformed(name, "section 3");
  if (count > kImportLeadsMax) return Error{ErrorCode::kTooManyLeads, name};
  LeadSection out;
  out.reference_beat_subtracted = (flags & 1u) != 0;
  for (std::size_t i = 0; i < count; ++i) {
    LeadFacts lead;
    lead.start = in.u32();
    lead.end = in.u32();
    lead.id = in.u8();
    if (!in.ok() || lead.start < 1 || lead.end < lead.start) return malformed(name, "section 3");
    out.leads.push_back(lead);
  }
  return out;
}

std::string lead_label(std::uint8_t id) {
  static constexpr std::string_view kFirst[] = {
      "",  "I", "II", "V1",  "V2",  "V3", "V4", "V5", "V6", "V7", "V2R", "V3R", "V4R", "V5R", "V6R", "V7R",
      "X", "Y", "Z",  "CC5", "CM5", "LA", "RA", "LL", "fI", "fE", "fC",  "fA",  "fM",  "fF",  "fH"};
  static constexpr std::string_view kFrom61[] = {"III", "aVR", "aVL", "aVF", "-aVR", "V8",
                                                 "V9",  "V8R", "V9R", "D",   "A",    "J"};
  if (id > 0 && id < std::size(kFirst)) return std::string(kFirst[id]);
  if (id >= 61 && id - 61u < std::size(kFrom61)) return std::string(kFrom61[id - 61]);
  return "SCP " + std::to_string(id);
}

}  // namespace ecg::formats::scp

namespace ecg::formats {

bool looks_like_scp(Bytes bytes, const std::string& name) {
  using scp::kMarker;
  constexpr std::size_t kMarkerAt = 16, kTableAt = 22;
  if (bytes.size() >= kMarkerAt + kMarker.size() &&
      std::equal(kMarker.begin(), kMarker.end(), bytes.begin() + kMarkerAt))
    return true;
  if (lower(name).ends_with(".scp")) return true;
  if (bytes.size() < kTableAt + 10) return false;
  ByteReader section(bytes.subspan(8));
  const std::uint16_t id = section.u16();
  const std::uint32_t length = section.u32();
  ByteReader pointer(bytes.subspan(kTableAt));
  return id == 0 && length >= 26 && (length - 16) % 10 == 0 && pointer.u16() == 0 &&
         pointer.u32() == length && pointer.u32() == 7;
}

}  // namespace ecg::formats
