// Records of public databases and files of real devices. Needs ECG_DATA_DIR; none of it is part of the
// project.
#include <algorithm>
#include <filesystem>

#include "fixtures.h"
#include <gtest/gtest.h>

#include "common/formats/format.h"
#include "common/formats/wfdb.h"

namespace ecg::formats {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> headers_below(const std::string& folder) {
  std::vector<std::string> out;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.path().extension() == ".hea") out.push_back(entry.path().string());
  std::sort(out.begin(), out.end());
  return out;
}

// The stated checksums make this a check of every sample of every record that states them.
TEST(RealWfdb, EveryRecordOfEveryDatabaseReads) {
  ECG_NEEDS_DATA();
  for (const char* database : {"mitdb", "nstdb", "ludb", "vfdb", "cudb", "ptbxl", "cinc12", "cinc2017"}) {
    const std::string folder = testing::data_dir() + "/" + database;
    if (!fs::is_directory(folder)) GTEST_SKIP() << folder << " does not exist";
    const auto headers = headers_below(folder);
    EXPECT_FALSE(headers.empty()) << folder;
    for (const auto& header : headers) {
      auto r = read_file(header);
      ASSERT_TRUE(r.ok()) << header << ": " << message(r.error(), Language::kEnglish) << " "
                          << r.error().detail;
      const bool checksums = std::string_view(database) != "cinc2017";
      EXPECT_EQ(testing::has_oddity(*r, "checksum_not_given"), !checksums) << header;
    }
  }
}

TEST(RealWfdb, MitRecord101StartsAsPublished) {
  ECG_NEEDS_DATA();
  auto r = read_file(testing::data_dir() + "/mitdb/101.hea");
  ASSERT_TRUE(r.ok());
  EXPECT_EQ(r->recording.frames(), 650000);
  EXPECT_DOUBLE_EQ(r->recording.sampling_frequency.value, 360);
  EXPECT_EQ(r->recording.leads[0].label, "MLII");
  EXPECT_EQ(r->recording.leads[0].samples[0], 955);
  EXPECT_EQ(r->recording.leads[1].samples[0], 992);
  EXPECT_DOUBLE_EQ(r->recording.leads[0].microvolts(0), -345);
}

TEST(RealWfdb, MatlabFilesWithALongerHeaderReadAsTheOriginal) {
  ECG_NEEDS_DATA();
  auto plain = read_file(testing::data_dir() + "/cudb/cu01.hea");
  auto matlab = read_file(testing::data_dir() + "/cudb/cu01m.hea");
  ASSERT_TRUE(plain.ok());
  ASSERT_TRUE(matlab.ok());
  ASSERT_EQ(plain->recording.frames(), matlab->recording.frames());
  for (dsp::SampleIndex i = 0; i < plain->recording.frames(); ++i)
    ASSERT_EQ(plain->recording.leads[0].samples[static_cast<std::size_t>(i)],
              matlab->recording.leads[0].samples[static_cast<std::size_t>(i)]);
}

TEST(RealWfdb, TwelveLeadRecordSurvivesOurWriter) {
  ECG_NEEDS_DATA();
  auto source = read_file(testing::data_dir() + "/ptbxl/records500/00001_hr.hea");
  ASSERT_TRUE(source.ok());
  auto files = write_wfdb(*source, "copy");
  ASSERT_TRUE(files.ok());
  auto back = read_files(*files);
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(testing::same_samples(source->recording, back->recording));
}

}  // namespace
}  // namespace ecg::formats
