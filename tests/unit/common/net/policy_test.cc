#include "common/net/policy.h"

#include <array>

#include <gtest/gtest.h>

namespace ecg::net {
namespace {

TEST(Policy, GapsNameMethodsWithoutRowAndRowsWithoutMethod) {
  constexpr std::array<PolicyRow, 3> kTable = {{{"ecg.v1.SignInService/SignIn", 0, kPublic},
                                                {"ecg.v1.SignInService/SignOut", 0, kPublic},
                                                {"ecg.v1.SignInService/Vanished", 0, kPublic}}};
  constexpr std::array<std::string_view, 2> kServices = {"ecg.v1.SignInService", "ecg.v1.NoService"};
  const auto gaps = policy_gaps(kTable, kServices);
  EXPECT_EQ(gaps.without_row,
            (std::vector<std::string>{"ecg.v1.NoService", "ecg.v1.SignInService/ChangePassword",
                                      "ecg.v1.SignInService/GetSession"}));
  EXPECT_EQ(gaps.without_method, (std::vector<std::string>{"ecg.v1.SignInService/Vanished"}));
  EXPECT_EQ(find_policy(kTable, "ecg.v1.SignInService/GetSession"), nullptr);
  ASSERT_NE(find_policy(kTable, "ecg.v1.SignInService/SignIn"), nullptr);
}

}  // namespace
}  // namespace ecg::net
