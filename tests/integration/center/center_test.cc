// The real ecg-server as its operator and its users meet it.
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "ecg/v1/administration.pb.h"
#include "ecg/v1/sign_in.pb.h"
#include "ecg/v1/worklist.pb.h"

#include "common/net/connect_client.h"
#include "tests/integration/center/center_process.h"

namespace ecg::tests {
namespace {

constexpr char kPassword[] = "a long enough phrase";

class RunningCenter : public testing::Test {
 protected:
  void start() { ASSERT_TRUE(center_.start()) << center_.log(); }
  net::ConnectClient local() const {
    net::Endpoint endpoint;
    endpoint.kind = net::Endpoint::Kind::kUnixSocket;
    endpoint.path = center_.socket();
    return net::ConnectClient(endpoint, {});
  }
  net::ConnectClient loopback(const std::string& token = "") const {
    net::Endpoint endpoint;
    endpoint.kind = net::Endpoint::Kind::kLoopback;
    endpoint.host = "127.0.0.1";
    endpoint.port = center_.browsers_port();
    net::ConnectClient::Options options;
    options.token = token;
    return net::ConnectClient(endpoint, options);
  }
  void add_person(const std::string& user, v1::Role role) {
    v1::AddPersonRequest request;
    request.mutable_person()->set_user_name(user);
    request.mutable_person()->set_display_name(user);
    request.mutable_person()->add_roles(role);
    request.set_password(kPassword);
    const auto added = local().call<v1::AddPersonResponse>("ecg.v1.AdministrationService/AddPerson", request);
    ASSERT_TRUE(added.ok()) << printable(added.error(), Language::kEnglish);
  }
  std::string sign_in(const std::string& user) {
    v1::SignInRequest request;
    request.set_user_name(user);
    request.set_password(kPassword);
    request.set_want_token(true);
    const auto answer = loopback().call<v1::SignInResponse>("ecg.v1.SignInService/SignIn", request);
    EXPECT_TRUE(answer.ok()) << (answer.ok() ? "" : printable(answer.error(), Language::kEnglish));
    return answer.ok() ? answer->token() : "";
  }
  CenterProcess center_;
};

TEST_F(RunningCenter, StartsWithoutAnyPersonAndIsReady) {
  start();
  const auto ready = loopback().get("/readyz");
  ASSERT_TRUE(ready.ok());
  EXPECT_EQ(ready->status, 200) << ready->body;
  const auto people = local().call<v1::ListPeopleResponse>("ecg.v1.AdministrationService/ListPeople",
                                                           v1::ListPeopleRequest{});
  ASSERT_TRUE(people.ok());
  EXPECT_EQ(people->people_size(), 0);
}

TEST_F(RunningCenter, KeysAndSocketAreTheOwnersOnly) {
  start();
  for (const char* name : {"keys/ca.key", "keys/server.key", "keys/receipt.key", "ctl.sock"}) {
    struct stat facts {};
    ASSERT_EQ(::stat((center_.state() / name).c_str(), &facts), 0) << name;
    EXPECT_EQ(facts.st_mode & 077u, 0U) << name;
  }
}

TEST_F(RunningCenter, TheLocalAdministratorAddsPeopleWhoThenSignIn) {
  start();
  add_person("li", v1::ROLE_READER);
  const std::string token = sign_in("li");
  const auto list = loopback(token).call<v1::ListWorklistResponse>("ecg.v1.WorklistService/ListWorklist",
                                                                   v1::ListWorklistRequest{});
  EXPECT_TRUE(list.ok());
  const auto refused = loopback(token).call<v1::ListPeopleResponse>("ecg.v1.AdministrationService/ListPeople",
                                                                    v1::ListPeopleRequest{});
  ASSERT_FALSE(refused.ok());
  EXPECT_TRUE(refused.error().code == ErrorCode::kNotAllowed);
  const auto nobody = loopback().call<v1::ListWorklistResponse>("ecg.v1.WorklistService/ListWorklist",
                                                                v1::ListWorklistRequest{});
  ASSERT_FALSE(nobody.ok());
  EXPECT_TRUE(nobody.error().code == ErrorCode::kNotSignedIn);
}

TEST_F(RunningCenter, AccountsAndSessionsSurviveAPowerCut) {
  start();
  add_person("li", v1::ROLE_READER);
  const std::string token = sign_in("li");
  center_.kill_hard();
  start();
  const auto session = loopback(token).call<v1::GetSessionResponse>("ecg.v1.SignInService/GetSession",
                                                                    v1::GetSessionRequest{});
  ASSERT_TRUE(session.ok());
  EXPECT_EQ(session->person().user_name(), "li");
}

TEST_F(RunningCenter, StopsCleanlyOnSigtermAndStartsAgain) {
  start();
  EXPECT_EQ(center_.stop(), 0) << center_.log();
  start();
  EXPECT_EQ(center_.stop(), 0);
}

TEST_F(RunningCenter, ASecondServerOnTheSameStateIsRefused) {
  start();
  std::string output;
  const int status = CenterProcess::run(
      "serve --insecure-loopback -c " + (center_.folder() / "server.toml").string(), &output);
  EXPECT_EQ(status, 6) << output;
  EXPECT_NE(output.find("E1104"), std::string::npos) << output;
}

TEST_F(RunningCenter, APortInUseIsNamed) {
  start();
  const auto second = center_.folder() / "second.toml";
  std::ofstream(second)
      << "state_dir = \"" << (center_.folder() / "second").string()
      << "\"\n[gateways]\naddress = \"127.0.0.1\"\nport = " << center_.gateways_port()
      << "\n[enrolment]\naddress = \"127.0.0.1\"\nport = 0\n[browsers]\naddress = \"127.0.0.1\"\n"
      << "port = 0\n";
  std::string output;
  EXPECT_EQ(CenterProcess::run("serve --insecure-loopback -c " + second.string(), &output), 6) << output;
  EXPECT_NE(output.find("E1105"), std::string::npos) << output;
}

TEST_F(RunningCenter, PagesInClearTextAreForThisMachineOnly) {
  const auto file = center_.folder() / "open.toml";
  std::ofstream(file) << "state_dir = \"" << center_.state().string()
                      << "\"\n[browsers]\naddress = \"0.0.0.0\"\n";
  std::string output;
  EXPECT_EQ(CenterProcess::run("serve --insecure-loopback -c " + file.string(), &output), 2) << output;
  EXPECT_NE(output.find("browsers.address"), std::string::npos) << output;
}

TEST_F(RunningCenter, AConfigurationIsCheckedWithoutTouchingAnything) {
  const auto file = center_.folder() / "typo.toml";
  std::ofstream(file) << "state_dir = \"" << center_.state().string() << "\"\n[browsers]\nprot = 1\n";
  std::string output;
  EXPECT_EQ(CenterProcess::run("serve --check-config -c " + file.string(), &output), 2);
  EXPECT_NE(output.find("browsers.port"), std::string::npos) << output;
  EXPECT_FALSE(std::filesystem::exists(center_.state()));
}

}  // namespace
}  // namespace ecg::tests
