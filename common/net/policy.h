// The form of a policy table: for every method of a program's services who may call it. The program's guard
// consults the table before every call; a method without a row is refused.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ecg::net {

struct PolicyRow {
  std::string_view method;       // "ecg.v1.ReadingService/ClaimStudy"
  std::uint32_t roles_mask = 0;  // any of these roles may call
  std::uint32_t flags = 0;       // of PolicyFlag
};

enum PolicyFlag : std::uint32_t {
  kPublic = 1u << 0,       // before signing in
  kAnySignedIn = 1u << 1,  // whatever the role
  kLocalAdmin = 1u << 2,   // whoever may open the program's Unix socket
  kGateway = 1u << 3,      // a gateway's certificate, over mTLS; nobody else
};

// nullptr: no row.
const PolicyRow* find_policy(std::span<const PolicyRow> table, std::string_view method);

// Every service of proto/ecg/v1, sorted: "ecg.v1.AdministrationService", ...
std::vector<std::string> contract_services();

// The methods of these services ("ecg.v1.ReadingService") that have no row, and the rows that name no method
// of theirs.
struct PolicyGaps {
  std::vector<std::string> without_row;
  std::vector<std::string> without_method;
};
PolicyGaps policy_gaps(std::span<const PolicyRow> table, std::span<const std::string_view> services);

}  // namespace ecg::net
