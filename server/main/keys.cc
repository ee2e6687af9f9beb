#include "server/main/keys.h"

#include <algorithm>
#include <cerrno>
#include <functional>
#include <utility>

#include <sys/stat.h>

#include "common/base/file.h"
#include "common/base/log.h"

namespace ecg::server {
namespace {

constexpr std::size_t kPemBytesMax = 64 * 1024;
constexpr Duration kRenewBefore = std::chrono::hours{24 * 30};

Result<std::string> read_or_make(const std::filesystem::path& file,
                                 const std::function<std::string()>& make) {
  auto found = read_file(file, kPemBytesMax);
  if (found.ok() || found.error().code != ErrorCode::kFileNotFound) return found;
  std::string made = make();
  ECG_TRY(write_file_durably(file, made, 0600));
  return made;
}

// True when the certificate was issued by this CA, names all hosts and does not end soon.
bool serves(const net::CertificateFacts& facts, const std::vector<std::string>& host_names, Timestamp now) {
  return facts.not_after > now + kRenewBefore &&
         std::ranges::all_of(host_names, [&](const std::string& name) {
           return std::ranges::find(facts.names, name) != facts.names.end();
         });
}

Result<net::TlsMaterial> server_material(const std::filesystem::path& folder,
                                         const net::CertificateAuthority& authority,
                                         const std::vector<std::string>& host_names, const Clock& clock) {
  const auto certificate_file = folder / "server.pem";
  const auto key_file = folder / "server.key";
  const auto certificate = read_file(certificate_file, kPemBytesMax);
  const auto key = read_file(key_file, kPemBytesMax);
  if (certificate.ok() && key.ok()) {
    const auto facts = net::read_certificate(certificate.value());
    const bool ours = certificate.value().find(authority.certificate_pem()) != std::string::npos;
    if (facts.ok() && ours && serves(facts.value(), host_names, clock.now())) {
      return net::TlsMaterial{certificate.value(), key.value()};
    }
    log::info("server_certificate_replaced");
  }
  ECG_ASSIGN(auto issued, authority.issue_server(host_names, clock));
  ECG_TRY(write_file_durably(key_file, issued.key_pem, 0600));
  ECG_TRY(write_file_durably(certificate_file, issued.certificate_pem, 0644));
  return issued;
}

}  // namespace

Result<Keys> open_keys(const std::filesystem::path& folder, const std::string& center_name,
                       const std::vector<std::string>& host_names, const Clock& clock) {
  if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
    return Error{ErrorCode::kFileUnreadable, folder.string()};
  }
  ECG_ASSIGN(auto authority, net::CertificateAuthority::open(folder, center_name, clock));
  ECG_ASSIGN(auto server, server_material(folder, authority, host_names, clock));
  ECG_ASSIGN(const auto facts, net::read_certificate(server.certificate_pem));
  ECG_ASSIGN(auto receipt_pem, read_or_make(folder / "receipt.key", net::make_key_pem));
  ECG_ASSIGN(auto receipt, api::ReceiptKey::load(std::move(receipt_pem)));
  return Keys{std::move(authority), std::move(server), facts.not_after, std::move(receipt)};
}

}  // namespace ecg::server
