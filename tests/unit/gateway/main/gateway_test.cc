// The whole program in one process, without a center: what a clinic can do with no line.
#include "gateway/main/gateway.h"

#include <condition_variable>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "ecg/v1/clinic.pb.h"

#include "common/base/file.h"
#include "common/base/password.h"
#include "common/net/connect_client.h"
#include "gateway/spool/site.h"

namespace ecg::gateway {
namespace {

namespace fs = std::filesystem;

class GatewayTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (fs::temp_directory_path() / "ecg-gateway-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    settings_.state_dir = fs::path(pattern) / "state";
    settings_.device = "simulator:sinus:72";
    settings_.control_socket = fs::path(pattern) / "ctl.sock";
    settings_.clinic_port = 0;
    settings_.spool_bytes_max = 1 << 30;
    settings_.keep_confirmed = 10;
    start();
  }
  void TearDown() override {
    gateway_.reset();
    fs::remove_all(settings_.state_dir.parent_path());
  }
  void start() {
    gateway_.reset();
    auto started = Gateway::start(settings_);
    ASSERT_TRUE(started.ok()) << printable(started.error(), Language::kEnglish);
    gateway_ = std::move(started).value();
  }
  net::ConnectClient local() {
    net::Endpoint endpoint;
    endpoint.path = settings_.control_socket;
    return net::ConnectClient(endpoint, {});
  }
  template <class Response, class Request>
  Result<Response> call(const std::string& method, const Request& request) {
    return local().call<Response>("ecg.v1.ClinicService/" + method, request);
  }
  // Follows the clinic's stream until the study satisfies the condition.
  ecg::v1::ClinicStudy follow(const std::string& id,
                              const std::function<bool(const ecg::v1::ClinicStudy&)>& until) {
    ecg::v1::WatchClinicResponse message;
    ecg::v1::ClinicStudy found;
    const auto ended = local().server_stream("ecg.v1.ClinicService/WatchClinic",
                                             ecg::v1::WatchClinicRequest{}, message, [&](const auto&) {
                                               for (const auto& study : message.studies()) {
                                                 if (study.study_id() == id) found = study;
                                               }
                                               return !until(found);
                                             });
    EXPECT_TRUE(until(found)) << (ended.ok() ? "" : printable(ended.error(), Language::kEnglish));
    return found;
  }
  std::string register_patient() {
    ecg::v1::RegisterExaminationRequest request;
    request.mutable_patient()->set_name("陈明");
    return call<ecg::v1::RegisterExaminationResponse>("RegisterExamination", request)->study_id();
  }
  void wait_for_device() {
    ecg::v1::WatchDeviceResponse message;
    (void)local().server_stream("ecg.v1.ClinicService/WatchDevice", ecg::v1::WatchDeviceRequest{}, message,
                                [&](const auto&) { return !message.samples().has_format(); });
  }

