#include "common/net/tls.h"

#include <filesystem>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace ecg::net {
namespace {

constexpr auto kUri = "spiffe://county/site/baishi/gw/gw1";

class TlsTest : public ::testing::Test {
 protected:
  SystemClock clock_;
};

TEST_F(TlsTest, GatewayCertificateHoldsTheUriAndNothingElseOfTheRequest) {
  const auto ca = CertificateAuthority::create("county", clock_);
  ASSERT_TRUE(ca.ok());
  const auto csr = make_csr_der(make_key_pem(), "root of all evil");
  ASSERT_TRUE(csr.ok());
  const auto pem = ca->issue_gateway(*csr, kUri, "gw1", std::chrono::hours(24 * 30), clock_);
  ASSERT_TRUE(pem.ok());
  const auto facts = read_certificate(*pem);
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(facts->subject, "gw1");
  EXPECT_EQ(facts->uris, std::vector<std::string>{kUri});
  EXPECT_TRUE(facts->names.empty());
  EXPECT_FALSE(facts->is_ca);
  EXPECT_EQ(facts->fingerprint.size(), 64u);
  const auto days =
      std::chrono::duration_cast<std::chrono::hours>(facts->not_after - clock_.now()).count() / 24.0;
  EXPECT_NEAR(days, 30, 0.1);
}

TEST_F(TlsTest, BadRequestsAndLongLifetimesAreRefused) {
  const auto ca = CertificateAuthority::create("county", clock_);
  auto csr = *make_csr_der(make_key_pem(), "x");
  const auto lifetime = std::chrono::hours(24);
  EXPECT_EQ(ca->issue_gateway("nonsense", kUri, "g", lifetime, clock_).error().code,
            ErrorCode::kEnrolmentRequestBad);
  auto damaged = csr;
  damaged[damaged.size() - 5] = static_cast<char>(damaged[damaged.size() - 5] ^ 1);
  EXPECT_EQ(ca->issue_gateway(damaged, kUri, "g", lifetime, clock_).error().code,
            ErrorCode::kEnrolmentRequestBad);
  EXPECT_EQ(ca->issue_gateway(csr, kUri, "g", kGatewayCertificateLifetimeMax + lifetime, clock_).error().code,
            ErrorCode::kConfigInvalid);
  EXPECT_TRUE(ca->issue_gateway(csr, kUri, "g", kGatewayCertificateLifetimeMax, clock_).ok());
  EXPECT_EQ(ca->issue_gateway(csr, "spiffe://a/b,DNS:evil", "g", lifetime, clock_).error().code,
            ErrorCode::kConfigInvalid);
}

TEST_F(TlsTest, TheAuthorityIsKeptInFilesClosedToOthers) {
  std::string pattern = (std::filesystem::temp_directory_path() / "ecg-ca-XXXXXX").string();
  const std::filesystem::path folder = ::mkdtemp(pattern.data());
  const auto made = CertificateAuthority::open(folder, "county", clock_);
  ASSERT_TRUE(made.ok());
  struct stat facts {};
  ASSERT_EQ(::stat((folder / "ca.key").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777u, 0600u);
  const auto again = CertificateAuthority::open(folder, "county", clock_);
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(made->fingerprint(), again->fingerprint());
  EXPECT_TRUE(read_certificate(made->certificate_pem())->is_ca);
  std::filesystem::remove(folder / "ca.key");
  EXPECT_EQ(CertificateAuthority::open(folder, "county", clock_).error().code, ErrorCode::kFileNotFound);
  std::filesystem::remove_all(folder);
  EXPECT_EQ(CertificateAuthority::load(made->certificate_pem(), make_key_pem()).error().code,
            ErrorCode::kTlsFailed);
}

TEST_F(TlsTest, ServerCertificatesNameHostsAndAddresses) {
  const auto ca = CertificateAuthority::create("county", clock_);
  const auto material = ca->issue_server({"center.example", "127.0.0.1", "::1"}, clock_);
  ASSERT_TRUE(material.ok());
  EXPECT_EQ(read_certificate(material->certificate_pem)->names,
            (std::vector<std::string>{"center.example", "127.0.0.1", "::1"}));
  EXPECT_EQ(ca->issue_server({}, clock_).error().code, ErrorCode::kConfigInvalid);
  EXPECT_EQ(ca->issue_server({"a,DNS:b"}, clock_).error().code, ErrorCode::kConfigInvalid);
}

TEST_F(TlsTest, SignaturesHoldForTheirMessageAndKeyOnly) {
  const auto key = make_key_pem();
  const auto der = *public_key_der(key);
  auto signature = *sign(key, "receipt");
  EXPECT_TRUE(verify(der, "receipt", signature));
  EXPECT_FALSE(verify(der, "receipt!", signature));
  EXPECT_FALSE(verify(*public_key_der(make_key_pem()), "receipt", signature));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    auto changed = signature;
    changed[i] = static_cast<char>(changed[i] ^ 4);
    EXPECT_FALSE(verify(der, "receipt", changed)) << i;
  }
  EXPECT_FALSE(verify("not a key", "receipt", signature));
  EXPECT_EQ(key_id(der).size(), 16u);
  EXPECT_EQ(sign("not a key", "x").error().code, ErrorCode::kTlsFailed);
}

TEST_F(TlsTest, DigestAndConstantTimeComparison) {
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_TRUE(equal_in_constant_time("abc", "abc"));
  EXPECT_FALSE(equal_in_constant_time("abc", "abd"));
  EXPECT_FALSE(equal_in_constant_time("abc", "ab"));
}

}  // namespace
}  // namespace ecg::net
