#include "common/base/password.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "common/base/try_throttle.h"

namespace ecg {
namespace {

TEST(Password, RulesForPasswordsAndPins) {
  using enum PasswordKind;
  EXPECT_TRUE(check_password("correct horse", "li", kPassword).ok());
  EXPECT_TRUE(check_password("心电图网络阅图医师密码一二三", "li", kPassword).ok());
  EXPECT_TRUE(check_password("abcdeabcdeab", "li", kPassword).ok());  // exactly 12
  for (const auto* bad : {"", "abcdeabcdea", "aaaaaaaaaaaaaaaa", "123456", "reader.wang.li"})
    EXPECT_EQ(check_password(bad, "reader.wang.li", kPassword).error().code, ErrorCode::kInvalidField) << bad;
  EXPECT_FALSE(check_password(std::string(257, 'a') + "bcdef", "li", kPassword).ok());
  EXPECT_TRUE(check_password("274913", "li", kPin).ok());
  EXPECT_TRUE(check_password("correct horse", "li", kPin).ok());
  for (const auto* bad : {"", "27491", "111111", "123456", "987654", "27491a"})
    EXPECT_FALSE(check_password(bad, "li", kPin).ok()) << bad;
}

class PasswordHasherTest : public ::testing::Test {
 protected:
  SeededRandom random_{7};
};

TEST_F(PasswordHasherTest, VerifiesItsOwnHashesOnly) {
  PasswordHasher hasher({}, random_);
  const auto encoded = hasher.hash("correct horse");
  ASSERT_TRUE(encoded.ok());
  EXPECT_EQ(encoded->rfind("$argon2id$v=19$m=19456,t=2,p=1$", 0), 0u) << *encoded;
  EXPECT_TRUE(hasher.verify(*encoded, "correct horse").value());
  EXPECT_FALSE(hasher.verify(*encoded, "correct horsf").value());
  EXPECT_NE(*hasher.hash("correct horse"), *encoded);
}

TEST_F(PasswordHasherTest, NobodysPasswordIsAlwaysWrong) {
  PasswordHasher hasher({}, random_);
  EXPECT_FALSE(hasher.verify("", "an account that does not exist").value());
  EXPECT_FALSE(hasher.verify("plain", "plain").value());
}

TEST_F(PasswordHasherTest, MoreThanMayWaitAreTurnedAway) {
  PasswordHasher hasher({.memory_kib = 64 * 1024, .passes = 3, .at_once = 1, .waiting_max = 1}, random_);
  std::atomic<int> overloaded{0};
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      const auto outcome = hasher.hash("x");
      if (outcome.ok())
        ++done;
      else if (outcome.error().code == ErrorCode::kOverloaded)
        ++overloaded;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done + overloaded, 8);
  EXPECT_GE(done, 1);
  EXPECT_GE(overloaded, 1);
}

class TryThrottleTest : public ::testing::Test {
 protected:
  bool admitted(const std::string& account, const std::string& address) {
    const auto outcome = throttle_.admit(account, address);
    if (!outcome.ok()) wait_ms_ = outcome.error().retry_after_ms;
    return outcome.ok();
  }
  ManualClock clock_{Timestamp{}};
  TryThrottle throttle_{{}, clock_};
  int wait_ms_ = 0;
};

TEST_F(TryThrottleTest, AfterFiveFailuresEachTryWaitsTwiceAsLong) {
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(admitted("li", "10.0.0.1")) << i;
    throttle_.failed("li", "10.0.0.1");
  }
  for (const int seconds : {2, 4, 8, 16}) {
    EXPECT_FALSE(admitted("li", "10.0.0.1"));
    EXPECT_EQ(wait_ms_, seconds * 1000);
    clock_.advance(std::chrono::seconds(seconds));
    EXPECT_TRUE(admitted("li", "10.0.0.1"));
    throttle_.failed("li", "10.0.0.1");
  }
  EXPECT_TRUE(admitted("li", "10.0.0.2"));  // another device of the same person
  EXPECT_TRUE(admitted("wang", "10.0.0.1"));
}

TEST_F(TryThrottleTest, TheDelayHasAnEndAndSuccessForgets) {
  for (int i = 0; i < 60; ++i) throttle_.failed("li", "10.0.0.1");
  EXPECT_FALSE(admitted("li", "10.0.0.1"));
  EXPECT_EQ(wait_ms_, 15 * 60 * 1000);
  throttle_.succeeded("li", "10.0.0.1");
  EXPECT_TRUE(admitted("li", "10.0.0.1"));
}

TEST_F(TryThrottleTest, AnAddressHasTwentyTriesAMinute) {
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(admitted("person" + std::to_string(i), "10.0.0.1"));
  EXPECT_FALSE(admitted("person20", "10.0.0.1"));
  EXPECT_EQ(wait_ms_, 60'000);
  EXPECT_TRUE(admitted("person20", "10.0.0.2"));
  clock_.advance(std::chrono::minutes(1));
  EXPECT_TRUE(admitted("person20", "10.0.0.1"));
}

TEST_F(TryThrottleTest, ItsMemoryIsBounded) {
  TryThrottle small({.keys_max = 10}, clock_);
  for (int i = 0; i < 1000; ++i) {
    clock_.advance(std::chrono::milliseconds(1));
    const auto address = "10.0." + std::to_string(i / 250) + "." + std::to_string(i % 250);
    EXPECT_TRUE(small.admit("li", address).ok());
    for (int j = 0; j < 6; ++j) small.failed("li", address);
  }
  EXPECT_FALSE(small.admit("li", "10.0.3.249").ok());
  EXPECT_TRUE(small.admit("li", "10.0.0.0").ok());
}

}  // namespace
}  // namespace ecg
