#include "gateway/uplink/status_error.h"

#include <optional>

#include <google/protobuf/any.pb.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/wire_format_lite.h>

#include "ecg/v1/error.pb.h"

namespace ecg::uplink {
namespace {

using google::protobuf::internal::WireFormatLite;

// google.rpc.Status: field 3 holds the details, each an Any.
std::optional<ecg::v1::ErrorDetail> detail_of(const std::string& status) {
  google::protobuf::io::CodedInputStream in(reinterpret_cast<const std::uint8_t*>(status.data()),
                                            static_cast<int>(status.size()));
  while (const std::uint32_t tag = in.ReadTag()) {
    if (WireFormatLite::GetTagFieldNumber(tag) != 3 ||
        WireFormatLite::GetTagWireType(tag) != WireFormatLite::WIRETYPE_LENGTH_DELIMITED) {
      if (!WireFormatLite::SkipField(&in, tag)) return std::nullopt;
      continue;
    }
    std::uint32_t size = 0;
    std::string bytes;
    google::protobuf::Any any;
    ecg::v1::ErrorDetail detail;
    if (!in.ReadVarint32(&size) || !in.ReadString(&bytes, static_cast<int>(size)) ||
        !any.ParseFromString(bytes)) {
      return std::nullopt;
    }
    if (any.type_url().ends_with("ecg.v1.ErrorDetail") && detail.ParseFromString(any.value())) return detail;
  }
  return std::nullopt;
}

ErrorCode from_bare_code(grpc::StatusCode code) {
  switch (code) {
    case grpc::StatusCode::UNAVAILABLE:
      return ErrorCode::kCenterUnreachable;
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return ErrorCode::kTimeout;
    case grpc::StatusCode::CANCELLED:
      return ErrorCode::kCancelled;
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      return ErrorCode::kOverloaded;
    case grpc::StatusCode::UNAUTHENTICATED:
      return ErrorCode::kGatewayUnknown;
    case grpc::StatusCode::PERMISSION_DENIED:
      return ErrorCode::kGatewayRevoked;
    case grpc::StatusCode::UNIMPLEMENTED:
      return ErrorCode::kUnknownMethod;
    default:
      return ErrorCode::kInternal;
  }
}

}  // namespace

Error error_from_status(const grpc::Status& status) {
  if (const auto detail = detail_of(status.error_details())) {
    if (const ErrorFacts* known = facts_by_catalogue(static_cast<int>(detail->code()))) {
      return {known->code, detail->subject(), "told by the center",
              static_cast<std::int32_t>(detail->retry_after_ms())};
    }
    return {ErrorCode::kInternal, detail->message_en(), "an error of a newer center"};
  }
  return {from_bare_code(status.error_code()), "center", status.error_message()};
}

}  // namespace ecg::uplink
