// TLS material of a center and its gateways: keys, the center's own CA, certificates, fingerprints,
// signatures. All keys are ECDSA P-256, all digests SHA-256. OpenSSL stays in the .cc. Private keys are PEM
// texts that callers keep in files with mode 0600 (write_file_durably).
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"

namespace ecg::net {

// What a listener or a caller shows: leaf first, then the CA.
struct TlsMaterial {
  std::string certificate_pem;
  std::string key_pem;
};

// Errors: kTlsFailed (not PEM, or the key is another certificate's).
Result<void> check_material(const TlsMaterial& material);

struct CertificateFacts {
  std::string fingerprint;         // SHA-256 of the DER form, 64 hex digits
  std::string sha256;              // the same, 32 bytes
  std::string subject;             // common name
  std::vector<std::string> uris;   // of the subject alternative name
  std::vector<std::string> names;  // DNS names and IP addresses
  std::string serial;              // hex
  Timestamp not_before;
  Timestamp not_after;
  bool is_ca = false;
};
// The first certificate of the text. Errors: kTlsFailed.
Result<CertificateFacts> read_certificate(std::string_view pem);

std::string sha256(std::string_view data);  // 32 bytes
std::string hex(std::string_view bytes);
// Takes the same time whatever the difference; false when the lengths differ.
bool equal_in_constant_time(std::string_view a, std::string_view b);

std::string make_key_pem();
// PKCS#10, DER, signed with the key. Errors: kTlsFailed.
Result<std::string> make_csr_der(std::string_view key_pem, std::string_view common_name);
// SubjectPublicKeyInfo, DER.
Result<std::string> public_key_der(std::string_view key_pem);

// DER signature of SHA-256(message). Errors: kTlsFailed (not a key).
Result<std::string> sign(std::string_view key_pem, std::string_view message);
bool verify(std::string_view public_key_der, std::string_view message, std::string_view signature);
// Names a public key: the first 16 hex digits of the SHA-256 of its DER form.
std::string key_id(std::string_view public_key_der);

inline constexpr std::chrono::hours kCaLifetime{24 * 3653};
inline constexpr std::chrono::hours kServerCertificateLifetime{24 * 397};
inline constexpr std::chrono::hours kGatewayCertificateLifetimeMax{24 * 90};

// The center's own certificate authority. Constant after construction; any thread.
class CertificateAuthority {
 public:
  // Makes a new one. clock: for the validity.
  static Result<CertificateAuthority> create(std::string_view center_name, const Clock& clock);
  // Errors: kTlsFailed (not PEM, not a CA, key and certificate do not belong together).
  static Result<CertificateAuthority> load(std::string certificate_pem, std::string key_pem);
  // Reads ca.pem and ca.key from the folder, or makes them (key 0600, certificate 0644) when neither is
  // there. Errors: as above, kFileUnreadable, kFileNotFound (one of the two is missing), kStorageFailed.
  static Result<CertificateAuthority> open(const std::filesystem::path& folder, std::string_view center_name,
                                           const Clock& clock);

  const std::string& certificate_pem() const { return certificate_pem_; }
  const std::string& key_pem() const { return key_pem_; }
  std::string fingerprint() const;  // SHA-256 of the DER form, 32 bytes

  // A server certificate with a fresh key. names: DNS names or numeric addresses; at least one.
  Result<TlsMaterial> issue_server(const std::vector<std::string>& names, const Clock& clock) const;
  // A client certificate for the key of the request; nothing else of the request is taken over. The URI
  // becomes its only subject alternative name. Errors: kEnrolmentRequestBad (not PKCS#10, not P-256,
  // signature wrong), kConfigInvalid (lifetime above kGatewayCertificateLifetimeMax).
  Result<std::string> issue_gateway(std::string_view csr_der, const std::string& uri,
                                    const std::string& common_name, std::chrono::hours lifetime,
                                    const Clock& clock) const;

 private:
  CertificateAuthority(std::string certificate_pem, std::string key_pem)
      : certificate_pem_(std::move(certificate_pem)), key_pem_(std::move(key_pem)) {}
  std::string certificate_pem_;
  std::string key_pem_;
};

}  // namespace ecg::net
