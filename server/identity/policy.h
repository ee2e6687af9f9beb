// THE policy table of the center: for every method of every service it serves, who may call. Every
// transport's guard consults it before every call; a method without a row is refused, and a test fails.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "ecg/v1/site.pb.h"

#include "common/base/result.h"
#include "common/net/policy.h"

namespace ecg::identity {

// Roles are bits, as PersonRecord and Caller hold them.
constexpr std::uint32_t role_bit(v1::Role role) {
  return 1u << static_cast<unsigned>(role);
}
inline constexpr std::uint32_t kClinicOperator = role_bit(v1::ROLE_CLINIC_OPERATOR);
inline constexpr std::uint32_t kReader = role_bit(v1::ROLE_READER);
inline constexpr std::uint32_t kAdministrator = role_bit(v1::ROLE_ADMINISTRATOR);
inline constexpr std::uint32_t kAllRoles = kClinicOperator | kReader | kAdministrator;

// What the caller has shown.
enum class Proof : std::uint8_t { kNone, kSession, kUnixSocket, kGatewayCertificate };

std::span<const net::PolicyRow> policy_table();
std::span<const std::string_view> served_services();

// roles: of the session. Errors: kNotAllowed (also for a method without a row), kNotSignedIn,
// kGatewayUnknown.
Result<void> check_policy(std::string_view method, Proof proof, std::uint32_t roles);
// Whether a call of this method can do without a session; the guard then need not look one up.
bool is_public(std::string_view method);

}  // namespace ecg::identity
