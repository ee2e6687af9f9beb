#include "ecg/v1/enrolment.pb.h"

#include "server/api/web/services.h"

namespace ecg::web {

void add_enrolment_service(net::Registry& registry, const std::atomic<identity::Enrolment*>& enrolment) {
  registry.unary<v1::EnrollRequest, v1::EnrollResponse>(
      "ecg.v1.EnrolmentService/Enroll",
      [&enrolment](net::CallContext& context,
                   const v1::EnrollRequest& request) -> Result<v1::EnrollResponse> {
        identity::Enrolment* ready = enrolment.load();
        if (ready == nullptr) return Error{ErrorCode::kShuttingDown, "enrolment", "not started yet", 1000};
        return ready->enroll(request, context.peer_address);
      });
}

}  // namespace ecg::web
