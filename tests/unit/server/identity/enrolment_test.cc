#include "server/identity/enrolment.h"

#include "common/wire/enrolment_code.h"
#include "server/identity/gateways.h"
#include "tests/unit/server/identity/identity_fixture.h"

namespace ecg::identity {
namespace {

class EnrolmentTest : public IdentityFixture {
 protected:
  EnrolmentTest()
      : authority_(net::CertificateAuthority::create("county", clock_).value()),
        enrolment_(*store_, authority_, clock_, random_, options()) {
    put_site("baishi");
  }
  static EnrolmentOptions options() {
    EnrolmentOptions options;
    options.center = "county";
    options.enrolment_address = "center.example:7444";
    options.gateway_address = "center.example:7443";
    options.receipt_public_key_der = net::public_key_der(net::make_key_pem()).value();
    return options;
  }
  v1::EnrolmentCode make_code() {
    NewCode code;
    const auto made = store_->write_wait([&](store::Transaction& transaction) -> Result<void> {
      ECG_ASSIGN(code, enrolment_.make_code(transaction, SiteId("baishi")));
      return {};
    });
    EXPECT_TRUE(made.ok());
    return wire::read_enrolment_code(code.text).value();
  }
  static v1::EnrollRequest request(const std::string& secret) {
    v1::EnrollRequest request;
    request.set_code(secret);
    request.set_csr_der(net::make_csr_der(net::make_key_pem(), "gateway").value());
    return request;
  }
  ErrorCode enroll(const v1::EnrollRequest& r, const std::string& address = "10.0.0.1") {
    const auto answer = enrolment_.enroll(r, address);
    return answer.ok() ? ErrorCode{} : answer.error().code;
  }
  net::CertificateAuthority authority_;
  Enrolment enrolment_;
};

TEST_F(EnrolmentTest, ACodeBecomesACertificateBoundToItsSite) {
  const auto code = make_code();
  EXPECT_EQ(code.address(), "center.example:7444");
  EXPECT_EQ(code.ca_sha256(), authority_.fingerprint());
  const auto answer = enrolment_.enroll(request(code.secret()), "10.0.0.1");
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->site_id(), "baishi");
  EXPECT_EQ(answer->center_address(), "center.example:7443");
  EXPECT_EQ(answer->receipt_key_id(), net::key_id(answer->receipt_key_der()));
  const auto facts = net::read_certificate(answer->certificate_pem());
  ASSERT_TRUE(facts.ok());
  const auto known = store_->read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto identity, identify_gateway("county", *facts, snapshot));
    EXPECT_EQ(identity.gateway.value, answer->gateway_id());
    return {};
  });
  EXPECT_TRUE(known.ok());
}

TEST_F(EnrolmentTest, ARepeatGetsTheSameCertificateAndAnotherRequestNone) {
  const auto code = make_code();
  const auto first = request(code.secret());
  const auto answer = enrolment_.enroll(first, "10.0.0.1");
  const auto repeat = enrolment_.enroll(first, "10.0.0.1");
  ASSERT_TRUE(answer.ok() && repeat.ok());
  EXPECT_EQ(answer->certificate_pem(), repeat->certificate_pem());
  EXPECT_EQ(enroll(request(code.secret())), ErrorCode::kEnrolmentCodeRefused);
  clock_.advance(std::chrono::hours(24));
  EXPECT_EQ(enroll(first), ErrorCode::kEnrolmentCodeRefused);
}

TEST_F(EnrolmentTest, ACodeEndsAfterADayAndWithANewerOne) {
  const auto old = make_code();
  const auto newer = make_code();
  EXPECT_EQ(enroll(request(old.secret())), ErrorCode::kEnrolmentCodeRefused);
  clock_.advance(std::chrono::hours(24) - std::chrono::seconds(1));
  const auto last_moment = make_code();
  clock_.advance(std::chrono::hours(24));
  EXPECT_EQ(enroll(request(last_moment.secret())), ErrorCode::kEnrolmentCodeRefused);
  EXPECT_EQ(enroll(request(newer.secret())), ErrorCode::kEnrolmentCodeRefused);
}

TEST_F(EnrolmentTest, FiveBadRequestsSpendACode) {
  const auto code = make_code();
  auto bad = request(code.secret());
  bad.set_csr_der("nonsense");
  for (int i = 0; i < 5; ++i) EXPECT_EQ(enroll(bad), ErrorCode::kEnrolmentRequestBad);
  EXPECT_EQ(enroll(request(code.secret())), ErrorCode::kEnrolmentCodeRefused);
}

TEST_F(EnrolmentTest, FiveGuessesMakeAnAddressWaitAndOthersNot) {
  const auto code = make_code();
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(enroll(request(random_id(random_))), ErrorCode::kEnrolmentCodeRefused);
  EXPECT_EQ(enroll(request(code.secret())), ErrorCode::kTooManyTries);
  EXPECT_EQ(enroll(request(code.secret()), "10.0.0.2"), ErrorCode{});
}

}  // namespace
}  // namespace ecg::identity
