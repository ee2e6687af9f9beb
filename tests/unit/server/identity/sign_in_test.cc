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

TEST_F(SignInTest, NoSessionOpensForAPersonWhoChangedSinceThePasswordWasChecked) {
  const store::PersonRecord verified = person_;
  ASSERT_TRUE(sign_in_.set_password(person_.id, "by the administrator").ok());
  EXPECT_EQ(sessions_.open(verified, "10.0.0.1").error().code, ErrorCode::kSignInRefused);
  person_.disabled = true;
  put(person_);
  EXPECT_EQ(sessions_.open(person_, "10.0.0.1").error().code, ErrorCode::kSignInRefused);
}

TEST_F(SignInTest, PeekingIsNoActivity) {
  const auto token = sign_in()->session.token;
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(sessions_.peek(token).ok());
    clock_.advance(std::chrono::minutes(20));
    ASSERT_TRUE(store_->write_wait([](store::Transaction&) { return Result<void>(); }).ok());
  }
  EXPECT_EQ(sessions_.peek(token).error().code, ErrorCode::kNotSignedIn);
}

TEST_F(SignInTest, AnOperatorsNewPasswordReachesTheGatewayInTheSameChange) {
  put_site("baishi");
  const auto nurse = sign_in_
                         .make_person(PersonId(random_id(random_)), "nurse", "护士", kClinicOperator,
                                      SiteId("baishi"), "274913")
                         .value();
  put(nurse);
  const auto revision = [&] {
    std::uint64_t found = 0;
    EXPECT_TRUE(store_
                    ->read([&](const store::Snapshot& snapshot) -> Result<void> {
                      ECG_ASSIGN(const auto site, snapshot.find_site(SiteId("baishi")));
                      if (site) found = site->settings_revision;
                      return {};
                    })
                    .ok());
    return found;
  };
  const auto before = revision();
  ASSERT_TRUE(sign_in_.change_password(nurse.id, "274913", "385024", "10.0.0.1").ok());
  EXPECT_EQ(revision(), before + 1);
  ASSERT_TRUE(sign_in_.set_password(nurse.id, "496135").ok());
  EXPECT_EQ(revision(), before + 2);
}

TEST_F(SignInTest, NamesTooLongForAnyAccountAreThrottledToo) {
  ErrorCode last = ErrorCode::kInternal;
  for (int i = 0; i < 21; ++i)
    last = sign_in_.sign_in(std::string(1000, 'x'), kPassword, "10.0.0.9").error().code;
  EXPECT_EQ(last, ErrorCode::kTooManyTries);
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
