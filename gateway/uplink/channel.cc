#include "gateway/uplink/channel.h"

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

}  // namespace ecg::uplink
