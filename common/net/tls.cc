#include "common/net/tls.h"

#include <array>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <utility>

#include <arpa/inet.h>
#include <openssl/bio.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "common/base/file.h"

namespace ecg::net {
namespace {

constexpr std::size_t kPemBytesMax = 64 * 1024;
constexpr std::chrono::minutes kClockTolerance{5};  // a gateway's clock may be a little behind

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Request = std::unique_ptr<X509_REQ, Freer<X509_REQ_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freer<EVP_MD_CTX_free>>;
using Name = std::unique_ptr<X509_NAME, Freer<X509_NAME_free>>;

std::string openssl_reason() {
  std::array<char, 256> text{};
  const auto code = ERR_get_error();
  ERR_clear_error();
  if (code == 0) return {};
  ERR_error_string_n(code, text.data(), text.size());
  return text.data();
}

Error tls_failed(std::string subject) {
  return Error{ErrorCode::kTlsFailed, std::move(subject), openssl_reason()};
}

void must(bool done) {
  if (!done) std::abort();  // out of memory, or OpenSSL itself is broken
}

Bio reader(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

std::string content(BIO* bio) {
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Key parse_key(std::string_view pem) {
  const auto bio = reader(pem);
  return Key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

Certificate parse_certificate(std::string_view pem) {
  const auto bio = reader(pem);
  return Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

std::string pem_of(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  must(PEM_write_bio_X509(bio.get(), certificate) == 1);
  return content(bio.get());
}

Key make_key() {
  Key key(EVP_EC_gen("P-256"));
  must(key != nullptr);
  return key;
}

std::string pem_of(EVP_PKEY* key) {
  const Bio bio(BIO_new(BIO_s_mem()));
  must(PEM_write_bio_PKCS8PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return content(bio.get());
}

template <class T, class Encode>
std::string der_of(T* object, Encode encode) {
  unsigned char* data = nullptr;
  const int size = encode(object, &data);
  must(size > 0);
  std::string out(reinterpret_cast<char*>(data), static_cast<std::size_t>(size));  // NOLINT: OpenSSL's bytes
  OPENSSL_free(data);
  return out;
}

const unsigned char* bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());  // NOLINT: OpenSSL's bytes
}

bool is_p256(EVP_PKEY* key) {
  std::array<char, 64> group{};
  std::size_t length = 0;
  return key != nullptr && EVP_PKEY_get_base_id(key) == EVP_PKEY_EC &&
         EVP_PKEY_get_group_name(key, group.data(), group.size(), &length) == 1 &&
         std::string_view(group.data(), length) == "prime256v1";
}

void set_name(X509_NAME* name, std::string_view common_name) {
  must(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, bytes(common_name.substr(0, 64)),
                                  static_cast<int>(std::min<std::size_t>(common_name.size(), 64)), -1,
                                  0) == 1);
}

void add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  must(extension != nullptr);
  must(X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

std::time_t seconds_of(Timestamp t) {
  return std::chrono::duration_cast<std::chrono::seconds>(t.time_since_epoch()).count();
}

Certificate blank_certificate(std::string_view common_name, EVP_PKEY* key, std::chrono::hours lifetime,
                              const Clock& clock) {
  Certificate certificate(X509_new());
  must(certificate != nullptr);
  must(X509_set_version(certificate.get(), X509_VERSION_3) == 1);
  std::array<unsigned char, 16> serial{};
  must(RAND_bytes(serial.data(), serial.size()) == 1);
  serial[0] &= 0x7F;  // positive
  BIGNUM* number = BN_bin2bn(serial.data(), serial.size(), nullptr);
  must(BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get())) != nullptr);
  BN_free(number);
  const auto now = clock.now();
  must(ASN1_TIME_set(X509_getm_notBefore(certificate.get()), seconds_of(now - kClockTolerance)) != nullptr);
  must(ASN1_TIME_set(X509_getm_notAfter(certificate.get()), seconds_of(now + lifetime)) != nullptr);
  must(X509_set_pubkey(certificate.get(), key) == 1);
  set_name(X509_get_subject_name(certificate.get()), common_name);
  return certificate;
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string value;
  for (const auto& name : names) {
    std::array<unsigned char, 16> parsed{};
    const bool address = ::inet_pton(AF_INET, name.c_str(), parsed.data()) == 1 ||
                         ::inet_pton(AF_INET6, name.c_str(), parsed.data()) == 1;
    value += (value.empty() ? "" : ",") + std::string(address ? "IP:" : "DNS:") + name;
  }
  return value;
}

// A comma or a line break would begin another entry of OpenSSL's extension text.
bool plain_text(std::string_view text) {
  return !text.empty() && text.size() <= 512 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:/") ==
             std::string_view::npos;
}

Timestamp timestamp_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return {};
  return Timestamp(std::chrono::seconds(::timegm(&parts)));
}

std::string text_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),  // NOLINT: OpenSSL's bytes
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

void read_alternative_names(X509* certificate, CertificateFacts& out) {
  auto* names =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  if (names == nullptr) return;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const auto* name = sk_GENERAL_NAME_value(names, i);
    if (name->type == GEN_URI) out.uris.push_back(text_of(name->d.uniformResourceIdentifier));
    if (name->type == GEN_DNS) out.names.push_back(text_of(name->d.dNSName));
    if (name->type != GEN_IPADD) continue;
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool v4 = ASN1_STRING_length(name->d.iPAddress) == 4;
    if (::inet_ntop(v4 ? AF_INET : AF_INET6, ASN1_STRING_get0_data(name->d.iPAddress), text.data(),
                    text.size()))
      out.names.emplace_back(text.data());
  }
  GENERAL_NAMES_free(names);
}

