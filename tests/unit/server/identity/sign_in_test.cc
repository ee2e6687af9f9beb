#include "server/identity/sign_in.h"

#include "common/net/tls.h"
#include "server/identity/policy.h"
#include "tests/unit/server/identity/identity_fixture.h"

namespace ecg::identity {
namespace {

constexpr auto kPassword = "correct horse";

class SignInTest : public IdentityFixture {
 protected:
  SignInTest() {
    auto person =
        sign_in_.make_person(PersonId(random_id(random_)), "dr.li", "李医生", kReader, SiteId(), kPassword);
    person_ = person.value();
    put(person_);
  }
  void put(const store::PersonRecord& person) {
    ASSERT_TRUE(store_->write_wait([&](store::Transaction& t) { return t.put_person(person); }).ok());
  }
  Result<SignedIn> sign_in(const std::string& password = kPassword) {
    return sign_in_.sign_in("dr.li", password, "10.0.0.1");
  }
  // Cheap, so that the tests are quick.
  PasswordHasher hasher_{{.memory_kib = 64, .passes = 1}, random_};
  TryThrottle throttle_{{}, clock_};
  Sessions sessions_{*store_, clock_, random_};
  SignIn sign_in_{*store_, sessions_, hasher_, throttle_, clock_};
  store::PersonRecord person_;
};

TEST_F(SignInTest, TheRightPasswordOpensASessionThatNamesThePerson) {
  const auto signed_in = sign_in();
  ASSERT_TRUE(signed_in.ok());
  EXPECT_EQ(signed_in->session.token.size(), 43u);
  const auto owner = sessions_.find(signed_in->session.token);
  ASSERT_TRUE(owner.ok());
  EXPECT_EQ(owner->person.id, person_.id);
  EXPECT_EQ(owner->person.roles, kReader);
  EXPECT_NE(sign_in()->session.token, signed_in->session.token);
}

TEST_F(SignInTest, WrongNameWrongPasswordAndDisabledLookTheSame) {
  const auto wrong_password = sign_in("wrong password").error();
  const auto wrong_name = sign_in_.sign_in("dr.no", kPassword, "10.0.0.1").error();
  person_.disabled = true;
  put(person_);
  const auto disabled = sign_in().error();
  for (const auto& error : {wrong_password, wrong_name, disabled}) {
    EXPECT_EQ(error.code, ErrorCode::kSignInRefused);
    EXPECT_EQ(error.subject, "");
  }
}

TEST_F(SignInTest, FiveFailuresDelayTheNextTryEvenWithTheRightPassword) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(sign_in("wrong password").error().code, ErrorCode::kSignInRefused);
  const auto delayed = sign_in();
  ASSERT_FALSE(delayed.ok());
  EXPECT_EQ(delayed.error().code, ErrorCode::kTooManyTries);
  EXPECT_EQ(delayed.error().retry_after_ms, 2000);
  clock_.advance(std::chrono::seconds(2));
  EXPECT_TRUE(sign_in().ok());
}

TEST_F(SignInTest, ASessionEndsWhenIdleWhenOldWhenClosedAndWithItsPerson) {
  const auto idle = sign_in()->session.token;
  clock_.advance(std::chrono::minutes(60));
  EXPECT_EQ(sessions_.find(idle).error().code, ErrorCode::kNotSignedIn);

  const auto used = sign_in()->session.token;
  for (int i = 0; i < 23; ++i) {  // 11.5 h of use
    clock_.advance(std::chrono::minutes(30));
    ASSERT_TRUE(sessions_.find(used).ok()) << i;
    ASSERT_TRUE(
        store_->write_wait([](store::Transaction&) { return Result<void>(); }).ok());  // after the touch
  }
  clock_.advance(std::chrono::minutes(30));
  EXPECT_FALSE(sessions_.find(used).ok());

  const auto closed = sign_in()->session.token;
  EXPECT_TRUE(sessions_.close(closed).ok());
  EXPECT_TRUE(sessions_.close(closed).ok());
  EXPECT_FALSE(sessions_.find(closed).ok());

  const auto disabled = sign_in()->session.token;
  person_.disabled = true;
  put(person_);
  EXPECT_FALSE(sessions_.find(disabled).ok());
}

TEST_F(SignInTest, GuessedTokensFindNothing) {
  const auto token = sign_in()->session.token;
  auto changed = token;
  changed[5] = changed[5] == 'A' ? 'B' : 'A';
  for (const auto& guess :
       {std::string(), changed, token + "A", token.substr(1), std::string(5000, 'A'), net::sha256(token)})
    EXPECT_EQ(sessions_.find(guess).error().code, ErrorCode::kNotSignedIn);
}

TEST_F(SignInTest, ANewPasswordEndsEverySessionAndTheOldPassword) {
  const auto token = sign_in()->session.token;
  EXPECT_EQ(sign_in_.change_password(person_.id, "wrong password", "battery staple", "10.0.0.1").error().code,
            ErrorCode::kSignInRefused);
  EXPECT_EQ(sign_in_.change_password(person_.id, kPassword, "short", "10.0.0.1").error().code,
            ErrorCode::kInvalidField);
  EXPECT_TRUE(sessions_.find(token).ok());
  EXPECT_TRUE(sign_in_.change_password(person_.id, kPassword, "battery staple", "10.0.0.1").ok());
  EXPECT_FALSE(sessions_.find(token).ok());
  EXPECT_FALSE(sign_in().ok());
  EXPECT_TRUE(sign_in("battery staple").ok());
  EXPECT_TRUE(sign_in_.set_password(person_.id, "by the administrator").ok());
  EXPECT_TRUE(sign_in("by the administrator").ok());
  EXPECT_EQ(sign_in_.set_password(PersonId("nobody"), "by the administrator").error().code,
            ErrorCode::kNotFound);
}

TEST_F(SignInTest, PeopleAreMadeByTheRules) {
  const auto make = [&](const std::string& name, std::uint32_t roles, const std::string& site,
                        const std::string& password) {
    return sign_in_.make_person(PersonId("p"), name, "Name", roles, SiteId(site), password).ok();
  };
  EXPECT_TRUE(make("nurse.wang", kClinicOperator, "baishi", "274913"));
  EXPECT_FALSE(make("nurse.wang", kClinicOperator, "", "274913"));
  EXPECT_FALSE(make("dr.wang", kReader, "", "274913"));  // a PIN is for operators only
  EXPECT_FALSE(make("dr.wang", kReader | kClinicOperator, "baishi", "274913"));
  EXPECT_FALSE(make("dr.wang", kReader, "baishi", kPassword));
  EXPECT_FALSE(make("Dr Wang", kReader, "", kPassword));
  EXPECT_FALSE(make("dr.wang", 0, "", kPassword));
  EXPECT_FALSE(make("dr.wang", 1u << 9, "", kPassword));
}

}  // namespace
}  // namespace ecg::identity
