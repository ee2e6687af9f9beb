#include "server/identity/gateways.h"

namespace ecg::identity {
namespace {

Error unknown(const net::CertificateFacts& certificate) {
  return Error{ErrorCode::kGatewayUnknown, certificate.fingerprint.substr(0, 16)};
}

}  // namespace

std::string gateway_uri(std::string_view center, const GatewayIdentity& identity) {
  return "spiffe://" + std::string(center) + "/site/" + identity.site.value + "/gw/" + identity.gateway.value;
}

Result<GatewayIdentity> read_gateway_uri(std::string_view center, const net::CertificateFacts& certificate) {
  if (certificate.uris.size() != 1 || !certificate.names.empty()) return unknown(certificate);
  const std::string_view uri = certificate.uris.front();
  const std::string start = "spiffe://" + std::string(center) + "/site/";
  if (!uri.starts_with(start)) return unknown(certificate);
  const auto rest = uri.substr(start.size());
  const auto slash = rest.find('/');
  if (slash == std::string_view::npos || !rest.substr(slash).starts_with("/gw/")) return unknown(certificate);
  GatewayIdentity identity{SiteId(std::string(rest.substr(0, slash))),
                           GatewayId(std::string(rest.substr(slash + 4)))};
  if (!is_site_id(identity.site.value) || !is_random_id(identity.gateway.value)) return unknown(certificate);
  return identity;
}

Result<GatewayIdentity> identify_gateway(std::string_view center, const net::CertificateFacts& certificate,
                                         const store::Snapshot& snapshot) {
  ECG_ASSIGN(const auto identity, read_gateway_uri(center, certificate));
  ECG_ASSIGN(const auto record, snapshot.find_gateway_by_certificate(certificate.sha256));
  if (!record || record->id != identity.gateway || record->site != identity.site) return unknown(certificate);
  if (record->revoked_at) return Error{ErrorCode::kGatewayRevoked, identity.gateway.value};
  return identity;
}

}  // namespace ecg::identity
