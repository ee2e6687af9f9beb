#include "server/analysis/message_pipe.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <string>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace ecg::analysis {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

SteadyTime end_of(std::chrono::milliseconds time_left) {
  if (time_left == kForever) return SteadyTime::max();
  return std::chrono::steady_clock::now() + time_left;
}

Result<void> wait_for(int fd, short events, SteadyTime end) {
  for (;;) {
    int wait_ms = -1;
    if (end != SteadyTime::max()) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
      wait_ms = static_cast<int>(std::max<std::int64_t>(0, left.count()));
    }
    pollfd watched{fd, events, 0};
    const int ready = ::poll(&watched, 1, wait_ms);
    if (ready > 0) return {};
    if (ready == 0) return Error{ErrorCode::kTimeout, "analysis worker"};
    if (errno != EINTR) return Error{ErrorCode::kInternal, "analysis worker", std::strerror(errno)};
  }
}

bool would_block(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

Result<void> write_all(int fd, const char* bytes, std::size_t count, SteadyTime end) {
  while (count > 0) {
    ECG_TRY(wait_for(fd, POLLOUT, end));
    ssize_t written = ::send(fd, bytes, count, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (written < 0 && errno == ENOTSOCK) written = ::write(fd, bytes, count);
    if (written < 0) {
      if (would_block(errno)) continue;
      return Error{ErrorCode::kInternal, "analysis worker", std::string("write: ") + std::strerror(errno)};
    }
    bytes += written;
    count -= static_cast<std::size_t>(written);
  }
  return {};
}

Result<void> read_all(int fd, char* bytes, std::size_t count, SteadyTime end, bool first) {
  const std::size_t wanted = count;
  while (count > 0) {
    ECG_TRY(wait_for(fd, POLLIN, end));
    const ssize_t got = ::read(fd, bytes, count);
    if (got == 0 || (got < 0 && errno == ECONNRESET)) {
      const bool clean = first && count == wanted;
      return Error{clean ? ErrorCode::kCancelled : ErrorCode::kInternal, "analysis worker",
                   "the other end closed"};
    }
    if (got < 0) {
      if (would_block(errno)) continue;
      return Error{ErrorCode::kInternal, "analysis worker", std::string("read: ") + std::strerror(errno)};
    }
    bytes += got;
    count -= static_cast<std::size_t>(got);
  }
  return {};
}

}  // namespace

Result<void> write_message(int fd, const google::protobuf::MessageLite& message,
                           std::chrono::milliseconds time_left) {
  const SteadyTime end = end_of(time_left);
  const std::size_t size = message.ByteSizeLong();
  if (size > kMessageBytesMax) return Error{ErrorCode::kTooLarge, "analysis job"};
  std::string bytes;
  bytes.reserve(size + 4);
  for (unsigned shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<char>((size >> shift) & 0xff));
  if (!message.AppendToString(&bytes))
    return Error{ErrorCode::kInternal, "analysis worker", "not serialised"};
  return write_all(fd, bytes.data(), bytes.size(), end);
}

Result<void> read_message(int fd, google::protobuf::MessageLite& message,
                          std::chrono::milliseconds time_left) {
  const SteadyTime end = end_of(time_left);
  std::array<unsigned char, 4> head{};
  ECG_TRY(read_all(fd, reinterpret_cast<char*>(head.data()), head.size(), end, true));
  std::size_t size = 0;
  for (unsigned i = 0; i < 4; ++i) size |= static_cast<std::size_t>(head[i]) << (8 * i);
  if (size > kMessageBytesMax)
    return Error{ErrorCode::kInternal, "analysis worker", "length beyond the limit"};
  std::string bytes(size, '\0');
  ECG_TRY(read_all(fd, bytes.data(), size, end, false));
  if (!message.ParseFromString(bytes)) return Error{ErrorCode::kInternal, "analysis worker", "not a message"};
  return {};
}

}  // namespace ecg::analysis
