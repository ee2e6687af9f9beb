// A gateway's channel to its center.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "common/base/result.h"
#include "common/net/tls.h"

namespace grpc {
class Channel;
}

namespace ecg::net {

struct DialOptions {
  std::string address;  // "center.example:7443"; the name or address stands in the center's certificate
  TlsMaterial tls;      // the gateway's certificate and key
  std::string ca_pem;   // the center's CA, and no other
  // gRPC tries again by itself, with jitter, between these.
  std::chrono::milliseconds backoff_min{500};
  std::chrono::milliseconds backoff_max{30'000};
};
// Connects in the background, at the first call. Errors: kTlsFailed (material that does not fit together).
Result<std::shared_ptr<grpc::Channel>> dial(const DialOptions& options);

}  // namespace ecg::net
