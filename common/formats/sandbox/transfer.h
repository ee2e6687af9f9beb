// The bytes that cross the wall of the sandbox. Little-endian, lengths before contents:
//   question  "ECGQ" count:u32 { name:text size:u64 bytes }*
//   answer    "ECGA" size:u64 body;  body = 1 recording | 0 code:u16 subject:text detail:text
//   text      size:u32 bytes
// Both parsers are total and accept only values that the types promise; the one that made the bytes is not
// trusted.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "common/formats/format.h"

namespace ecg::formats {

inline constexpr std::size_t kAnswerBytesMax = std::size_t{64} * 1024 * 1024;

std::vector<std::uint8_t> encode_question(std::span<const NamedBlob> files);
// Errors: kMalformedRequest.
Result<std::vector<NamedBlob>> decode_question(Bytes bytes);

// An answer beyond kAnswerBytesMax becomes the error kTooLarge with the subject given.
std::vector<std::uint8_t> encode_answer(const Result<ImportedRecording>& result, const std::string& subject);

enum class AnswerState { kIncomplete, kComplete, kNonsense };
// Whether bytes hold one whole answer. Nothing may follow it.
AnswerState answer_state(Bytes bytes);

// The error that the other side reported, or kImportFailed with the subject given when the answer breaks a
// promise.
Result<ImportedRecording> decode_answer(Bytes bytes, const std::string& subject);

}  // namespace ecg::formats