std::string serial_of(const X509* certificate) {
  BIGNUM* number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr);
  char* text = BN_bn2hex(number);
  std::string out = text == nullptr ? "" : text;
  OPENSSL_free(text);
  BN_free(number);
  return out;
}

std::string fingerprint_of(X509* certificate) {
  return sha256(der_of(certificate, i2d_X509));
}

}  // namespace

Result<void> check_material(const TlsMaterial& material) {
  const auto certificate = parse_certificate(material.certificate_pem);
  const auto key = parse_key(material.key_pem);
  if (!certificate || !key || X509_check_private_key(certificate.get(), key.get()) != 1)
    return tls_failed("certificate and key");
  return {};
}

Result<CertificateFacts> read_certificate(std::string_view pem) {
  const auto certificate = parse_certificate(pem);
  if (!certificate) return tls_failed("certificate");
  CertificateFacts out;
  out.sha256 = fingerprint_of(certificate.get());
  out.fingerprint = hex(out.sha256);
  const auto* subject = X509_get_subject_name(certificate.get());
  const int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (at >= 0) out.subject = text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at)));
  read_alternative_names(certificate.get(), out);
  out.serial = serial_of(certificate.get());
  out.not_before = timestamp_of(X509_get0_notBefore(certificate.get()));
  out.not_after = timestamp_of(X509_get0_notAfter(certificate.get()));
  out.is_ca = X509_check_ca(certificate.get()) == 1;
  return out;
}

std::string sha256(std::string_view data) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  must(EVP_Digest(data.data(), data.size(), digest.data(), &length, EVP_sha256(), nullptr) == 1);
  return {reinterpret_cast<char*>(digest.data()), length};  // NOLINT: OpenSSL's bytes
}

std::string hex(std::string_view text) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15u];
  }
  return out;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string make_key_pem() {
  return pem_of(make_key().get());
}

Result<std::string> make_csr_der(std::string_view key_pem, std::string_view common_name) {
  const auto key = parse_key(key_pem);
  if (!key) return tls_failed("private key");
  const Request request(X509_REQ_new());
  must(request != nullptr && X509_REQ_set_pubkey(request.get(), key.get()) == 1);
  const Name name(X509_NAME_new());
  set_name(name.get(), common_name);
  must(X509_REQ_set_subject_name(request.get(), name.get()) == 1);
  if (X509_REQ_sign(request.get(), key.get(), EVP_sha256()) == 0) return tls_failed("certificate request");
  return der_of(request.get(), i2d_X509_REQ);
}

Result<std::string> public_key_der(std::string_view key_pem) {
  const auto key = parse_key(key_pem);
  if (!key) return tls_failed("private key");
  return der_of(key.get(), i2d_PUBKEY);
}

Result<std::string> sign(std::string_view key_pem, std::string_view message) {
  const auto key = parse_key(key_pem);
  if (!key) return tls_failed("private key");
  const DigestContext context(EVP_MD_CTX_new());
  std::array<unsigned char, 256> signature{};
  std::size_t length = signature.size();
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &length, bytes(message), message.size()) != 1)
    return tls_failed("signature");
  return std::string(reinterpret_cast<char*>(signature.data()), length);  // NOLINT: OpenSSL's bytes
}

bool verify(std::string_view public_key_der, std::string_view message, std::string_view signature) {
  const auto* data = bytes(public_key_der);
  const Key key(d2i_PUBKEY(nullptr, &data, static_cast<long>(public_key_der.size())));
  if (!is_p256(key.get())) return false;
  const DigestContext context(EVP_MD_CTX_new());
  const bool valid = EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
                     EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(message),
                                      message.size()) == 1;
  ERR_clear_error();
  return valid;
}

std::string key_id(std::string_view public_key_der) {
  return hex(sha256(public_key_der)).substr(0, 16);
}

