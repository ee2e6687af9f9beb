#include "common/net/grpc/status.h"

#include <utility>

#include "common/net/error_detail.h"

namespace ecg::net {
namespace {
constexpr std::size_t kSubjectBytesMax = 512;  // trailers are metadata, which has a limit of its own
}

grpc::Status to_status(const Error& error) {
  const auto& f = facts(error.code);
  Error sent{error.code, error.subject.substr(0, kSubjectBytesMax), {}, error.retry_after_ms};
  return {static_cast<grpc::StatusCode>(f.rpc),
          "E" + std::to_string(f.catalogue) + ": " + message(sent, Language::kEnglish),
          to_detail(sent).SerializeAsString()};
}

grpc::Status to_status(const Result<void>& outcome) {
  return outcome.ok() ? grpc::Status::OK : to_status(outcome.error());
}

Error from_status(const grpc::Status& status) {
  v1::ErrorDetail detail;
  const auto bytes = status.error_details();
  if (!bytes.empty() && detail.ParseFromString(bytes) && detail.code() != 0) return from_detail(detail);
  auto error = from_rpc_code(static_cast<RpcCode>(status.error_code()), {});
  if (status.error_code() == grpc::StatusCode::UNAVAILABLE) error.code = ErrorCode::kCenterUnreachable;
  error.detail = status.error_message();
  return error;
}

}  // namespace ecg::net
