#include "gateway/clinic/policy.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "gateway/clinic/clinic_service.h"

namespace ecg::clinic {
namespace {

class PolicyTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-policy-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    spool_ = spool::Spool::open(directory_, {}, clock_).value();
    station_ =
        std::make_unique<capture::Station>(*spool_, nullptr, random_, [] { return capture::ClockReading{}; });
    service_ = std::make_unique<ClinicService>(
        ClinicParts{*spool_, *station_, nullptr, line_, random_, false, "site", "", ""});
    service_->add_to(registry_);
  }
  void TearDown() override {
    service_.reset();
    station_.reset();
    spool_.reset();
    std::filesystem::remove_all(directory_);
  }
  ErrorCode guarded(const std::string& method, net::Transport transport, const std::string& token = {}) {
    net::CallContext context;
    context.method = method;
    context.transport = transport;
    context.session_token = token;
    const auto allowed = service_->guard()(context);
    return allowed.ok() ? ErrorCode::kInternal : allowed.error().code;
  }
  static constexpr ErrorCode kAllowed = ErrorCode::kInternal;

  std::string directory_;
  SystemClock clock_;
  SeededRandom random_{1};
  uplink::Line line_{clock_};
  std::unique_ptr<spool::Spool> spool_;
  std::unique_ptr<capture::Station> station_;
  std::unique_ptr<ClinicService> service_;
  net::Registry registry_;
};

TEST_F(PolicyTest, EveryMethodOfTheContractHasARowAndAHandler) {
  const auto* service = ecg::v1::GetClinicRequest::descriptor()->file()->FindServiceByName("ClinicService");
  ASSERT_NE(service, nullptr);
  for (int i = 0; i < service->method_count(); ++i) {
    const std::string name = service->full_name() + "/" + service->method(i)->name();
    const auto* method = registry_.find(name);
    ASSERT_NE(method, nullptr) << name;
    EXPECT_EQ(method->stream != nullptr, service->method(i)->server_streaming()) << name;
  }
  EXPECT_EQ(registry_.methods().size(), static_cast<std::size_t>(service->method_count()));
  constexpr std::string_view kServices[] = {"ecg.v1.ClinicService"};
  const net::PolicyGaps gaps = net::policy_gaps(policy_table(), kServices);
  EXPECT_TRUE(gaps.without_row.empty());
  EXPECT_TRUE(gaps.without_method.empty());
}

TEST_F(PolicyTest, NothingWithPatientsIsAnsweredWithoutASession) {
  for (const auto& [name, method] : registry_.methods()) {
    const ErrorCode outcome = guarded(name, net::Transport::kLoopback);
    const bool open = name.ends_with("/SignInOperator") || name.ends_with("/SignOutOperator") ||
                      name.ends_with("/GetClinic");
    EXPECT_EQ(outcome, open ? kAllowed : ErrorCode::kNotSignedIn) << name;
    EXPECT_EQ(guarded(name, net::Transport::kLoopback, "made-up"), outcome) << name;
    EXPECT_EQ(guarded(name, net::Transport::kUnixSocket), kAllowed) << name;
  }
}

TEST_F(PolicyTest, MethodWithoutARowIsRefusedEvenOnTheUnixSocket) {
  EXPECT_EQ(guarded("ecg.v1.ClinicService/Unknown", net::Transport::kUnixSocket), ErrorCode::kNotAllowed);
}

}  // namespace
}  // namespace ecg::clinic
