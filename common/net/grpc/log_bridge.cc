#include "common/net/grpc/log_bridge.h"

#include <grpc/support/log.h>

#include "common/base/log.h"

namespace ecg::net {

void take_over_grpc_log() {
  gpr_set_log_function([](gpr_log_func_args* line) {
    log::debug("grpc", {{"severity", gpr_log_severity_string(line->severity)}, {"text", line->message}});
  });
}

}  // namespace ecg::net
