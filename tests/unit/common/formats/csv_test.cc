#include "common/formats/csv.h"

#include <gtest/gtest.h>

#include "tests/unit/common/formats/fixtures.h"

namespace ecg::formats {
namespace {

TEST(Csv, HeaderStatesFrequencySensitivityBaselineAndLeads) {
  ImportedRecording source = testing::small_recording(2);
  source.recording.leads[0].samples = {5, -6};
  source.recording.leads[1].samples = {7, 8};
  source.recording.leads[1].gaps = {{1, 2}};
  EXPECT_EQ(write_csv(source.recording),
            "# ecg-csv 1\n# sampling_frequency_hz=500\n# frames=2\n# uv_per_lsb=2.5,2.5\n# baseline=0,0\n"
            "frame,I,II\n0,5,7\n1,-6,\n");
}

TEST(Csv, WhatTheWriterWroteReadsBackTheSame) {
  ImportedRecording source = testing::small_recording();
  source.recording.leads[0].gaps = {{10, 14}};
  for (int i = 10; i < 14; ++i) source.recording.leads[0].samples[static_cast<std::size_t>(i)] = 0;
  auto back = read_bytes(testing::bytes_of(write_csv(source.recording)), "r.csv");
  ASSERT_TRUE(back.ok()) << back.error().detail;
  EXPECT_EQ(back->format, "CSV");
  EXPECT_TRUE(testing::same_samples(source.recording, back->recording));
  EXPECT_EQ(back->recording.leads[0].gaps, source.recording.leads[0].gaps);
  EXPECT_EQ(back->recording.leads[1].id, dsp::LeadId::kII);
}

TEST(Csv, RowsOutOfOrderOrWithOtherWidthAreRefused) {
  const std::string head =
      "# ecg-csv 1\n# sampling_frequency_hz=500\n# frames=1\n# uv_per_lsb=1\n# baseline=0\nframe,I\n";
  EXPECT_TRUE(read_bytes(testing::bytes_of(head + "0,1\n"), "r").ok());
  for (const char* rows : {"1,1\n", "0,1,2\n", "0\n", "0,x\n", "0,1", "0,1\n1,1\n", ""})
    EXPECT_FALSE(read_bytes(testing::bytes_of(head + rows), "r").ok()) << rows;
}

}  // namespace
}  // namespace ecg::formats