  Settings settings_;
  std::unique_ptr<Gateway> gateway_;
};

TEST_F(GatewayTest, RecordsAndKeepsWithoutALineAndAcrossARestart) {
  wait_for_device();
  ecg::v1::StartCaptureRequest capture;
  capture.set_study_id(register_patient());
  capture.set_seconds(1);
  ASSERT_TRUE(call<ecg::v1::StartCaptureResponse>("StartCapture", capture).ok());
  const auto study =
      follow(capture.study_id(), [](const ecg::v1::ClinicStudy& s) { return s.awaiting_decision(); });
  EXPECT_DOUBLE_EQ(study.recorded_s(), 1);
  EXPECT_FALSE(study.partial());
  start();
  ecg::v1::SendStudyRequest send;
  send.set_study_id(capture.study_id());
  ASSERT_TRUE(call<ecg::v1::SendStudyResponse>("SendStudy", send).ok());
  ecg::v1::GetClinicWaveformRequest get;
  get.set_study_id(capture.study_id());
  const auto waveform = call<ecg::v1::GetClinicWaveformResponse>("GetClinicWaveform", get);
  ASSERT_TRUE(waveform.ok());
  EXPECT_EQ(waveform->waveform().frames(), 500u);
  EXPECT_EQ(
      call<ecg::v1::GetClinicResponse>("GetClinic", ecg::v1::GetClinicRequest{})->clinic().unsent_studies(),
      1u);
}

TEST_F(GatewayTest, ShutdownInMidRecordingLeavesAPartialOne) {
  wait_for_device();
  ecg::v1::StartCaptureRequest capture;
  capture.set_study_id(register_patient());
  capture.set_seconds(60);
  capture.set_send_when_done(true);
  ASSERT_TRUE(call<ecg::v1::StartCaptureResponse>("StartCapture", capture).ok());
  follow(capture.study_id(), [](const ecg::v1::ClinicStudy& s) { return s.recorded_s() > 0; });
  const SystemClock clock;
  const Duration begun = clock.steady();
  gateway_->stop();
  EXPECT_LT(clock.steady() - begun, std::chrono::seconds(20));
  start();
  const auto study = follow(capture.study_id(), [](const ecg::v1::ClinicStudy& s) { return s.partial(); });
  EXPECT_GT(study.recorded_s(), 0);
  EXPECT_FALSE(study.awaiting_decision());
}

TEST_F(GatewayTest, SecondProgramOnTheSameFolderAndBusyPortAreNamed) {
  Settings second = settings_;
  EXPECT_EQ(Gateway::start(second).error().code, ErrorCode::kDirectoryInUse);
  second.state_dir = settings_.state_dir.parent_path() / "other";
  second.control_socket = settings_.state_dir.parent_path() / "other.sock";
  second.clinic_port = gateway_->clinic_port();
  EXPECT_EQ(Gateway::start(second).error().code, ErrorCode::kPortInUse);
  EXPECT_EQ(read_file(settings_.state_dir / "clinic.port", 100).value(),
            std::to_string(gateway_->clinic_port()) + "\n");
}

TEST_F(GatewayTest, PageWithoutASessionGetsNoPatients) {
  net::Endpoint endpoint;
  endpoint.kind = net::Endpoint::Kind::kLoopback;
  endpoint.host = "127.0.0.1";
  endpoint.port = gateway_->clinic_port();
  const net::ConnectClient page(endpoint, {});
  EXPECT_EQ(page.call<ecg::v1::ListClinicStudiesResponse>("ecg.v1.ClinicService/ListClinicStudies",
                                                          ecg::v1::ListClinicStudiesRequest{})
                .error()
                .code,
            ErrorCode::kNotSignedIn);
  EXPECT_EQ(page.get("/readyz")->status, 200);
  EXPECT_NE(page.get("/metrics")->body.find("ecg_gateway_line_up 0"), std::string::npos);
}

TEST_F(GatewayTest, OpenStreamsEndWithTheirSession) {
  gateway_.reset();
  {
    const SystemClock clock;
    SystemRandom random;
    PasswordHasher hasher({.memory_kib = 64, .passes = 1}, random);
    const auto spool = spool::Spool::open(settings_.state_dir.string(), {}, clock).value();
    ecg::v1::SiteSettings site;
    site.set_revision(1);
    auto* nurse = site.add_operators();
    nurse->set_id("op1");
    nurse->set_user_name("nurse");
    nurse->set_password_hash(hasher.hash("correct horse").value());
    ASSERT_TRUE(spool::store_settings(*spool, site).ok());
  }
  start();
  net::Endpoint endpoint;
  endpoint.kind = net::Endpoint::Kind::kLoopback;
  endpoint.host = "127.0.0.1";
  endpoint.port = gateway_->clinic_port();
  net::ConnectClient page(endpoint, {});
  ecg::v1::SignInOperatorRequest sign_in;
  sign_in.set_user_name("nurse");
  sign_in.set_password("correct horse");
  sign_in.set_want_token(true);
  const auto signed_in =
      page.call<ecg::v1::SignInOperatorResponse>("ecg.v1.ClinicService/SignInOperator", sign_in);
  ASSERT_TRUE(signed_in.ok());
  page.set_token(signed_in->token());
  for (const char* method : {"WatchDevice", "WatchClinic"}) {
    SCOPED_TRACE(method);
    if (std::string(method) == "WatchClinic") {
      const auto again =
          page.call<ecg::v1::SignInOperatorResponse>("ecg.v1.ClinicService/SignInOperator", sign_in);
      ASSERT_TRUE(again.ok());
      page.set_token(again->token());
    }
    ecg::v1::WatchDeviceResponse device;
    ecg::v1::WatchClinicResponse clinic;
    google::protobuf::Message& message =
        std::string(method) == "WatchDevice" ? static_cast<google::protobuf::Message&>(device) : clinic;
    const SystemClock clock;
    std::optional<Duration> signed_out;
    const auto ended = page.server_stream(
        std::string("ecg.v1.ClinicService/") + method, ecg::v1::WatchDeviceRequest{}, message,
        [&](const auto&) {
          if (!signed_out) {
            signed_out = clock.steady();
            EXPECT_TRUE(page.call<ecg::v1::SignOutOperatorResponse>("ecg.v1.ClinicService/SignOutOperator",
                                                                    ecg::v1::SignOutOperatorRequest{})
                            .ok());
          }
          return clock.steady() - *signed_out < std::chrono::seconds(10);
        });
    ASSERT_TRUE(signed_out);
    EXPECT_LT(clock.steady() - *signed_out, std::chrono::seconds(4));
    EXPECT_EQ(ended.ok() ? ErrorCode::kInternal : ended.error().code, ErrorCode::kNotSignedIn);
  }
}

}  // namespace
}  // namespace ecg::gateway
