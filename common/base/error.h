// The one table of errors: names, codes for every transport, texts in both languages (errors.def).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace ecg {

enum class ErrorCode : std::uint16_t {
#define ECG_ERROR(name, catalogue, rpc, http, exit_code, retry, en, zh, en_next, zh_next) name = catalogue,
#include "common/base/errors.def"
#undef ECG_ERROR
};

// The codes that gRPC and Connect share; numbers are gRPC's.
enum class RpcCode : std::uint8_t {
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

// What a caller may do: this call again, the larger transaction again, or nothing before a person changes
// something.
enum class Retry : std::uint8_t { kCall, kTransaction, kPerson };

enum class Language : std::uint8_t { kEnglish, kChinese };

// An error as it travels inside the program. No patient data in either string.
struct Error {
  ErrorCode code;
  std::string subject;              // to what it happened: an id, a file name, a key; shown to the caller
  std::string detail = {};          // the hidden cause, for the log only
  std::int32_t retry_after_ms = 0;  // > 0 when waiting helps
};

struct ErrorFacts {
  ErrorCode code;
  std::string_view name;  // "kChecksumMismatch"
  int catalogue;          // 2103, shown as E2103
  RpcCode rpc;
  int http_status;
  int exit_code;  // ux.md 9: 1 failure, 2 usage, 3 not found, 4 denied, 5 unreachable, 6 conflict
  Retry retry;
  std::string_view text_en, text_zh;  // "{}" stands for the subject
  std::string_view next_en, next_zh;  // what to do next
};

const ErrorFacts& facts(ErrorCode code);
// nullptr when no entry has that catalogue number.
const ErrorFacts* facts_by_catalogue(int catalogue);

// "block checksum does not match: upload 3f.. at frame 500". One sentence, no trailing full stop.
std::string message(const Error& error, Language language);
// What to do next, one sentence.
std::string next_step(const Error& error, Language language);
// "error[E2103]: ...\nfix: ..." as the programs print it.
std::string printable(const Error& error, Language language);

}  // namespace ecg
