// The center's keys, in the folder "keys" of its state: its own CA, the server's certificate, the receipt
// key. Made at the first start; private ones are readable by their owner only.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/net/tls.h"
#include "server/api/grpc/receipt_key.h"

namespace ecg::server {

struct Keys {
  net::CertificateAuthority authority;
  net::TlsMaterial server;
  Timestamp server_expires_at;
  api::ReceiptKey receipt;
};

// host_names: all that the server's certificate must name. A certificate that lacks one, or ends within 30
// days, is replaced. Errors: as above.
Result<Keys> open_keys(const std::filesystem::path& folder, const std::string& center_name,
                       const std::vector<std::string>& host_names, const Clock& clock);

}  // namespace ecg::server
