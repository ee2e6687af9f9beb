#include "common/formats/wfdb.h"

#include <gtest/gtest.h>

#include "tests/unit/common/formats/fixtures.h"

namespace ecg::formats {
namespace {

using testing::bytes_of;
using testing::has_oddity;

Result<ImportedRecording> read(std::string_view header, std::vector<std::uint8_t> signal) {
  const NamedBlob files[] = {{"r.hea", bytes_of(header)}, {"r.dat", std::move(signal)}};
  return read_files(files);
}

ErrorCode code_of(const Result<ImportedRecording>& result) {
  return result.ok() ? ErrorCode{} : result.error().code;
}

TEST(Wfdb, WhatTheWriterWroteReadsBackTheSame) {
  ImportedRecording source = testing::small_recording();
  source.recording.leads[1].baseline = -12;
  auto files = write_wfdb(source, "round");
  ASSERT_TRUE(files.ok());
  auto back = read_files(*files);
  ASSERT_TRUE(back.ok()) << message(back.error(), Language::kEnglish);
  EXPECT_TRUE(testing::same_samples(source.recording, back->recording));
  EXPECT_EQ(back->recording.leads[1].baseline, -12);
  EXPECT_EQ(back->recording.leads[1].id, dsp::LeadId::kII);
  EXPECT_DOUBLE_EQ(back->recording.leads[0].uv_per_lsb, 2.5);
  EXPECT_DOUBLE_EQ(back->recording.sampling_frequency.value, 500);
  EXPECT_EQ(back->patient, source.patient);
  EXPECT_EQ(back->acquired_local, source.acquired_local);
  EXPECT_TRUE(back->oddities.empty());
}

TEST(Wfdb, GapsSurviveTheRoundTrip) {
  ImportedRecording source = testing::small_recording();
  source.recording.leads[0].gaps = {{3, 7}, {20, 21}};
  auto files = write_wfdb(source, "gaps");
  ASSERT_TRUE(files.ok());
  auto back = read_files(*files);
  ASSERT_TRUE(back.ok());
  EXPECT_EQ(back->recording.leads[0].gaps, source.recording.leads[0].gaps);
  EXPECT_TRUE(back->recording.leads[1].gaps.empty());
}

TEST(Wfdb, SamplesBeyondSixteenBitsAreRefusedAsLossy) {
  ImportedRecording source = testing::small_recording();
  source.recording.leads[0].samples[5] = 32767;
  EXPECT_TRUE(write_wfdb(source, "r").ok());
  source.recording.leads[0].samples[5] = 32768;
  auto over = write_wfdb(source, "r");
  ASSERT_FALSE(over.ok());
  EXPECT_EQ(over.error().code, ErrorCode::kLossyConversion);
  source.recording.leads[0].samples[5] = -32768;  // reserved for gaps
  EXPECT_FALSE(write_wfdb(source, "r").ok());
}

TEST(Wfdb, RecordNameCannotLeaveTheFolder) {
  EXPECT_EQ(write_wfdb(testing::small_recording(), "../r").error().code, ErrorCode::kInvalidField);
  const NamedBlob files[] = {{"r.hea", bytes_of("r 1 500 2\n../secret.dat 16\n")}};
  EXPECT_EQ(code_of(read_files(files)), ErrorCode::kFileMalformed);
}

TEST(Wfdb, Format212HoldsTwoSamplesInThreeBytes) {
  // 1, -1, 2047, -2048, 5: the odd last sample takes two bytes.
  auto r =
      read("r 1 360 5\nr.dat 212 200(0) 12 0 1 0 0 MLII\n", {0x01, 0xf0, 0xff, 0xff, 0x87, 0x00, 0x05, 0x00});
  ASSERT_TRUE(r.ok()) << r.error().detail;
  EXPECT_EQ(r->recording.leads[0].samples, (std::vector<std::int32_t>{1, -1, 2047, -2048, 5}));
  EXPECT_EQ(r->recording.leads[0].gaps, (std::vector<dsp::Interval>{{3, 4}}));
  EXPECT_DOUBLE_EQ(r->recording.leads[0].uv_per_lsb, 5);
  EXPECT_EQ(r->recording.leads[0].id, dsp::LeadId::kOther);
}

TEST(Wfdb, Format212ReadsSignalsFrameByFrame) {
  auto r = read("r 2 360 2\nr.dat 212\nr.dat 212\n", {0x01, 0x00, 0x02, 0x03, 0x00, 0x04});
  ASSERT_TRUE(r.ok()) << r.error().detail;
  EXPECT_EQ(r->recording.leads[0].samples, (std::vector<std::int32_t>{1, 3}));
  EXPECT_EQ(r->recording.leads[1].samples, (std::vector<std::int32_t>{2, 4}));
}

TEST(Wfdb, Format80IsOffsetBinary) {
  auto r = read("r 1 250 3\nr.dat 80 100/mV\n", {0x80, 0x00, 0xff});
  ASSERT_TRUE(r.ok());
  EXPECT_EQ(r->recording.leads[0].samples, (std::vector<std::int32_t>{0, -128, 127}));
  EXPECT_EQ(r->recording.leads[0].gaps, (std::vector<dsp::Interval>{{1, 2}}));
}

TEST(Wfdb, Formats61And24And32KeepTheirSign) {
  EXPECT_EQ(read("r 1 250 1\nr.dat 61\n", {0xff, 0xfe})->recording.leads[0].samples[0], -2);
  EXPECT_EQ(read("r 1 250 1\nr.dat 24\n", {0xfe, 0xff, 0xff})->recording.leads[0].samples[0], -2);
  EXPECT_EQ(read("r 1 250 1\nr.dat 32\n", {0xfe, 0xff, 0xff, 0xff})->recording.leads[0].samples[0], -2);
}

TEST(Wfdb, ByteOffsetSkipsTheMatlabHeader) {
  std::vector<std::uint8_t> signal(24, 0xee);
  signal.insert(signal.end(), {0x07, 0x00, 0xf9, 0xff});
  auto r = read("r 1 500 2\nr.dat 16+24 1000/mV 16 0 7 0 0 V5\n", signal);
  ASSERT_TRUE(r.ok());
  EXPECT_EQ(r->recording.leads[0].samples, (std::vector<std::int32_t>{7, -7}));
  EXPECT_EQ(r->recording.leads[0].id, dsp::LeadId::kV5);
}

TEST(Wfdb, SamplingFrequencyMayCarryCounterFields) {
  EXPECT_DOUBLE_EQ(read("r 1 360/720(3) 1\nr.dat 80\n", {1})->recording.sampling_frequency.value, 360);
  auto r = read("r 1\nr.dat 80\n", {1, 2});
  ASSERT_TRUE(r.ok());
  EXPECT_DOUBLE_EQ(r->recording.sampling_frequency.value, 250);
  EXPECT_TRUE(has_oddity(*r, "sampling_frequency_assumed"));
  EXPECT_TRUE(has_oddity(*r, "length_not_stated"));
  for (const char* bad : {"r 1 0 1\nr.dat 80\n", "r 1 -1 1\nr.dat 80\n", "r 1 nan 1\nr.dat 80\n"})
    EXPECT_FALSE(read(bad, {1}).ok()) << bad;
}

TEST(Wfdb, WrongChecksumIsRefused) {
  EXPECT_TRUE(read("r 1 500 2\nr.dat 16 200 16 0 1 3 0 I\n", {1, 0, 2, 0}).ok());
  EXPECT_EQ(code_of(read("r 1 500 2\nr.dat 16 200 16 0 1 3 0 I\n", {1, 0, 3, 0})), ErrorCode::kFileChecksum);
  auto zero = read("r 1 500 2\nr.dat 16 200 16 0 1 0 0 I\n", {1, 0, 3, 0});
  ASSERT_TRUE(zero.ok());
  EXPECT_TRUE(has_oddity(*zero, "checksum_not_given"));
}

TEST(Wfdb, ShortSignalFileIsTruncated) {
  EXPECT_EQ(code_of(read("r 1 500 3\nr.dat 16\n", {1, 0, 2, 0})), ErrorCode::kFileTruncated);
  EXPECT_EQ(code_of(read("r 2 500\nr.dat 16\nr.dat 16\n", {1, 0, 2, 0, 3, 0})), ErrorCode::kFileTruncated);
}

TEST(Wfdb, HeaderWithoutItsLastLineEndIsTruncated) {
  EXPECT_EQ(code_of(read("r 1 500 1\nr.dat 16 200 16 0 1 1 0 V", {1, 0})), ErrorCode::kFileTruncated);
  EXPECT_EQ(code_of(read("r 2 500 1\nr.dat 16\n", {1, 0, 1, 0})), ErrorCode::kFileTruncated);
}

TEST(Wfdb, WhatIsNotSupportedSaysSo) {
  for (const char* header : {"r/2 1 500 4\nr.dat 16\n", "r 1 500 1\nr.dat 310\n", "r 1 500 1\nr.dat 16x2\n",
                             "r 1 500 1\nr.dat 16:3\n", "r 0 500 1\n"}) {
    const auto code = code_of(read(header, {1, 0, 1, 0}));
    EXPECT_TRUE(code == ErrorCode::kFormatUnsupported || code == ErrorCode::kFormatUnknown) << header;
  }
}

TEST(Wfdb, MissingSignalFileIsNamed) {
  const NamedBlob files[] = {{"r.hea", bytes_of("r 1 500 1\nother.dat 16\n")}};
  auto r = read_files(files);
  ASSERT_FALSE(r.ok());
  EXPECT_EQ(r.error().code, ErrorCode::kFileNotFound);
  EXPECT_EQ(r.error().subject, "other.dat");
}

TEST(Wfdb, UnknownSensitivityIsSaidAndNotInvented) {
  auto gain0 = read("r 1 500 1\nr.dat 16 0 16 0 1 1 0 I\n", {1, 0});
  ASSERT_TRUE(gain0.ok());
  EXPECT_EQ(gain0->recording.leads[0].uv_per_lsb, 0);
  EXPECT_TRUE(has_oddity(*gain0, "sensitivity_unknown"));
  auto pressure = read("r 1 500 1\nr.dat 16 10/mmHg 16 0 1 1 0 ABP\n", {1, 0});
  ASSERT_TRUE(pressure.ok());
  EXPECT_EQ(pressure->recording.leads[0].uv_per_lsb, 0);
  EXPECT_TRUE(has_oddity(*pressure, "unit_not_voltage"));
  EXPECT_DOUBLE_EQ(read("r 1 500 1\nr.dat 16 0.5/uV 16 0 1 1 0 I\n", {1, 0})->recording.leads[0].uv_per_lsb,
                   2);
}

TEST(Wfdb, WhatIsOddAboutSeveralLeadsIsSaidOnce) {
  auto r = read("r 2 500 1\nr.dat 16 0 16 0 1 1 0 I\nr.dat 16 0 16 0 2 2 0 II\n", {1, 0, 2, 0});
  ASSERT_TRUE(r.ok());
  EXPECT_EQ(r->oddities, (std::vector<Oddity>{{"sensitivity_unknown", "I, II"}}));
}

TEST(Wfdb, HugeCountsDoNotAllocate) {
  EXPECT_EQ(code_of(read("r 1 500 18446744073709551615\nr.dat 16\n", {1, 0})), ErrorCode::kFileTruncated);
  EXPECT_EQ(code_of(read("r 4000000000 500 1\nr.dat 16\n", {1, 0})), ErrorCode::kTooManyLeads);
  EXPECT_EQ(code_of(read("r 1 500 1\nr.dat 16+18446744073709551615\n", {1, 0})), ErrorCode::kFileTruncated);
  EXPECT_FALSE(read("r 99999999999999999999 500 1\nr.dat 16\n", {1, 0}).ok());
}

TEST(Wfdb, PatientIsTakenFromTheUsualComments) {
  auto cinc = read("r 1 500 1\nr.dat 16\n#Age: 74\n#Sex: Male\n#Dx: 59118001\n", {1, 0});
  ASSERT_TRUE(cinc.ok());
  EXPECT_EQ(cinc->patient.age_years, 74);
  EXPECT_EQ(cinc->patient.sex, dsp::Sex::kMale);
  auto mit = read("r 1 500 1\nr.dat 16\n# 69 F 1085 1629 x1\n", {1, 0});
  EXPECT_EQ(mit->patient.age_years, 69);
  EXPECT_EQ(mit->patient.sex, dsp::Sex::kFemale);
  auto none = read("r 1 500 1\nr.dat 16\n#Age: NaN\n#Sex: Unknown\n", {1, 0});
  EXPECT_FALSE(none->patient.age_years.has_value());
  EXPECT_EQ(none->patient.sex, dsp::Sex::kUnknown);
}

}  // namespace
}  // namespace ecg::formats
