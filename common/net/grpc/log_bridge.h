// gRPC's own log lines join ours, at level debug: what a peer does wrong in a handshake is no news to an
// operator.
#pragma once

namespace ecg::net {

// Process-wide; a repeat does nothing.
void take_over_grpc_log();

}  // namespace ecg::net
