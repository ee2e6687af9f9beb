// Messages over a pipe or socket: each preceded by its length as four bytes, little-endian
// (analysis_job.proto).
#pragma once

#include <chrono>
#include <cstddef>

#include <google/protobuf/message_lite.h>

#include "common/base/result.h"

namespace ecg::analysis {

// A 10-minute recording of 16 leads at 1000 Hz in 4-byte samples is 37 MiB.
inline constexpr std::size_t kMessageBytesMax = std::size_t{64} * 1024 * 1024;

// Both move one whole message or fail; after a failure the pipe is out of step and must be closed.
// time_left: zero or less = only what is possible without waiting; kForever = no limit.
// Errors: kTimeout, kCancelled (the other end closed, before the first byte), kInternal (anything else).
inline constexpr std::chrono::milliseconds kForever = std::chrono::milliseconds::max();
Result<void> write_message(int fd, const google::protobuf::MessageLite& message,
                           std::chrono::milliseconds time_left);
Result<void> read_message(int fd, google::protobuf::MessageLite& message,
                          std::chrono::milliseconds time_left);

}  // namespace ecg::analysis
