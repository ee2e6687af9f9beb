#include "gateway/uplink/channel.h"

#include <chrono>

#include <grpcpp/channel.h>

#include "common/net/grpc/dial.h"

namespace ecg::uplink {

Result<std::shared_ptr<grpc::Channel>> make_channel(const Enrolment& enrolment) {
  net::DialOptions options;
  options.address = enrolment.center_address;
  options.tls = {enrolment.certificate_pem, enrolment.key_pem};
  options.ca_pem = enrolment.ca_pem;
  // Short: when to try again is decided by Backoff, and a center that is back must not wait for gRPC.
  options.backoff_min = std::chrono::milliseconds(300);
  options.backoff_max = std::chrono::milliseconds(2'000);
  return net::dial(options);
}

void await_connection(grpc::Channel& channel, const std::atomic<bool>& stopping) {
  using Clock = std::chrono::system_clock;
  const auto until = Clock::now() + std::chrono::seconds(12);
  bool attempted = false;
  for (auto state = channel.GetState(true); state != GRPC_CHANNEL_READY; state = channel.GetState(true)) {
    if (stopping || Clock::now() >= until) return;
    if (state == GRPC_CHANNEL_CONNECTING) attempted = true;
    if (state == GRPC_CHANNEL_TRANSIENT_FAILURE && attempted) return;
    channel.WaitForStateChange(state, Clock::now() + std::chrono::milliseconds(200));
  }
}

}  // namespace ecg::uplink
