#include "common/net/connect_protocol.h"

#include <google/protobuf/util/json_util.h>
#include <nlohmann/json.hpp>

#include "common/base/json_text.h"
#include "common/base/limits.h"
#include "common/net/error_detail.h"

namespace ecg::net {
namespace {

constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kDetailType = "ecg.v1.ErrorDetail";

using Json = nlohmann::json;

Json parse_json(std::string_view text) {
  auto json = Json::parse(text, nullptr, false);
  return json.is_object() ? json : Json::object();
}

std::string text_of(const Json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

RpcCode code_of_status(int status) {
  switch (status) {
    case 400:
      return RpcCode::kInvalidArgument;
    case 401:
      return RpcCode::kUnauthenticated;
    case 403:
      return RpcCode::kPermissionDenied;
    case 404:
      return RpcCode::kUnimplemented;
    case 408:
    case 504:
      return RpcCode::kDeadlineExceeded;
    case 413:
    case 429:
    case 431:
      return RpcCode::kResourceExhausted;
    case 502:
    case 503:
      return RpcCode::kUnavailable;
    default:
      return RpcCode::kUnknown;
  }
}

Error error_from_object(const Json& object, RpcCode fallback) {
  if (const auto details = object.find("details"); details != object.end() && details->is_array()) {
    for (const auto& entry : *details) {
      v1::ErrorDetail detail;
      if (!entry.is_object() || text_of(entry, "type") != kDetailType) continue;
      const auto bytes = from_base64(text_of(entry, "value"));
      if (bytes && detail.ParseFromString(*bytes)) return from_detail(detail);
    }
  }
  const auto name = text_of(object, "code");
  return from_rpc_code(name.empty() ? fallback : rpc_code_from_name(name), text_of(object, "message"));
}

}  // namespace

std::optional<CallType> parse_call_type(std::string_view content_type) {
  const auto semicolon = content_type.find(';');
  auto type = content_type.substr(0, semicolon);
  while (type.ends_with(' ')) type.remove_suffix(1);
  if (type == "application/proto") return CallType{Codec::kProto, false};
  if (type == "application/json") return CallType{Codec::kJson, false};
  if (type == "application/connect+proto") return CallType{Codec::kProto, true};
  if (type == "application/connect+json") return CallType{Codec::kJson, true};
  return std::nullopt;
}

std::string_view content_type(CallType type) {
  if (type.streaming)
    return type.codec == Codec::kProto ? "application/connect+proto" : "application/connect+json";
  return type.codec == Codec::kProto ? "application/proto" : "application/json";
}

Result<void> decode(Codec codec, std::string_view body, google::protobuf::Message& into) {
  const Error malformed{ErrorCode::kMalformedRequest, into.GetTypeName()};
  if (codec == Codec::kProto) {
    if (!into.ParseFromArray(body.data(), static_cast<int>(body.size()))) return malformed;
    return {};
  }
  if (body.empty()) return {};
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto status = google::protobuf::util::JsonStringToMessage(
      google::protobuf::StringPiece(body.data(), static_cast<std::ptrdiff_t>(body.size())), &into, options);
  if (!status.ok()) return malformed;
  return {};
}

Result<std::string> encode(Codec codec, const google::protobuf::Message& message) {
  std::string out;
  const bool encoded = codec == Codec::kProto
                           ? message.SerializeToString(&out)
                           : google::protobuf::util::MessageToJsonString(message, &out).ok();
  if (!encoded) return Error{ErrorCode::kInternal, message.GetTypeName(), "message not serialisable"};
  return out;
}

std::string envelope(std::uint8_t flags, std::string_view message) {
  const auto size = static_cast<std::uint32_t>(message.size());
  std::string out;
  out.reserve(kEnvelopeHeadBytes + message.size());
  out += static_cast<char>(flags);
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>((size >> shift) & 0xFFu);
  out += message;
  return out;
}

Result<std::optional<Envelope>> take_envelope(std::string& buffer, std::size_t message_bytes_max) {
  if (buffer.size() < kEnvelopeHeadBytes) return std::optional<Envelope>();
  std::uint32_t size = 0;
  for (std::size_t i = 1; i < kEnvelopeHeadBytes; ++i)
    size = size << 8 | static_cast<std::uint8_t>(buffer[i]);
  if (size > message_bytes_max)
    return Error{ErrorCode::kTooLarge, "message of " + std::to_string(size) + " bytes"};
  if (buffer.size() < kEnvelopeHeadBytes + size) return std::optional<Envelope>();
  Envelope taken{static_cast<std::uint8_t>(buffer[0]), buffer.substr(kEnvelopeHeadBytes, size)};
  buffer.erase(0, kEnvelopeHeadBytes + size);
  return std::optional<Envelope>(std::move(taken));
}

std::string error_json(const Error& error) {
  const auto& f = facts(error.code);
  std::string out = R"({"code":)";
  append_json_string(out, rpc_code_name(f.rpc));
  out += R"(,"message":)";
  append_json_string(out, "E" + std::to_string(f.catalogue) + ": " + message(error, Language::kEnglish));
  out += R"(,"details":[{"type":)";
  append_json_string(out, kDetailType);
  out += R"(,"value":")" + base64(to_detail(error).SerializeAsString()) + R"("}]})";
  return out;
}

Error error_from_json(std::string_view json, int http_status) {
  return error_from_object(parse_json(json), code_of_status(http_status));
}

std::string end_of_stream_json(const Error* failed) {
  return failed == nullptr ? "{}" : R"({"error":)" + error_json(*failed) + "}";
}

Result<void> outcome_from_end_of_stream(std::string_view json) {
  const auto object = parse_json(json);
  const auto error = object.find("error");
  if (error == object.end() || !error->is_object()) return {};
  return error_from_object(*error, RpcCode::kUnknown);
}

std::string base64(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto part = bytes.substr(i, 3);
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j)
      bits = bits << 8 | (j < part.size() ? static_cast<std::uint8_t>(part[j]) : 0u);
    for (std::size_t j = 0; j < part.size() + 1; ++j) out += kAlphabet[(bits >> (18 - 6 * j)) & 63u];
  }
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  while (text.ends_with('=')) text.remove_suffix(1);
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (char c : text) {
    if (c == '-') c = '+';
    if (c == '_') c = '/';
    const auto value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = bits << 6 | static_cast<std::uint32_t>(value);
    held += 6;
    if (held < 8) continue;
    held -= 8;
    out += static_cast<char>((bits >> held) & 0xFFu);
  }
  return out;
}

}  // namespace ecg::net
