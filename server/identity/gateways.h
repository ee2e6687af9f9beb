// Which gateway a certificate stands for: the certificate names it, the store says whether it is still
// welcome.
#pragma once

#include <string>
#include <string_view>

#include "common/base/ids.h"
#include "common/base/result.h"
#include "common/net/tls.h"
#include "server/store/store.h"

namespace ecg::identity {

struct GatewayIdentity {
  SiteId site;
  GatewayId gateway;
};

// "spiffe://<center>/site/<site>/gw/<gateway>"; center: letters, digits, '.' and '-'.
std::string gateway_uri(std::string_view center, const GatewayIdentity& identity);
// Errors: kGatewayUnknown (another center, another form, no or several URIs).
Result<GatewayIdentity> read_gateway_uri(std::string_view center, const net::CertificateFacts& certificate);

// Consulted at every call and again on open streams, so that a revoked gateway stops within seconds.
// Errors: kGatewayUnknown (never enrolled here, replaced by a newer certificate, or bound to another site),
// kGatewayRevoked, kStorageFailed.
Result<GatewayIdentity> identify_gateway(std::string_view center, const net::CertificateFacts& certificate,
                                         const store::Snapshot& snapshot);

}  // namespace ecg::identity
