#include "gateway/main/enrolment.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/base/ids.h"
#include "common/net/connect_server.h"
#include "common/net/tls.h"
#include "common/wire/enrolment_code.h"

namespace ecg::gateway {
namespace {

namespace fs = std::filesystem;

// A center's enrolment listener: real HTTPS, its own CA.
class EnrolmentTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "ecg-enrol-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
    registry_.unary<ecg::v1::EnrollRequest, ecg::v1::EnrollResponse>(
        "ecg.v1.EnrolmentService/Enroll",
        [this](net::CallContext&, const ecg::v1::EnrollRequest& request) { return answer(request); });
    server_ = std::make_unique<net::ConnectServer>(
        net::ConnectServer::Options{}, registry_, [](net::CallContext&) { return Result<void>(); }, nullptr,
        clock_);
    port_ = server_->listen_tls("127.0.0.1", 0, ca_.issue_server({"127.0.0.1"}, clock_).value()).value();
  }
  void TearDown() override {
    server_->stop();
    fs::remove_all(folder_);
  }
  Result<ecg::v1::EnrollResponse> answer(const ecg::v1::EnrollRequest& request) {
    requests_.push_back(request);
    if (refuse_) return Error{ErrorCode::kEnrolmentCodeRefused, "code"};
    ecg::v1::EnrollResponse response;
    response.set_site_id("baishi");
    response.set_site_name("白石");
    response.set_gateway_id("g1");
    ECG_ASSIGN(*response.mutable_certificate_pem(),
               ca_.issue_gateway(request.csr_der(), "spiffe://x/site/baishi/gw/g1", "g1",
                                 std::chrono::hours(24), clock_));
    response.set_ca_pem(ca_.certificate_pem());
    response.set_center_address("127.0.0.1:7443");
    response.set_receipt_key_id("k");
    response.set_receipt_key_der(std::string("\0\1\2", 3));
    return response;
  }
  std::string code(const std::string& fingerprint) {
    ecg::v1::EnrolmentCode message;
    message.set_address("127.0.0.1:" + std::to_string(port_));
    message.set_ca_sha256(fingerprint);
    message.set_secret(random_id(random_));
    return wire::write_enrolment_code(message);
  }

  SystemClock clock_;
  SeededRandom random_{3};
  net::CertificateAuthority ca_ = net::CertificateAuthority::create("center", clock_).value();
  net::Registry registry_;
  std::unique_ptr<net::ConnectServer> server_;
  std::uint16_t port_ = 0;
  fs::path folder_;
  std::vector<ecg::v1::EnrollRequest> requests_;
  bool refuse_ = false;
};

TEST_F(EnrolmentTest, KeyStaysHereClosedToOthersAndWhatCameBackIsLoaded) {
  ASSERT_TRUE(enrol(code(ca_.fingerprint()), folder_).ok());
  struct stat status {};
  ASSERT_EQ(::stat((folder_ / "gateway.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const auto loaded = load_enrolment(folder_).value();
  ASSERT_TRUE(loaded.has_value());
  EXPECT_EQ(loaded->uplink.site_id, "baishi");
  EXPECT_EQ(loaded->site_name, "白石");
  EXPECT_EQ(loaded->uplink.center_address, "127.0.0.1:7443");
  EXPECT_EQ(loaded->uplink.receipt_key_der, std::string("\0\1\2", 3));
  EXPECT_EQ(requests_[0].SerializeAsString().find("PRIVATE"), std::string::npos);
}

TEST_F(EnrolmentTest, CenterWithAnotherCaIsRefusedBeforeTheCodeIsSent) {
  const auto outcome = enrol(code(std::string(32, 'x')), folder_);
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kTlsFailed);
  EXPECT_TRUE(requests_.empty());
  EXPECT_FALSE(load_enrolment(folder_)->has_value());
}

TEST_F(EnrolmentTest, RepeatWithTheSameCodeIsTheSameRequest) {
  refuse_ = true;
  const std::string text = code(ca_.fingerprint());
  EXPECT_EQ(enrol(text, folder_).error().code, ErrorCode::kEnrolmentCodeRefused);
  EXPECT_FALSE(load_enrolment(folder_)->has_value());
  refuse_ = false;
  ASSERT_TRUE(enrol(text, folder_).ok());
  ASSERT_EQ(requests_.size(), 2u);
  EXPECT_EQ(requests_[0].csr_der(), requests_[1].csr_der());
  for (const auto& entry : fs::directory_iterator(folder_)) {
    EXPECT_FALSE(entry.path().filename().string().starts_with("pending-"));
  }
}

TEST_F(EnrolmentTest, CodeThatIsNoneNeedsNoCenter) {
  EXPECT_EQ(enrol("12345", folder_).error().code, ErrorCode::kEnrolmentCodeRefused);
}

}  // namespace
}  // namespace ecg::gateway
