#include "common/formats/text.h"

#include <gtest/gtest.h>

#include "tests/unit/common/formats/fixtures.h"

namespace ecg::formats {
namespace {

std::string cleaned(std::string_view text) {
  return clean_text(testing::bytes_of(text));
}

TEST(FormatsText, Utf8StaysAndOtherBytesAreTakenAsLatin1) {
  EXPECT_EQ(cleaned("张三"), "张三");
  EXPECT_EQ(cleaned("M\xfcller"), "Müller");
  EXPECT_EQ(cleaned(std::string_view(" a\0b\n", 5)), "a b");
  EXPECT_EQ(cleaned("\xed\xa0\x80"), "\xc3\xad\xc2\xa0\xc2\x80");  // a surrogate is not UTF-8
}

TEST(FormatsText, NumbersAreParsedWholeOrNotAtAll) {
  EXPECT_EQ(parse_number<int>("+7"), 7);
  EXPECT_EQ(parse_number<int>("-7"), -7);
  EXPECT_FALSE(parse_number<int>("7x").has_value());
  EXPECT_FALSE(parse_number<int>("").has_value());
  EXPECT_FALSE(parse_number<int>("+-7").has_value());
  EXPECT_FALSE(parse_number<int>("99999999999").has_value());
}

TEST(FormatsText, DatesThatDoNotExistAreEmpty) {
  EXPECT_EQ(iso_date(2024, 2, 29), "2024-02-29");
  EXPECT_EQ(iso_date(2023, 2, 29), "");
  EXPECT_EQ(iso_date(2023, 13, 1), "");
  EXPECT_EQ(iso_date(0, 1, 1), "");
}

TEST(FormatsText, FileNamesWithFoldersAreNotPlain) {
  EXPECT_TRUE(is_plain_file_name("100.dat"));
  for (const char* bad : {"", ".", "..", "a/b", "/etc/passwd", "a\\b"})
    EXPECT_FALSE(is_plain_file_name(bad)) << bad;
}

TEST(FormatsText, EveryOddityHasBothLanguages) {
  for (const char* code :
       {"sensitivity_unknown", "checksum_not_given", "shorter_than_stated", "marker_missing"}) {
    const Oddity oddity{code, "II"};
    EXPECT_EQ(oddity_text(oddity, Language::kEnglish).find("{}"), std::string::npos);
    EXPECT_NE(oddity_text(oddity, Language::kEnglish), oddity_text(oddity, Language::kChinese));
  }
}

}  // namespace
}  // namespace ecg::formats
