#include "common/base/result.h"

#include <memory>
#include <string>

#include <gtest/gtest.h>

namespace ecg {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) return Error{ErrorCode::kInvalidField, "n"};
  return n / 2;
}

Result<std::string> quarter_text(int n) {
  ECG_ASSIGN(const int once, half(n));
  ECG_ASSIGN(const int twice, half(once));
  return std::to_string(twice);
}

Result<void> check(int n) {
  ECG_TRY(half(n));
  return {};
}

TEST(ResultOf, CarriesTheValueOrTheError) {
  EXPECT_EQ(*half(4), 2);
  EXPECT_EQ(half(3).error().code, ErrorCode::kInvalidField);
  EXPECT_EQ(half(3).error().subject, "n");
}

TEST(ResultOf, MacrosLeaveWithTheFirstError) {
  EXPECT_EQ(*quarter_text(8), "2");
  EXPECT_FALSE(quarter_text(6).ok());
  EXPECT_FALSE(quarter_text(7).ok());
  EXPECT_TRUE(check(2).ok());
  EXPECT_EQ(check(1).error().code, ErrorCode::kInvalidField);
}

TEST(ResultOf, HoldsWhatCanOnlyBeMoved) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(5));
  const std::unique_ptr<int> value = std::move(result).value();
  EXPECT_EQ(*value, 5);
}

TEST(ResultOfDeathTest, AskingForWhatIsNotThereStopsTheProcess) {
  EXPECT_DEATH({ (void)*half(3); }, "");
  EXPECT_DEATH({ (void)half(4).error(); }, "");
}

}  // namespace
}  // namespace ecg
