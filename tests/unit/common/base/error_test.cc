#include "common/base/error.h"

#include <set>

#include <gtest/gtest.h>

namespace ecg {
namespace {

constexpr ErrorCode kAll[] = {
#define ECG_ERROR(name, catalogue, rpc, http, exit_code, retry, en, zh, en_next, zh_next) ErrorCode::name,
#include "common/base/errors.def"
#undef ECG_ERROR
};

TEST(ErrorTable, CatalogueNumbersAndNamesAreUnique) {
  std::set<int> numbers;
  std::set<std::string_view> names;
  for (const ErrorCode code : kAll) {
    EXPECT_TRUE(numbers.insert(facts(code).catalogue).second) << facts(code).name;
    EXPECT_TRUE(names.insert(facts(code).name).second) << facts(code).name;
    EXPECT_EQ(facts_by_catalogue(facts(code).catalogue), &facts(code));
  }
  EXPECT_EQ(facts_by_catalogue(1), nullptr);
}

TEST(ErrorTable, EveryRowHasBothLanguagesAndOneHole) {
  for (const ErrorCode code : kAll) {
    const auto& f = facts(code);
    for (const auto text : {f.text_en, f.text_zh}) {
      const auto first = text.find("{}");
      EXPECT_NE(first, std::string_view::npos) << f.name;
      EXPECT_EQ(text.find("{}", first + 2), std::string_view::npos) << f.name;
    }
    for (const auto text : {f.next_en, f.next_zh}) {
      EXPECT_FALSE(text.empty()) << f.name;
      EXPECT_EQ(text.find("{}"), std::string_view::npos) << f.name;
    }
    EXPECT_NE(f.text_en, f.text_zh) << f.name;
    EXPECT_NE(f.next_en, f.next_zh) << f.name;
    EXPECT_FALSE(f.text_en.ends_with('.')) << f.name;
  }
}

TEST(ErrorTable, CodesAreInTheirRanges) {
  for (const ErrorCode code : kAll) {
    const auto& f = facts(code);
    EXPECT_TRUE(f.catalogue >= 1000 && f.catalogue <= 9999) << f.name;
    EXPECT_TRUE(f.http_status >= 400 && f.http_status <= 599) << f.name;
    EXPECT_TRUE(f.exit_code >= 1 && f.exit_code <= 6) << f.name;
    EXPECT_TRUE(static_cast<int>(f.rpc) >= 1 && static_cast<int>(f.rpc) <= 16) << f.name;
  }
}

TEST(ErrorText, NamesTheSubjectAndTheNextStep) {
  const Error error{ErrorCode::kFileTruncated, "a.scp"};
  EXPECT_EQ(message(error, Language::kEnglish), "the file ends too early: a.scp");
  EXPECT_EQ(message(error, Language::kChinese), "文件不完整：a.scp");
  const std::string printed = printable(error, Language::kEnglish);
  EXPECT_TRUE(printed.starts_with("error[E3004]: the file ends too early: a.scp\nfix: ")) << printed;
}

TEST(ErrorText, WithoutASubjectNoColonIsLeftOver) {
  EXPECT_EQ(message({ErrorCode::kFileTruncated, ""}, Language::kEnglish), "the file ends too early");
  EXPECT_EQ(message({ErrorCode::kFileTruncated, ""}, Language::kChinese), "文件不完整");
}

TEST(ErrorText, TheHiddenCauseIsNeverPrinted) {
  const Error error{ErrorCode::kInternal, "study", "secret cause"};
  EXPECT_EQ(printable(error, Language::kEnglish).find("secret"), std::string::npos);
}

}  // namespace
}  // namespace ecg
