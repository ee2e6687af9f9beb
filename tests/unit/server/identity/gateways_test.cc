#include "server/identity/gateways.h"

#include "tests/unit/server/identity/identity_fixture.h"

namespace ecg::identity {
namespace {

class GatewaysTest : public IdentityFixture {
 protected:
  net::CertificateFacts certificate(const std::string& site) {
    net::CertificateFacts facts;
    facts.uris = {gateway_uri("county", {SiteId(site), gateway_})};
    facts.sha256 = std::string(32, 'f');
    facts.fingerprint = net::hex(facts.sha256);
    return facts;
  }
  void put_gateway(std::optional<Timestamp> revoked_at = {}) {
    put_site("baishi");
    store::GatewayRecord record;
    record.id = gateway_;
    record.site = SiteId("baishi");
    record.certificate_sha256 = std::string(32, 'f');
    record.enrolled_at = clock_.now();
    record.expires_at = clock_.now() + std::chrono::hours(24);
    record.revoked_at = revoked_at;
    ASSERT_TRUE(store_->write_wait([&](store::Transaction& t) { return t.put_gateway(record); }).ok());
  }
  ErrorCode identify(const net::CertificateFacts& facts) {
    ErrorCode code{};
    const auto read = store_->read([&](const store::Snapshot& snapshot) -> Result<void> {
      const auto identity = identify_gateway("county", facts, snapshot);
      if (!identity.ok()) return identity.error();
      EXPECT_EQ(identity->site.value, "baishi");
      EXPECT_EQ(identity->gateway, gateway_);
      return {};
    });
    if (!read.ok()) code = read.error().code;
    return code;
  }
  GatewayId gateway_{random_id(random_)};
};

TEST_F(GatewaysTest, AnEnrolledCertificateIsItsGateway) {
  put_gateway();
  EXPECT_EQ(identify(certificate("baishi")), ErrorCode{});
}

TEST_F(GatewaysTest, RevokedUnknownOrReplacedCertificatesAreRefusedByName) {
  EXPECT_EQ(identify(certificate("baishi")), ErrorCode::kGatewayUnknown);
  put_gateway(clock_.now());
  EXPECT_EQ(identify(certificate("baishi")), ErrorCode::kGatewayRevoked);
  auto other = certificate("baishi");
  other.sha256 = std::string(32, 'e');
  EXPECT_EQ(identify(other), ErrorCode::kGatewayUnknown);
}

TEST_F(GatewaysTest, ACertificateOfAnotherSiteIsRefused) {
  put_gateway();
  EXPECT_EQ(identify(certificate("qingshan")), ErrorCode::kGatewayUnknown);
}

TEST_F(GatewaysTest, OnlyTheOneFormOfUriIsUnderstood) {
  auto facts = certificate("baishi");
  EXPECT_TRUE(read_gateway_uri("county", facts).ok());
  EXPECT_FALSE(read_gateway_uri("count", facts).ok());
  EXPECT_FALSE(read_gateway_uri("county2", facts).ok());
  const std::string good = facts.uris.front();
  for (const auto& bad :
       {std::string(), good + "/", good + "x", "https" + good.substr(6), good.substr(0, good.size() - 1),
        std::string("spiffe://county/site//gw/") + gateway_.value,
        std::string("spiffe://county/site/bai/shi/gw/") + gateway_.value}) {
    facts.uris = {bad};
    EXPECT_FALSE(read_gateway_uri("county", facts).ok()) << bad;
  }
  facts.uris = {good, good};
  EXPECT_FALSE(read_gateway_uri("county", facts).ok());
  facts.uris = {};
  EXPECT_FALSE(read_gateway_uri("county", facts).ok());
}

}  // namespace
}  // namespace ecg::identity
