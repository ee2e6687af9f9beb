#include "common/formats/scp.h"

#include <gtest/gtest.h>

#include "tests/unit/common/formats/fixtures.h"
#include "tests/unit/common/formats/scp_fixture.h"

namespace ecg::formats {
namespace {

using testing::ByteWriter;
using testing::has_oddity;
using testing::ScpOptions;

std::vector<std::vector<std::int32_t>> small_leads(int frames = 60) {
  std::vector<std::vector<std::int32_t>> out;
  for (const auto& lead : testing::small_recording(frames).recording.leads) out.push_back(lead.samples);
  return out;
}

Result<ImportedRecording> read(const std::vector<std::uint8_t>& bytes) {
  return read_bytes(bytes, "a.scp");
}

void ExpectLeads(const Result<ImportedRecording>& r, const std::vector<std::vector<std::int32_t>>& leads) {
  ASSERT_TRUE(r.ok()) << message(r.error(), Language::kEnglish) << " " << r.error().detail;
  ASSERT_EQ(r.value().recording.leads.size(), leads.size());
  for (std::size_t k = 0; k < leads.size(); ++k) EXPECT_EQ(r.value().recording.leads[k].samples, leads[k]);
}

TEST(Scp, CrcMatchesThePublishedCheckValue) {
  EXPECT_EQ(crc16_ccitt(testing::bytes_of("123456789")), 0x29b1);  // CRC-16/CCITT-FALSE
}

TEST(Scp, EveryEncodingReadsBack) {
  const auto leads = small_leads();
  for (const bool huffman : {false, true}) {
    for (const int times : {0, 1, 2}) {
      ScpOptions options;
      options.huffman = huffman;
      options.differences = times;
      SCOPED_TRACE(std::to_string(huffman) + " " + std::to_string(times));
      ExpectLeads(read(testing::scp_file(leads, options)), leads);
    }
  }
}

TEST(Scp, HeaderFieldsAreTaken) {
  auto r = read(testing::scp_file(small_leads()));
  ASSERT_TRUE(r.ok());
  EXPECT_EQ(r->format, "SCP-ECG");
  EXPECT_EQ(r->patient.name, "Li Mei");
  EXPECT_EQ(r->patient.id, "P7");
  EXPECT_EQ(r->patient.sex, dsp::Sex::kFemale);
  EXPECT_EQ(r->patient.age_years, 67);
  EXPECT_EQ(r->patient.birth_date, "1959-02-28");
  EXPECT_EQ(r->acquired_local, "2026-11-21T08:05:09");
  ASSERT_TRUE(r->acquired_at.has_value());
  EXPECT_EQ(to_iso8601(*r->acquired_at), "2026-11-21T00:05:09.000000Z");
  EXPECT_DOUBLE_EQ(r->recording.sampling_frequency.value, 500);
  EXPECT_DOUBLE_EQ(r->recording.leads[0].uv_per_lsb, 2.5);
  EXPECT_EQ(r->recording.leads[1].id, dsp::LeadId::kII);
  EXPECT_TRUE(r->oddities.empty());
}

TEST(Scp, FilesOwnHuffmanTablesAreFollowed) {
  // Table 1: "0" = 0, "10" goes to table 2, "11" + 8 bits; table 2: "0" = 5, "1" goes back to table 1.
  ByteWriter tables;
  tables.u16(2);
  tables.u16(3);
  const auto code = [&](unsigned prefix, unsigned total, unsigned mode, unsigned base, std::uint32_t bits) {
    tables.u8(prefix);
    tables.u8(total);
    tables.u8(mode);
    tables.u16(base);
    tables.u32(bits);
  };
  code(1, 1, 1, 0, 0);
  code(2, 2, 0, 2, 1);
  code(2, 10, 1, 0, 3);
  tables.u16(2);
  code(1, 1, 1, 5, 0);
  code(1, 1, 0, 1, 1);
  ByteWriter lead_section, data;
  lead_section.u8(1);
  lead_section.u8(0x0c);
  lead_section.u32(1);
  lead_section.u32(5);
  lead_section.u8(1);
  // 0, [10] 5, 5, [1] -3, 0  ->  0 10 0 0 1 11 11111101 0
  testing::BitWriter bits;
  bits.put(0b0100'0111, 8);
  bits.put(0b1111'1101, 8);
  bits.put(0, 1);
  data.u16(1000);
  data.u16(2000);
  data.u16(0);
  data.u16(static_cast<unsigned>(bits.bytes.size()));
  data.append(bits.bytes);
  auto r = read(testing::scp_record({{2, tables.bytes}, {3, lead_section.bytes}, {6, data.bytes}}));
  ExpectLeads(r, {{0, 5, 5, -3, 0}});
}

TEST(Scp, ReferenceBeatIsAddedInTheCommonUnit) {
  // Residual in 10 uV, reference beat in 4 uV: common unit 2 uV. Beat of 3 samples, fiducial 2, subtracted
  // at 4..6.
  ScpOptions options;
  options.nanovolts = 10000;
  ByteWriter beats, reference;
  beats.u16(6);  // ms
  beats.u16(2);
  beats.u16(2);
  beats.u16(0);
  beats.u32(4);
  beats.u32(5);
  beats.u32(6);
  beats.u16(1);  // of another kind: nothing was subtracted
  beats.u32(1);
  beats.u32(2);
  beats.u32(3);
  reference.u16(4000);
  reference.u16(2000);
  reference.u16(0);
  reference.u16(6);
  reference.append(testing::raw16({10, 20, -30}));
  options.section4 = beats.bytes;
  options.section5 = reference.bytes;
  auto r = read(testing::scp_file({{1, 1, 1, 1, 1, 1, 1, 1}}, options));
  ExpectLeads(r, {{5, 5, 5, 25, 45, -55, 5, 5}});
  EXPECT_DOUBLE_EQ(r->recording.leads[0].uv_per_lsb, 2);
}

TEST(Scp, LeadsThatStartLaterAreShownWithGaps) {
  ScpOptions options;
  options.starts = {1, 3};
  auto r = read(testing::scp_file({{1, 2, 3, 4}, {5, 6, 7, 8}}, options));
  ASSERT_TRUE(r.ok());
  EXPECT_TRUE(has_oddity(*r, "leads_not_simultaneous"));
  EXPECT_EQ(r->recording.leads[0].gaps, (std::vector<dsp::Interval>{{4, 6}}));
  EXPECT_EQ(r->recording.leads[1].gaps, (std::vector<dsp::Interval>{{0, 2}}));
  EXPECT_EQ(r->recording.leads[1].samples, (std::vector<std::int32_t>{0, 0, 5, 6, 7, 8}));
}

TEST(Scp, RecordWithoutItsMarkerIsRecognisedByItsPointers) {
  ScpOptions options;
  options.marker = false;
  auto r = read_bytes(testing::scp_file(small_leads(), options), "unnamed");
  ASSERT_TRUE(r.ok());
  EXPECT_TRUE(has_oddity(*r, "marker_missing"));
}

TEST(Scp, DamageInsideASectionIsNamedEvenWhenTheRecordCrcWasRedone) {
  auto bytes = testing::scp_file(small_leads());
  bytes.back() ^= 1;
  EXPECT_EQ(read(bytes).error().code, ErrorCode::kFileChecksum);
  const auto crc = crc16_ccitt(Bytes(bytes).subspan(2));
  bytes[0] = static_cast<std::uint8_t>(crc & 0xff);
  bytes[1] = static_cast<std::uint8_t>(crc >> 8);
  EXPECT_EQ(read(bytes).error().code, ErrorCode::kFileChecksum);
}

TEST(Scp, BimodalCompressionIsRefusedAndNotMisread) {
  ScpOptions options;
  options.bimodal = true;
  EXPECT_EQ(read(testing::scp_file(small_leads(), options)).error().code, ErrorCode::kFormatUnsupported);
}

TEST(Scp, StatedLengthCannotMakeMemory) {
  ByteWriter lead_section, data;
  lead_section.u8(1);
  lead_section.u8(0x0c);
  lead_section.u32(1);
  lead_section.u32(0xffffffff);
  lead_section.u8(1);
  data.u16(1000);
  data.u16(2000);
  data.u16(0);
  data.u16(4);
  data.append(testing::raw16({7, 8}));
  auto r = read(testing::scp_record({{3, lead_section.bytes}, {6, data.bytes}}));
  ExpectLeads(r, {{7, 8}});
  EXPECT_TRUE(has_oddity(*r, "shorter_than_stated"));
}

TEST(Scp, LeadsFarApartInTimeAreTooLarge) {
  ScpOptions options;
  options.starts = {1, 0x7fffffff};
  EXPECT_EQ(read(testing::scp_file({{1, 2}, {3, 4}}, options)).error().code, ErrorCode::kTooLarge);
}

TEST(Scp, DifferencesThatLeaveTheNumberRangeAreMalformed) {
  ByteWriter lead_section, data;
  const std::vector<std::int32_t> values(30000, 32767);
  lead_section.u8(1);
  lead_section.u8(0x0c);
  lead_section.u32(1);
  lead_section.u32(30000);
  lead_section.u8(1);
  data.u16(1000);
  data.u16(2000);
  data.u8(2);
  data.u8(0);
  data.u16(60000);
  data.append(testing::raw16(values));
  auto r = read(testing::scp_record({{3, lead_section.bytes}, {6, data.bytes}}));
  ASSERT_FALSE(r.ok());
  EXPECT_EQ(r.error().code, ErrorCode::kFileMalformed);
}

}  // namespace
}  // namespace ecg::formats
