#include "common/net/error_detail.h"

#include <array>
#include <utility>

namespace ecg::net {
namespace {

constexpr std::array<std::string_view, 17> kNames = {
    "ok",        "canceled",       "unknown",           "invalid_argument",   "deadline_exceeded",
    "not_found", "already_exists", "permission_denied", "resource_exhausted", "failed_precondition",
    "aborted",   "out_of_range",   "unimplemented",     "internal",           "unavailable",
    "data_loss", "unauthenticated"};

ErrorCode nearest(RpcCode code) {
  switch (code) {
    case RpcCode::kCancelled:
      return ErrorCode::kCancelled;
    case RpcCode::kInvalidArgument:
    case RpcCode::kOutOfRange:
      return ErrorCode::kMalformedRequest;
    case RpcCode::kDeadlineExceeded:
      return ErrorCode::kTimeout;
    case RpcCode::kNotFound:
      return ErrorCode::kNotFound;
    case RpcCode::kAlreadyExists:
      return ErrorCode::kAlreadyDone;
    case RpcCode::kPermissionDenied:
      return ErrorCode::kNotAllowed;
    case RpcCode::kResourceExhausted:
      return ErrorCode::kOverloaded;
    case RpcCode::kFailedPrecondition:
    case RpcCode::kAborted:
      return ErrorCode::kStale;
    case RpcCode::kUnimplemented:
      return ErrorCode::kUnknownMethod;
    case RpcCode::kUnavailable:
      return ErrorCode::kServerUnreachable;
    case RpcCode::kUnauthenticated:
      return ErrorCode::kNotSignedIn;
    default:
      return ErrorCode::kInternal;
  }
}

}  // namespace

v1::ErrorDetail to_detail(const Error& error) {
  const auto& f = facts(error.code);
  v1::ErrorDetail detail;
  detail.set_code(static_cast<std::uint32_t>(f.catalogue));
  detail.set_subject(error.subject);
  detail.set_message_zh(message(error, Language::kChinese));
  detail.set_message_en(message(error, Language::kEnglish));
  detail.set_next_zh(next_step(error, Language::kChinese));
  detail.set_next_en(next_step(error, Language::kEnglish));
  detail.set_retry_after_ms(error.retry_after_ms > 0 ? static_cast<std::uint32_t>(error.retry_after_ms) : 0);
  detail.set_retry_call(f.retry == Retry::kCall);
  return detail;
}

Error from_detail(const v1::ErrorDetail& detail) {
  const auto retry_after_ms = static_cast<std::int32_t>(detail.retry_after_ms() & 0x7FFFFFFFu);
  const auto* f = facts_by_catalogue(static_cast<int>(detail.code()));
  if (f == nullptr) return Error{ErrorCode::kInternal, detail.message_en(), {}, retry_after_ms};
  return Error{f->code, detail.subject(), {}, retry_after_ms};
}

Error from_rpc_code(RpcCode code, std::string_view message) {
  return Error{nearest(code), std::string(message)};
}

std::string_view rpc_code_name(RpcCode code) {
  return kNames.at(static_cast<std::size_t>(code));
}

RpcCode rpc_code_from_name(std::string_view name) {
  for (std::size_t i = 1; i < kNames.size(); ++i)
    if (kNames[i] == name) return static_cast<RpcCode>(i);
  return RpcCode::kUnknown;
}

}  // namespace ecg::net
