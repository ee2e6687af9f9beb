#include <string>

#include <gtest/gtest.h>

#include "common/wire/crc32c.h"
#include "common/wire/sha256.h"

namespace ecg::wire {
namespace {

std::span<const std::uint8_t> bytes_of(const std::string& text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(Crc32c, MatchesTheVectorsOfRfc3720) {
  EXPECT_EQ(crc32c(bytes_of(std::string(32, '\0'))), 0x8a9136aau);
  EXPECT_EQ(crc32c(bytes_of(std::string(32, '\xff'))), 0x62a8ab43u);
  EXPECT_EQ(crc32c(bytes_of("123456789")), 0xe3069283u);
}

TEST(Crc32c, TablesAndInstructionAgreeForEveryLengthAndCut) {
  std::string text;
  for (int i = 0; i < 67; ++i) {
    text.push_back(static_cast<char>(i * 37 + 11));
    const auto all = bytes_of(text);
    EXPECT_EQ(crc32c(all), crc32c_by_tables(all));
    for (std::size_t cut = 0; cut <= all.size(); ++cut) {
      EXPECT_EQ(crc32c(all.subspan(cut), crc32c(all.first(cut))), crc32c_by_tables(all));
    }
  }
}

TEST(Sha256, MatchesTheVectorOfFips180AndGoesOnAfterDigest) {
  Sha256 hash;
  hash.update(std::string_view("a"));
  (void)hash.digest();
  hash.update(std::string_view("bc"));
  EXPECT_EQ(as_hex(hash.digest()), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(as_bytes(hash.digest()).size(), 32u);
}

}  // namespace
}  // namespace ecg::wire
