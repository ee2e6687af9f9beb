#include "server/identity/policy.h"

#include <array>
#include <string>

namespace ecg::identity {
namespace {

using net::PolicyRow;
using enum net::PolicyFlag;

// The Unix socket stands for whoever runs the center's machine. It administers and it looks, as that person
// can with the files anyway; it never acts as a physician: claiming, drafting, signing and deciding take a
// named reader's session.
constexpr std::array kTable = {
    PolicyRow{"ecg.v1.SignInService/SignIn", 0, kPublic},
    PolicyRow{"ecg.v1.SignInService/SignOut", 0, kPublic},
    PolicyRow{"ecg.v1.SignInService/GetSession", 0, kAnySignedIn | kLocalAdmin},
    PolicyRow{"ecg.v1.SignInService/ChangePassword", 0, kAnySignedIn},

    PolicyRow{"ecg.v1.WorklistService/ListWorklist", kReader, kLocalAdmin},
    PolicyRow{"ecg.v1.WorklistService/ListStudies", kReader | kAdministrator, kLocalAdmin},

    PolicyRow{"ecg.v1.ReadingService/ClaimStudy", kReader, 0},
    PolicyRow{"ecg.v1.ReadingService/ClaimNext", kReader, 0},
    PolicyRow{"ecg.v1.ReadingService/RenewLease", kReader, 0},
    PolicyRow{"ecg.v1.ReadingService/ReleaseStudy", kReader, 0},
    PolicyRow{"ecg.v1.ReadingService/GetStudy", kReader, kLocalAdmin},
    PolicyRow{"ecg.v1.ReadingService/GetWaveform", kReader, kLocalAdmin},
    PolicyRow{"ecg.v1.ReadingService/SaveDraft", kReader, 0},
    PolicyRow{"ecg.v1.ReadingService/SignReport", kReader, 0},
    PolicyRow{"ecg.v1.ReadingService/AmendReport", kReader, 0},
    PolicyRow{"ecg.v1.ReadingService/ReturnStudy", kReader, 0},
    PolicyRow{"ecg.v1.ReadingService/DecideCritical", kReader, 0},
    PolicyRow{"ecg.v1.ReadingService/GetReport", kReader, kLocalAdmin},
    PolicyRow{"ecg.v1.ReadingService/ListStatements", 0, kAnySignedIn | kLocalAdmin},

    PolicyRow{"ecg.v1.EventService/Subscribe", kReader | kAdministrator, kLocalAdmin},

    PolicyRow{"ecg.v1.AdministrationService/GetNetworkHealth", kAdministrator, kLocalAdmin},
    PolicyRow{"ecg.v1.AdministrationService/AddSite", kAdministrator, kLocalAdmin},
    PolicyRow{"ecg.v1.AdministrationService/RevokeGateway", kAdministrator, kLocalAdmin},
    PolicyRow{"ecg.v1.AdministrationService/ListPeople", kAdministrator, kLocalAdmin},
    PolicyRow{"ecg.v1.AdministrationService/AddPerson", kAdministrator, kLocalAdmin},
    PolicyRow{"ecg.v1.AdministrationService/SetPassword", kAdministrator, kLocalAdmin},
    PolicyRow{"ecg.v1.AdministrationService/SetPersonDisabled", kAdministrator, kLocalAdmin},
    PolicyRow{"ecg.v1.AdministrationService/ListQuarantine", kAdministrator, kLocalAdmin},
    PolicyRow{"ecg.v1.AdministrationService/CreateBackup", 0,
              kLocalAdmin},  // writes a file on the center's machine

    PolicyRow{"ecg.v1.EnrolmentService/Enroll", 0, kPublic},  // the code is the proof
    PolicyRow{"ecg.v1.UploadService/Upload", 0, kGateway},
    PolicyRow{"ecg.v1.ExchangeService/Exchange", 0, kGateway},
};

constexpr std::array<std::string_view, 8> kServices = {
    "ecg.v1.SignInService", "ecg.v1.WorklistService",       "ecg.v1.ReadingService",
    "ecg.v1.EventService",  "ecg.v1.AdministrationService", "ecg.v1.EnrolmentService",
    "ecg.v1.UploadService", "ecg.v1.ExchangeService"};

Error not_allowed(std::string_view method) {
  return Error{ErrorCode::kNotAllowed, std::string(method)};
}

}  // namespace

std::span<const PolicyRow> policy_table() {
  return kTable;
}
std::span<const std::string_view> served_services() {
  return kServices;
}

bool is_public(std::string_view method) {
  const auto* row = net::find_policy(kTable, method);
  return row != nullptr && (row->flags & kPublic) != 0;
}

Result<void> check_policy(std::string_view method, Proof proof, std::uint32_t roles) {
  const auto* row = net::find_policy(kTable, method);
  if (row == nullptr) return not_allowed(method);
  if ((row->flags & kGateway) != 0) {
    if (proof == Proof::kGatewayCertificate) return {};
    return Error{ErrorCode::kGatewayUnknown, std::string(method)};
  }
  if (proof == Proof::kGatewayCertificate) return not_allowed(method);
  if ((row->flags & kPublic) != 0) return {};
  if (proof == Proof::kNone) return Error{ErrorCode::kNotSignedIn, ""};
  if (proof == Proof::kUnixSocket && (row->flags & kLocalAdmin) != 0) return {};
  if (proof != Proof::kSession) return Error{ErrorCode::kNotSignedIn, ""};
  if ((row->flags & kAnySignedIn) != 0 && (roles & kAllRoles) != 0) return {};
  if ((row->roles_mask & roles) != 0) return {};
  return not_allowed(method);
}

}  // namespace ecg::identity
