// Damage of every kind to golden files: nothing crashes or hangs, and what is cut short never passes as
// whole.
#include <gtest/gtest.h>

#include "common/base/random.h"
#include "common/formats/csv.h"
#include "common/formats/format.h"
#include "common/formats/wfdb.h"
#include "tests/unit/common/formats/fixtures.h"
#include "tests/unit/common/formats/scp_fixture.h"

namespace ecg::formats {
namespace {

std::vector<std::uint8_t> golden_scp(bool huffman) {
  std::vector<std::vector<std::int32_t>> leads;
  for (const auto& lead : testing::small_recording().recording.leads) leads.push_back(lead.samples);
  testing::ScpOptions options;
  options.huffman = huffman;
  options.differences = huffman ? 2 : 0;
  return testing::scp_file(leads, options);
}

std::vector<NamedBlob> golden_wfdb() {
  return write_wfdb(testing::small_recording(), "golden").value();
}

TEST(Damage, ScpCutAtAnyByteIsRefused) {
  for (const bool huffman : {false, true}) {
    const auto whole = golden_scp(huffman);
    ASSERT_TRUE(read_bytes(whole, "a.scp").ok());
    for (std::size_t n = 0; n < whole.size(); ++n) {
      auto r = read_bytes(Bytes(whole).first(n), "a.scp");
      ASSERT_FALSE(r.ok()) << n;
      EXPECT_EQ(r.error().code, ErrorCode::kFileTruncated) << n;
      EXPECT_FALSE(read_bytes(Bytes(whole).first(n), "noname").ok()) << n;
    }
  }
}

TEST(Damage, ScpWithAnyByteChangedIsRefused) {
  const auto whole = golden_scp(true);
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const unsigned flip : {0x01u, 0x80u, 0xffu}) {
      auto bytes = whole;
      bytes[i] = static_cast<std::uint8_t>(bytes[i] ^ flip);
      EXPECT_FALSE(read_bytes(bytes, "a.scp").ok()) << i;
    }
  }
}

// A damaged file whose checksums were made good again reaches the parsers behind them.
TEST(Damage, ScpContentOfAnyKindBehindGoodChecksumsDoesNotCrash) {
  SeededRandom random(20261121);
  for (int round = 0; round < 3000; ++round) {
    std::vector<std::pair<unsigned, std::vector<std::uint8_t>>> sections;
    for (unsigned id = 1; id <= 6; ++id) {
      std::vector<std::uint8_t> content(random.next() % 80);
      random.fill(content);
      if (id == 2 && random.next() % 2 == 0) content = {0x1f, 0x4e};
      if (id == 3 && !content.empty()) content[0] = static_cast<std::uint8_t>(1 + random.next() % 3);
      for (std::size_t at = 2; id == 3 && at + 8 < content.size();
           at += 9)  // sample numbers that can be reached
        content[at + 1] = content[at + 2] = content[at + 3] = content[at + 5] = content[at + 6] =
            content[at + 7] = 0;
      if (id == 6 && content.size() > 9) {
        content[4] = static_cast<std::uint8_t>(random.next() % 3);
        content[5] = content[7] = content[9] = 0;
      }
      if (random.next() % 8 != 0) sections.push_back({id, content});
    }
    (void)read_bytes(testing::scp_record(sections), "a.scp");
  }
}

TEST(Damage, WfdbSignalCutAtAnyByteIsRefused) {
  const auto whole = golden_wfdb();
  ASSERT_TRUE(read_files(whole).ok());
  for (std::size_t n = 0; n < whole[1].bytes.size(); ++n) {
    auto files = whole;
    files[1].bytes.resize(n);
    auto r = read_files(files);
    ASSERT_FALSE(r.ok()) << n;
    EXPECT_EQ(r.error().code, ErrorCode::kFileTruncated) << n;
  }
}

TEST(Damage, WfdbSignalWithAnyByteChangedIsRefused) {
  const auto whole = golden_wfdb();
  for (std::size_t i = 0; i < whole[1].bytes.size(); ++i) {
    auto files = whole;
    files[1].bytes[i] ^= 0x40;
    auto r = read_files(files);
    ASSERT_FALSE(r.ok()) << i;
    EXPECT_EQ(r.error().code, ErrorCode::kFileChecksum) << i;
  }
}

// A header has no checksum. Cut before the end of its signal lines it is refused; cut later it has lost
// remarks only.
TEST(Damage, WfdbHeaderCutAtAnyByteIsRefusedOrKeepsEverySample) {
  const auto whole = golden_wfdb();
  const std::string text(whole[0].bytes.begin(), whole[0].bytes.end());
  const auto remarks = text.find('#');
  const auto source = read_files(whole);
  for (std::size_t n = 0; n < text.size(); ++n) {
    auto files = whole;
    files[0].bytes.resize(n);
    auto r = read_files(files);
    EXPECT_EQ(r.ok(), n >= remarks) << n;
    if (r.ok()) {
      EXPECT_TRUE(testing::same_samples(r->recording, source->recording)) << n;
      EXPECT_EQ(r->recording.leads.back().label, "II");
    }
  }
}

TEST(Damage, WfdbHeaderWithAnyByteChangedDoesNotCrash) {
  const auto whole = golden_wfdb();
  for (std::size_t i = 0; i < whole[0].bytes.size(); ++i) {
    for (int value = 0; value < 256; ++value) {
      auto files = whole;
      files[0].bytes[i] = static_cast<std::uint8_t>(value);
      (void)read_files(files);
    }
  }
}

TEST(Damage, CsvCutAtAnyByteIsRefused) {
  const std::string whole = write_csv(testing::small_recording().recording);
  for (std::size_t n = 0; n < whole.size(); ++n)
    EXPECT_FALSE(read_bytes(testing::bytes_of(whole.substr(0, n)), "a.csv").ok()) << n;
}

TEST(Damage, NonsenseIsRefusedByName) {
  SeededRandom random(4);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::uint8_t> bytes(random.next() % 400);
    random.fill(bytes);
    for (const char* name : {"a.scp", "a.hea", "a.csv", "a"}) EXPECT_FALSE(read_bytes(bytes, name).ok());
  }
  EXPECT_EQ(read_bytes({}, "a").error().code, ErrorCode::kFormatUnknown);
  EXPECT_EQ(read_bytes(testing::bytes_of("hello world\n"), "a").error().code, ErrorCode::kFormatUnknown);
}

}  // namespace
}  // namespace ecg::formats
