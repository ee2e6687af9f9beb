// The Connect protocol's forms (connectrpc.com/docs/protocol), shared by server and client: error objects,
// envelopes of streams, message codecs. No I/O.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <google/protobuf/message.h>

#include "common/base/result.h"

namespace ecg::net {

enum class Codec : std::uint8_t { kProto, kJson };

struct CallType {
  Codec codec = Codec::kProto;
  bool streaming = false;
};
// "application/json; charset=utf-8" and the like; nullopt: not a Connect call.
std::optional<CallType> parse_call_type(std::string_view content_type);
std::string_view content_type(CallType type);

// Errors: kMalformedRequest. Unknown JSON fields are ignored (a newer peer).
Result<void> decode(Codec codec, std::string_view body, google::protobuf::Message& into);
Result<std::string> encode(Codec codec, const google::protobuf::Message& message);

inline constexpr std::uint8_t kCompressedFlag = 1;
inline constexpr std::uint8_t kEndOfStreamFlag = 2;
inline constexpr std::size_t kEnvelopeHeadBytes = 5;
std::string envelope(std::uint8_t flags, std::string_view message);

struct Envelope {
  std::uint8_t flags = 0;
  std::string message;
};
// Takes the first whole envelope off the buffer; nullopt: more bytes needed. Errors: kTooLarge.
Result<std::optional<Envelope>> take_envelope(std::string& buffer, std::size_t message_bytes_max);

// {"code":..,"message":..,"details":[ErrorDetail]}
std::string error_json(const Error& error);
// The other way; anything else than such an object becomes the table's nearest entry to the HTTP status.
Error error_from_json(std::string_view json, int http_status);
// {} or {"error":{..}}, the last message of a stream.
std::string end_of_stream_json(const Error* failed);
Result<void> outcome_from_end_of_stream(std::string_view json);

std::string base64(std::string_view bytes);  // without padding
std::optional<std::string> from_base64(std::string_view text);

}  // namespace ecg::net
