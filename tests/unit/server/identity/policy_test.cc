#include "server/identity/policy.h"

#include <set>
#include <string>

#include <gtest/gtest.h>

namespace ecg::identity {
namespace {

TEST(Policy, EveryMethodServedHasARowAndEveryRowAMethod) {
  const auto gaps = net::policy_gaps(policy_table(), served_services());
  EXPECT_TRUE(gaps.without_row.empty()) << gaps.without_row.front();
  EXPECT_TRUE(gaps.without_method.empty()) << gaps.without_method.front();
}

// A new service of the contract is served here, or it is the gateway's own.
TEST(Policy, EveryServiceOfTheContractIsAccountedFor) {
  std::set<std::string> accounted(served_services().begin(), served_services().end());
  accounted.insert("ecg.v1.ClinicService");
  const auto contract = net::contract_services();
  EXPECT_EQ(accounted, std::set<std::string>(contract.begin(), contract.end()));
}

TEST(Policy, EveryRowAdmitsSomebody) {
  for (const auto& row : policy_table()) EXPECT_TRUE(row.roles_mask != 0 || row.flags != 0) << row.method;
}

// The whole table, cell by cell, against the rule in words.
TEST(Policy, EachCellBehavesAsTheRowSays) {
  for (const auto& row : policy_table()) {
    const auto allowed = [&](Proof proof, std::uint32_t roles) {
      return check_policy(row.method, proof, roles).ok();
    };
    const bool gateway = (row.flags & net::kGateway) != 0;
    const bool open = (row.flags & net::kPublic) != 0;
    EXPECT_EQ(allowed(Proof::kGatewayCertificate, kAllRoles), gateway) << row.method;
    EXPECT_EQ(allowed(Proof::kNone, kAllRoles), open) << row.method;
    EXPECT_EQ(allowed(Proof::kUnixSocket, 0), open || (row.flags & net::kLocalAdmin) != 0) << row.method;
    EXPECT_EQ(allowed(Proof::kSession, 0), open) << row.method;
    for (const auto role : {kClinicOperator, kReader, kAdministrator}) {
      const bool expected =
          !gateway && (open || (row.flags & net::kAnySignedIn) != 0 || (row.roles_mask & role) != 0);
      EXPECT_EQ(allowed(Proof::kSession, role), expected) << row.method << " " << role;
    }
  }
}

TEST(Policy, OnlyReadersActAsPhysicians) {
  for (const auto* method :
       {"ClaimStudy", "ClaimNext", "SaveDraft", "SignReport", "AmendReport", "DecideCritical"}) {
    const std::string name = std::string("ecg.v1.ReadingService/") + method;
    EXPECT_TRUE(check_policy(name, Proof::kSession, kReader).ok());
    EXPECT_EQ(check_policy(name, Proof::kSession, kAdministrator | kClinicOperator).error().code,
              ErrorCode::kNotAllowed);
    EXPECT_EQ(check_policy(name, Proof::kUnixSocket, 0).error().code, ErrorCode::kNotSignedIn);
  }
}

TEST(Policy, AMethodWithoutARowIsRefusedToEveryone) {
  for (const auto proof : {Proof::kNone, Proof::kSession, Proof::kUnixSocket, Proof::kGatewayCertificate})
    EXPECT_EQ(check_policy("ecg.v1.ReadingService/Vanish", proof, kAllRoles).error().code,
              ErrorCode::kNotAllowed);
  EXPECT_FALSE(is_public("ecg.v1.ReadingService/Vanish"));
  EXPECT_TRUE(is_public("ecg.v1.SignInService/SignIn"));
  EXPECT_FALSE(is_public("ecg.v1.ReadingService/GetStudy"));
}

TEST(Policy, GatewaysNeedTheirCertificate) {
  EXPECT_EQ(check_policy("ecg.v1.UploadService/Upload", Proof::kSession, kAllRoles).error().code,
            ErrorCode::kGatewayUnknown);
  EXPECT_EQ(check_policy("ecg.v1.AdministrationService/AddSite", Proof::kGatewayCertificate, 0).error().code,
            ErrorCode::kNotAllowed);
}

}  // namespace
}  // namespace ecg::identity
