#include "gateway/clinic/operators.h"

#include <filesystem>

#include <argon2.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include "gateway/spool/site.h"

namespace ecg::clinic {
namespace {

class OperatorsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-operators-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    spool_ = spool::Spool::open(directory_, {}, clock_).value();
    operators_ = std::make_unique<Operators>(*spool_, random_);
    char encoded[128];
    const std::string password = "correct horse", salt = "0123456789abcdef";
    ASSERT_EQ(argon2id_hash_encoded(1, 64, 1, password.data(), password.size(), salt.data(), salt.size(), 32,
                                    encoded, sizeof encoded),
              ARGON2_OK);
    settings_.set_revision(1);
    auto* one = settings_.add_operators();
    one->set_id("op1");
    one->set_user_name("nurse");
    one->set_display_name("护士");
    one->set_password_hash(encoded);
    ASSERT_TRUE(spool::store_settings(*spool_, settings_).ok());
  }
  void TearDown() override {
    operators_.reset();
    spool_.reset();
    std::filesystem::remove_all(directory_);
  }
  ErrorCode tried(const std::string& name, const std::string& password) {
    const auto outcome = operators_->sign_in(name, password, "127.0.0.1");
    return outcome.ok() ? ErrorCode::kInternal : outcome.error().code;
  }

  std::string directory_;
  ManualClock clock_{from_micros(1'780'000'000'000'000)};
  SeededRandom random_{9};
  ecg::v1::SiteSettings settings_;
  std::unique_ptr<spool::Spool> spool_;
  std::unique_ptr<Operators> operators_;
};

TEST_F(OperatorsTest, SignInWorksWithoutALineAndSurvivesARestart) {
  const auto session = operators_->sign_in("nurse", "correct horse", "127.0.0.1");
  ASSERT_TRUE(session.ok());
  EXPECT_EQ(session->display_name, "护士");
  operators_ = std::make_unique<Operators>(*spool_, random_);
  EXPECT_EQ(operators_->find(session->token).value()->operator_id, "op1");
  ASSERT_TRUE(operators_->sign_out(session->token).ok());
  EXPECT_FALSE(operators_->find(session->token).value().has_value());
}

TEST_F(OperatorsTest, WrongPasswordAndUnknownNameLookTheSame) {
  EXPECT_EQ(tried("nurse", "wrong"), ErrorCode::kSignInRefused);
  EXPECT_EQ(tried("nobody", "correct horse"), ErrorCode::kSignInRefused);
  EXPECT_FALSE(operators_->find("").value().has_value());
  EXPECT_FALSE(operators_->find("made-up").value().has_value());
}

TEST_F(OperatorsTest, FiveFailuresDelayEvenTheRightPassword) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(tried("nurse", "wrong"), ErrorCode::kSignInRefused);
  EXPECT_EQ(tried("nurse", "correct horse"), ErrorCode::kTooManyTries);
  clock_.advance(std::chrono::seconds(2));
  EXPECT_EQ(tried("nurse", "wrong"), ErrorCode::kSignInRefused);
  EXPECT_GT(operators_->sign_in("nurse", "correct horse", "127.0.0.1").error().retry_after_ms, 1000);
  clock_.advance(std::chrono::seconds(60));
  EXPECT_TRUE(operators_->sign_in("nurse", "correct horse", "127.0.0.1").ok());
}

TEST_F(OperatorsTest, SessionEndsUnusedAfterAnHourAndAtOnceWhenTheOperatorLeaves) {
  const auto first = operators_->sign_in("nurse", "correct horse", "127.0.0.1");
  clock_.advance(std::chrono::minutes(61));
  EXPECT_FALSE(operators_->find(first->token).value().has_value());
  const auto second = operators_->sign_in("nurse", "correct horse", "127.0.0.1");
  settings_.clear_operators();
  settings_.set_revision(2);
  ASSERT_TRUE(spool::store_settings(*spool_, settings_).ok());
  EXPECT_FALSE(operators_->find(second->token).value().has_value());
}

TEST_F(OperatorsTest, SessionEndsWhenTheOperatorsPasswordChangesAndOnlyThen) {
  const auto session = operators_->sign_in("nurse", "correct horse", "127.0.0.1");
  settings_.set_revision(2);
  settings_.set_duty_phone("120");
  ASSERT_TRUE(spool::store_settings(*spool_, settings_).ok());
  EXPECT_TRUE(operators_->find(session->token).value().has_value());
  settings_.set_revision(3);
  settings_.mutable_operators(0)->set_password_hash("$argon2id$another");
  ASSERT_TRUE(spool::store_settings(*spool_, settings_).ok());
  EXPECT_FALSE(operators_->find(session->token).value().has_value());
}

TEST_F(OperatorsTest, NoSessionBeginsWithAPasswordReplacedSinceItWasChecked) {
  auto verified = settings_.operators(0);
  EXPECT_TRUE(spool::begin_session(*spool_, "digest 1", verified).ok());
  verified.set_password_hash("$argon2id$earlier");
  EXPECT_EQ(spool::begin_session(*spool_, "digest 2", verified).error().code, ErrorCode::kSignInRefused);
}

TEST_F(OperatorsTest, SessionsPastTheirLifetimeAreForgottenWhenAnotherBegins) {
  ASSERT_TRUE(spool::begin_session(*spool_, "old", settings_.operators(0)).ok());
  clock_.advance(std::chrono::hours(13));
  ASSERT_TRUE(spool::begin_session(*spool_, "new", settings_.operators(0)).ok());
  EXPECT_FALSE(spool::find_session(*spool_, "old").value().has_value());
  EXPECT_TRUE(spool::find_session(*spool_, "new").value().has_value());
}

TEST_F(OperatorsTest, AnOpenPageKeepsItsSessionSoThatAlarmsAreHeardButNotPastTheShift) {
  const auto session = operators_->sign_in("nurse", "correct horse", "127.0.0.1");
  for (int i = 0; i < 24; ++i) {  // 12 h
    clock_.advance(std::chrono::minutes(30));
    EXPECT_TRUE(operators_->alive(session->token).value()) << i;
    ASSERT_TRUE(spool_->write([](sqlite::Database&) { return Result<void>(); }).ok());  // the use is on disk
  }
  clock_.advance(std::chrono::minutes(1));
  EXPECT_FALSE(operators_->alive(session->token).value());
  EXPECT_FALSE(operators_->alive("").value());
}

TEST_F(OperatorsTest, NamesLongerThanAnyAreRefused) {
  EXPECT_EQ(tried(std::string(65, 'x'), "correct horse"), ErrorCode::kSignInRefused);
}

}  // namespace
}  // namespace ecg::clinic
