// The connection to the center. No gRPC type is complete here, so that includers stay light.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "common/base/result.h"

namespace grpc {
class Channel;
}

namespace ecg::uplink {

// What enrolment gave this gateway.
struct Enrolment {
  std::string gateway_id;
  std::string site_id;
  std::string center_address;  // host:port
  std::string certificate_pem;
  std::string key_pem;
  std::string ca_pem;  // the only one trusted
  std::string receipt_key_id;
  std::string receipt_key_der;  // SubjectPublicKeyInfo, ECDSA P-256
};

// mTLS. Connects when first used. A half-open connection is found within 30 s (ping after 20 s, answer within
// 10 s). Errors: kTlsFailed (material that does not fit together).
Result<std::shared_ptr<grpc::Channel>> make_channel(const Enrolment& enrolment);

// Waits until the channel is connected, an attempt has failed, 12 s have passed, or stopping is set; the call
// that follows says which. gRPC's own threads do not read the socket of a channel without calls, so that
// without this wait a new connection would hang half-made and time out.
void await_connection(grpc::Channel& channel, const std::atomic<bool>& stopping);

}  // namespace ecg::uplink