Result<CertificateAuthority> CertificateAuthority::create(std::string_view center_name, const Clock& clock) {
  const auto key = make_key();
  const auto certificate = blank_certificate(std::string(center_name) + " CA", key.get(), kCaLifetime, clock);
  auto* self = certificate.get();
  must(X509_set_issuer_name(self, X509_get_subject_name(self)) == 1);
  add_extension(self, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  add_extension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(self, self, NID_subject_key_identifier, "hash");
  must(X509_sign(self, key.get(), EVP_sha256()) != 0);
  return CertificateAuthority(pem_of(self), pem_of(key.get()));
}

Result<CertificateAuthority> CertificateAuthority::load(std::string certificate_pem, std::string key_pem) {
  const auto certificate = parse_certificate(certificate_pem);
  const auto key = parse_key(key_pem);
  if (!certificate || !key || X509_check_ca(certificate.get()) != 1 ||
      X509_check_private_key(certificate.get(), key.get()) != 1)
    return tls_failed("certificate authority");
  return CertificateAuthority(std::move(certificate_pem), std::move(key_pem));
}

Result<CertificateAuthority> CertificateAuthority::open(const std::filesystem::path& folder,
                                                        std::string_view center_name, const Clock& clock) {
  const auto certificate_file = folder / "ca.pem";
  const auto key_file = folder / "ca.key";
  if (!std::filesystem::exists(certificate_file) && !std::filesystem::exists(key_file)) {
    ECG_ASSIGN(auto made, create(center_name, clock));
    ECG_TRY(write_file_durably(key_file, made.key_pem(), 0600));
    ECG_TRY(write_file_durably(certificate_file, made.certificate_pem(), 0644));
    return made;
  }
  ECG_ASSIGN(auto certificate_pem, read_file(certificate_file, kPemBytesMax));
  ECG_ASSIGN(auto key_pem, read_file(key_file, kPemBytesMax));
  return load(std::move(certificate_pem), std::move(key_pem));
}

std::string CertificateAuthority::fingerprint() const {
  return fingerprint_of(parse_certificate(certificate_pem_).get());
}

Result<TlsMaterial> CertificateAuthority::issue_server(const std::vector<std::string>& names,
                                                       const Clock& clock) const {
  for (const auto& name : names)
    if (!plain_text(name)) return Error{ErrorCode::kConfigInvalid, "server name: " + name};
  if (names.empty()) return Error{ErrorCode::kConfigInvalid, "server name"};
  const auto issuer = parse_certificate(certificate_pem_);
  const auto issuer_key = parse_key(key_pem_);
  const auto key = make_key();
  const auto certificate = blank_certificate(names.front(), key.get(), kServerCertificateLifetime, clock);
  auto* leaf = certificate.get();
  must(X509_set_issuer_name(leaf, X509_get_subject_name(issuer.get())) == 1);
  add_extension(leaf, issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(leaf, issuer.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(leaf, issuer.get(), NID_ext_key_usage, "serverAuth");
  add_extension(leaf, issuer.get(), NID_authority_key_identifier, "keyid:always");
  add_extension(leaf, issuer.get(), NID_subject_alt_name, alternative_names(names));
  must(X509_sign(leaf, issuer_key.get(), EVP_sha256()) != 0);
  return TlsMaterial{pem_of(leaf) + certificate_pem_, pem_of(key.get())};
}

Result<std::string> CertificateAuthority::issue_gateway(std::string_view csr_der, const std::string& uri,
                                                        const std::string& common_name,
                                                        std::chrono::hours lifetime,
                                                        const Clock& clock) const {
  if (lifetime > kGatewayCertificateLifetimeMax || lifetime <= std::chrono::hours(0))
    return Error{ErrorCode::kConfigInvalid, "certificate lifetime"};
  if (!plain_text(uri)) return Error{ErrorCode::kConfigInvalid, "certificate uri"};
  const auto* data = bytes(csr_der);
  const Request request(d2i_X509_REQ(nullptr, &data, static_cast<long>(csr_der.size())));
  EVP_PKEY* key = request ? X509_REQ_get0_pubkey(request.get()) : nullptr;
  if (!is_p256(key) || X509_REQ_verify(request.get(), key) != 1)
    return Error{ErrorCode::kEnrolmentRequestBad, "certificate request", openssl_reason()};
  const auto issuer = parse_certificate(certificate_pem_);
  const auto issuer_key = parse_key(key_pem_);
  const auto certificate = blank_certificate(common_name, key, lifetime, clock);
  auto* leaf = certificate.get();
  must(X509_set_issuer_name(leaf, X509_get_subject_name(issuer.get())) == 1);
  add_extension(leaf, issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(leaf, issuer.get(), NID_key_usage, "critical,digitalSignature");
  add_extension(leaf, issuer.get(), NID_ext_key_usage, "clientAuth");
  add_extension(leaf, issuer.get(), NID_authority_key_identifier, "keyid:always");
  add_extension(leaf, issuer.get(), NID_subject_alt_name, "URI:" + uri);
  must(X509_sign(leaf, issuer_key.get(), EVP_sha256()) != 0);
  return pem_of(leaf);
}

}  // namespace ecg::net
