#include "common/net/listening_socket.h"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace ecg::net {
namespace {

constexpr int kBacklog = 512;

Error failure(ErrorCode code, std::string subject) {
  return Error{code, std::move(subject), std::strerror(errno)};
}

Error bind_failure(const std::string& where) {
  return failure(errno == EADDRINUSE ? ErrorCode::kPortInUse : ErrorCode::kConfigInvalid, where);
}

template <class Address>
sockaddr* generic(Address* address) {
  return reinterpret_cast<sockaddr*>(address);  // NOLINT: the socket API
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, generic(&address), &size) != 0) return 0;
  if (address.ss_family == AF_INET6)
    return ntohs(reinterpret_cast<sockaddr_in6*>(&address)->sin6_port);  // NOLINT
  return ntohs(reinterpret_cast<sockaddr_in*>(&address)->sin_port);      // NOLINT
}

std::string text_of(const sockaddr_storage& address) {
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&address);  // NOLINT
    ::inet_ntop(AF_INET, &v4->sin_addr, text, sizeof text);
  } else if (address.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&address);  // NOLINT
    if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr))
      ::inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text, sizeof text);
    else
      ::inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof text);
  }
  return text;
}

Result<sockaddr_un> unix_address(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const auto& text = path.native();
  if (text.empty() || text.size() >= sizeof address.sun_path)
    return Error{ErrorCode::kConfigInvalid, "socket path longer than 107 bytes: " + text};
  std::memcpy(address.sun_path, text.data(), text.size());
  return address;
}

bool answers(const sockaddr_un& address) {
  const Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return fd &&
         ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;  // NOLINT
}

}  // namespace

void Descriptor::reset(int fd) {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Result<ListeningSocket> listen_tcp(const std::string& address, std::uint16_t port) {
  const std::string where =
      (address.find(':') == std::string::npos ? address : "[" + address + "]") + ":" + std::to_string(port);
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  v4.sin_family = AF_INET;
  v4.sin_port = htons(port);
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  const bool is_v4 = ::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1;
  if (!is_v4 && ::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) != 1)
    return Error{ErrorCode::kConfigInvalid, "not a numeric address: " + address};
  Descriptor fd(::socket(is_v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return failure(ErrorCode::kConfigInvalid, where);
  const int on = 1;
  const int off = 0;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on,
               sizeof on);  // only lets old connections linger in TIME_WAIT
  if (!is_v4) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off);
  const int bound =
      is_v4 ? ::bind(fd.get(), generic(&v4), sizeof v4) : ::bind(fd.get(), generic(&v6), sizeof v6);
  if (bound != 0 || ::listen(fd.get(), kBacklog) != 0) return bind_failure(where);
  const auto actual = bound_port(fd.get());
  return ListeningSocket{std::move(fd), actual};
}

Result<ListeningSocket> listen_unix(const std::filesystem::path& path, mode_t mode) {
  ECG_ASSIGN(auto address, unix_address(path));
  struct stat existing {};
  if (::lstat(path.c_str(), &existing) == 0) {
    if (!S_ISSOCK(existing.st_mode) || answers(address)) return Error{ErrorCode::kPortInUse, path.string()};
    ::unlink(path.c_str());
  }
  Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!fd) return failure(ErrorCode::kConfigInvalid, path.string());
  if (::bind(fd.get(), generic(&address), sizeof address) != 0 || ::chmod(path.c_str(), mode) != 0 ||
      ::listen(fd.get(), kBacklog) != 0)
    return bind_failure(path.string());
  return ListeningSocket{std::move(fd), 0};
}

AcceptedPeer accept_peer(int listening_fd) {
  AcceptedPeer peer;
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  peer.fd = Descriptor(::accept4(listening_fd, generic(&address), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!peer.fd) {
    peer.error = errno;
    return peer;
  }
  if (address.ss_family == AF_UNIX) {
    ucred credentials{};
    socklen_t length = sizeof credentials;
    if (::getsockopt(peer.fd.get(), SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0)
      peer.uid = credentials.uid;
    else
      peer.uid = UINT_MAX;
    return peer;
  }
  const int on = 1;
  ::setsockopt(peer.fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  peer.address = text_of(address);
  return peer;
}

std::optional<std::string> peer_of_connection(int fd, std::uint16_t local_port) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(fd, generic(&address), &size) != 0) return std::nullopt;
  if (address.ss_family != AF_INET && address.ss_family != AF_INET6) return std::nullopt;
  if (bound_port(fd) != local_port) return std::nullopt;
  return text_of(address);
}

Descriptor open_spare() {
  return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

bool refuse_with_spare(int listening_fd, Descriptor& spare) {
  spare.reset();
  const bool refused = static_cast<bool>(accept_peer(listening_fd).fd);
  spare = open_spare();
  return refused;
}

int descriptor_cap() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 768;
  const rlim_t most = std::min<rlim_t>(limit.rlim_cur, 1'000'000);
  return static_cast<int>(most / 4 * 3);
}

}  // namespace ecg::net
