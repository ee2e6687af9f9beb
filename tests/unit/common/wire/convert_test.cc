#include "common/wire/convert.h"

#include <cmath>

#include <gtest/gtest.h>

#include "common/base/limits.h"

namespace ecg::wire {
namespace {

ecg::v1::RecordingFormat format_with(int leads, double hz) {
  ecg::v1::RecordingFormat format;
  format.set_sampling_hz(hz);
  for (int i = 0; i < leads; ++i) format.add_leads()->set_uv_per_lsb(2.5);
  return format;
}

ErrorCode code_of(const Result<void>& result) {
  return result.ok() ? ErrorCode::kInternal : result.error().code;
}

dsp::Recording recording_with(std::vector<std::int32_t> first, std::vector<std::int32_t> second) {
  dsp::Recording recording;
  recording.sampling_frequency.value = 500;
  recording.leads.resize(2);
  recording.leads[0].id = dsp::LeadId::kII;
  recording.leads[0].samples = std::move(first);
  recording.leads[0].uv_per_lsb = 4.88;
  recording.leads[1].label = "Fz";
  recording.leads[1].samples = std::move(second);
  recording.leads[1].baseline = 12;
  recording.leads[1].gaps = {{0, 1}};
  return recording;
}

TEST(CheckFormat, MeetsAndExceedsEachLimit) {
  EXPECT_TRUE(check_format(format_with(1, limits::kSamplingHzMin)).ok());
  EXPECT_TRUE(check_format(format_with(limits::kLeadsMax, limits::kSamplingHzMax)).ok());
  EXPECT_EQ(code_of(check_format(format_with(limits::kLeadsMax + 1, 500))), ErrorCode::kTooManyLeads);
  EXPECT_EQ(code_of(check_format(format_with(0, 500))), ErrorCode::kInvalidField);
  EXPECT_EQ(code_of(check_format(format_with(8, 249.9))), ErrorCode::kSamplingOutsideIntake);
  EXPECT_EQ(code_of(check_format(format_with(8, 1000.1))), ErrorCode::kSamplingOutsideIntake);
  EXPECT_EQ(code_of(check_format(format_with(8, std::nan("")))), ErrorCode::kSamplingOutsideIntake);
  auto format = format_with(8, 500);
  format.mutable_leads(3)->set_uv_per_lsb(-1);
  EXPECT_EQ(code_of(check_format(format)), ErrorCode::kInvalidField);
}

TEST(Leads, EveryStandardLeadHasItsCode) {
  for (int i = 0; i <= static_cast<int>(dsp::LeadId::kOther); ++i) {
    const auto lead = static_cast<dsp::LeadId>(i);
    EXPECT_EQ(lead_id(lead_code(lead)), lead);
  }
  EXPECT_EQ(lead_code(dsp::LeadId::kAVR), ecg::v1::LEAD_CODE_AVR);
  EXPECT_EQ(lead_code(dsp::LeadId::kV6), ecg::v1::LEAD_CODE_V6);
}

TEST(Waveform, ComesBackExactlyInTwoAndInFourBytes) {
  for (const std::int32_t peak : {32767, 32768, -32769}) {
    const dsp::Recording recording = recording_with({peak, -1}, {0, 7});
    const auto waveform = to_waveform(recording, format_of(recording));
    EXPECT_EQ(waveform.bytes_per_sample(), peak == 32767 ? 2u : 4u);
    const auto back = from_waveform(waveform);
    ASSERT_TRUE(back.ok());
    EXPECT_EQ(digest_of(*back), digest_of(recording));
    EXPECT_EQ(waveform.sha256(), as_bytes(digest_of(recording)));
    EXPECT_EQ(back->leads[0].id, dsp::LeadId::kII);
    EXPECT_EQ(back->leads[1].label, "Fz");
    EXPECT_EQ(back->leads[1].baseline, 12);
  }
}

TEST(Waveform, SizesThatDoNotAgreeAreRefused) {
  const dsp::Recording recording = recording_with({1, 2}, {3, 4});
  auto waveform = to_waveform(recording, format_of(recording));
  waveform.set_frames(3);
  EXPECT_EQ(from_waveform(waveform).error().code, ErrorCode::kFileMalformed);
  waveform = to_waveform(recording, format_of(recording));
  waveform.mutable_gaps(0)->set_end(9);
  EXPECT_EQ(from_waveform(waveform).error().code, ErrorCode::kFileMalformed);
}

TEST(RecordingAssembler, PutsBlocksTogetherAndJoinsGapsAcrossThem) {
  dsp::Recording recording = recording_with({1, 2, 3, 4, 5}, {9, 8, 7, 6, 5});
  recording.leads[1].gaps = {{1, 4}};
  RecordingAssembler assembler(format_of(recording));
  for (const Block& block : cut_into_blocks(recording, 2)) ASSERT_TRUE(assembler.add(block).ok());
  EXPECT_EQ(assembler.recording().leads[1].gaps, recording.leads[1].gaps);
  EXPECT_EQ(digest_of(assembler.recording()), digest_of(recording));
  EXPECT_EQ(code_of(assembler.add({4, {1, 1}, {}})), ErrorCode::kUploadOffsetMismatch);
}

TEST(Analysis, NumbersWithoutValueCarryTheirReason) {
  dsp::Analysis analysis;
  analysis.algorithm_version = "1.2";
  analysis.measurements.pr_ms.reason = "no_p_wave";
  analysis.measurements.qrs_ms.value = 92;
  dsp::Statement statement;
  statement.code = "AFIB";
  statement.evidence = {{"II", "rr_cv", 0.2, 0.1}};
  analysis.statements.push_back(statement);
  analysis.beats = {{100, dsp::BeatClass::kNormal}, {350, dsp::BeatClass::kVentricular}};
  analysis.urgency = dsp::Urgency::kCritical;
  analysis.lead_quality = {{0, dsp::QualityGrade::kPoor, {dsp::QualityReason::kLeadOff}}};
  const auto message = to_analysis(analysis, recording_with({1}, {2}));
  for (const auto& item : message.measurements()) {
    EXPECT_EQ(item.has_value(), item.kind() == ecg::v1::MEASUREMENT_KIND_QRS);
    const bool is_pr = item.kind() == ecg::v1::MEASUREMENT_KIND_PR;
    EXPECT_EQ(item.reason(), is_pr ? "no_p_wave" : "");
  }
  EXPECT_EQ(message.findings(0).author(), "ecg-dsp 1.2");
  EXPECT_EQ(message.beat_classes(), "NV");
  EXPECT_EQ(message.urgency(), ecg::v1::URGENCY_CRITICAL);
  EXPECT_EQ(message.lead_quality(0).lead(), "II");
  EXPECT_EQ(message.lead_quality(0).reasons(0), ecg::v1::QUALITY_REASON_LEAD_OFF);
}

}  // namespace
}  // namespace ecg::wire
