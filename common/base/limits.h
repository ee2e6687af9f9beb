// Every limit of the system in one place. Options are chosen by a caller; a limit cannot be exceeded.
// Each has a test that meets it and one that exceeds it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace ecg::limits {

// Recording
inline constexpr int kLeadsMax = 16;
inline constexpr double kSamplingHzMin = 250;
inline constexpr double kSamplingHzMax = 1000;
inline constexpr double kSamplingHzFull = 500;  // below it a recording is DEGRADED
inline constexpr std::chrono::seconds kStudyDurationMax{600};
inline constexpr std::int64_t kStudyFramesMax =
    static_cast<std::int64_t>(kSamplingHzMax) * kStudyDurationMax.count();

// Upload
inline constexpr std::chrono::milliseconds kBlockDuration{250};  // what the gateway sends at once
inline constexpr std::int64_t kBlockFramesMax = 2000;
inline constexpr std::size_t kBlockBytesMax = 384 * 1024;  // encoded
// Blocks of recordings at rest: long, so that the codec can learn; short enough to decode in well under a
// second.
inline constexpr std::int64_t kArchiveBlockFramesMax = 30'000;
inline constexpr std::size_t kArchiveBlockBytesMax = 8 * 1024 * 1024;
inline constexpr std::size_t kMessageBytesMax = 1024 * 1024;
inline constexpr int kUploadsPerGateway = 8;

// Text, in bytes of UTF-8
inline constexpr std::size_t kNameBytesMax = 128;
inline constexpr std::size_t kShortTextBytesMax = 512;
inline constexpr std::size_t kReportTextBytesMax = 8192;
inline constexpr std::size_t kFindingsMax = 64;

// HTTP (reliability.md S-23)
inline constexpr std::size_t kHttpHeaderBytesMax = 16 * 1024;
inline constexpr std::size_t kHttpBodyBytesMax = 1024 * 1024;
inline constexpr int kHttpConnectionsPerAddress = 64;
inline constexpr std::size_t kHttpConnectionsMax = 2048;  // of one server, so that gateways keep descriptors

// Queues
inline constexpr std::size_t kWriteQueueMax = 4096;  // changes waiting for the writer
inline constexpr std::size_t kEventsPerSubscriberMax = 1024;
inline constexpr std::size_t kWorklistPageMax = 500;

// Files
inline constexpr std::size_t kImportFileBytesMax = 64 * 1024 * 1024;

static_assert(kBlockFramesMax * kLeadsMax * 6 <= static_cast<std::int64_t>(kBlockBytesMax));
static_assert(kBlockBytesMax < kMessageBytesMax);

}  // namespace ecg::limits
