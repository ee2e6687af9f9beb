#include "common/net/client_wire.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <utility>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "common/net/listening_socket.h"
#include "common/net/tls.h"

namespace ecg::net {
namespace {

using Deadline = ClientWire::Deadline;
constexpr std::size_t kReadBlock = 64 * 1024;

Error unreachable(const Endpoint& endpoint, int error) {
  return Error{ErrorCode::kServerUnreachable, to_text(endpoint), std::strerror(error)};
}
Error timeout(const Endpoint& endpoint) {
  return Error{ErrorCode::kTimeout, to_text(endpoint)};
}

// False at the deadline.
bool wait(int fd, short events, Deadline deadline) {
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd waiting{fd, events, 0};
    const int ready =
        ::poll(&waiting, 1, static_cast<int>(std::min<std::int64_t>(left.count() + 1, 1 << 30)));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return true;  // the call that follows reports it
  }
}

Result<void> connect_socket(const Endpoint& endpoint, int fd, const sockaddr* address, socklen_t size,
                            Deadline deadline) {
  if (::connect(fd, address, size) == 0) return {};
  if (errno != EINPROGRESS) return unreachable(endpoint, errno);
  if (!wait(fd, POLLOUT, deadline)) return timeout(endpoint);
  int error = 0;
  socklen_t length = sizeof error;
  ::getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return unreachable(endpoint, error);
  return {};
}

Result<Descriptor> connect_unix(const Endpoint& endpoint, Deadline deadline) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (endpoint.path.size() >= sizeof address.sun_path) return unreachable(endpoint, ENAMETOOLONG);
  std::memcpy(address.sun_path, endpoint.path.data(), endpoint.path.size());
  Descriptor fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return unreachable(endpoint, errno);
  ECG_TRY(connect_socket(endpoint, fd.get(),
                         reinterpret_cast<const sockaddr*>(&address),  // NOLINT: the socket API
                         sizeof address, deadline));
  return fd;
}

Result<Descriptor> connect_tcp(const Endpoint& endpoint, Deadline deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (const int failed =
          ::getaddrinfo(endpoint.host.c_str(), std::to_string(endpoint.port).c_str(), &hints, &found);
      failed != 0)
    return Error{ErrorCode::kServerUnreachable, to_text(endpoint), ::gai_strerror(failed)};
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  Error last = unreachable(endpoint, EADDRNOTAVAIL);
  for (const addrinfo* a = found; a != nullptr; a = a->ai_next) {
    Descriptor fd(::socket(a->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return unreachable(endpoint, errno);
    const auto connected = connect_socket(endpoint, fd.get(), a->ai_addr, a->ai_addrlen, deadline);
    if (connected.ok()) {
      const int on = 1;
      ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return fd;
    }
    last = connected.error();
  }
  return last;
}

class PlainClientWire final : public ClientWire {
 public:
  PlainClientWire(Endpoint endpoint, Descriptor fd) : endpoint_(std::move(endpoint)), fd_(std::move(fd)) {}

  Result<void> write(std::string_view data, Deadline deadline) override {
    while (!data.empty()) {
      const auto n = ::send(fd_.get(), data.data(), data.size(), MSG_NOSIGNAL);
      if (n >= 0)
        data.remove_prefix(static_cast<std::size_t>(n));
      else if (errno == EAGAIN && !wait(fd_.get(), POLLOUT, deadline))
        return timeout(endpoint_);
      else if (errno != EAGAIN && errno != EINTR)
        return unreachable(endpoint_, errno);
    }
    return {};
  }

  Result<std::string> read(Deadline deadline) override {
    std::string block(kReadBlock, '\0');
    for (;;) {
      const auto n = ::recv(fd_.get(), block.data(), block.size(), 0);
      if (n >= 0) {
        block.resize(static_cast<std::size_t>(n));
        return block;
      }
      if (errno == EAGAIN && !wait(fd_.get(), POLLIN, deadline)) return timeout(endpoint_);
      if (errno != EAGAIN && errno != EINTR) return unreachable(endpoint_, errno);
    }
  }

 private:
  const Endpoint endpoint_;
  const Descriptor fd_;
};

std::string der_of(X509* certificate) {
  unsigned char* data = nullptr;
  const int size = i2d_X509(certificate, &data);
  std::string out(reinterpret_cast<char*>(data), size > 0 ? static_cast<std::size_t>(size) : 0);  // NOLINT
  OPENSSL_free(data);
  return out;
}

X509* trusted_certificate(const Endpoint& endpoint, X509_STORE_CTX* presented) {
  if (!endpoint.ca_pem.empty()) {
    BIO* bio = BIO_new_mem_buf(endpoint.ca_pem.data(), static_cast<int>(endpoint.ca_pem.size()));
    X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    BIO_free(bio);
    return certificate;
  }
  const auto* chain = X509_STORE_CTX_get0_untrusted(presented);
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    X509* candidate = sk_X509_value(chain, i);
    if (!equal_in_constant_time(sha256(der_of(candidate)), endpoint.ca_sha256)) continue;
    X509_up_ref(candidate);
    return candidate;
  }
  return nullptr;
}

// OpenSSL's whole verification, replaced: the chain ends in the one CA of the endpoint and the leaf names its
// host.
int verify_pinned(X509_STORE_CTX* presented, void* argument) {
  const auto& endpoint = *static_cast<const Endpoint*>(argument);
  X509* trusted = trusted_certificate(endpoint, presented);
  if (trusted == nullptr) {
    X509_STORE_CTX_set_error(presented, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN);
    return 0;
  }
  X509_STORE* store = X509_STORE_new();
  X509_STORE_CTX* check = X509_STORE_CTX_new();
  X509_STORE_add_cert(store, trusted);
  X509_STORE_CTX_init(check, store, X509_STORE_CTX_get0_cert(presented),
                      X509_STORE_CTX_get0_untrusted(presented));
  X509_STORE_CTX_set_default(check, "ssl_server");
  auto* rules = X509_STORE_CTX_get0_param(check);
  std::array<unsigned char, 16> address{};
  if (::inet_pton(AF_INET, endpoint.host.c_str(), address.data()) == 1 ||
      ::inet_pton(AF_INET6, endpoint.host.c_str(), address.data()) == 1)
    X509_VERIFY_PARAM_set1_ip_asc(rules, endpoint.host.c_str());
  else
    X509_VERIFY_PARAM_set1_host(rules, endpoint.host.c_str(), endpoint.host.size());
  const int valid = X509_verify_cert(check) == 1 ? 1 : 0;
  X509_STORE_CTX_set_error(presented, X509_STORE_CTX_get_error(check));
  X509_STORE_CTX_free(check);
  X509_STORE_free(store);
  X509_free(trusted);
  return valid;
}

class TlsClientWire final : public ClientWire {
 public:
  TlsClientWire(const Endpoint& endpoint, Descriptor fd)
      : endpoint_(endpoint), fd_(std::move(fd)), context_(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free) {
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_cert_verify_callback(context_.get(), &verify_pinned, &endpoint_);
    SSL_CTX_set_mode(context_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), fd_.get());
    SSL_set_tlsext_host_name(ssl_.get(), endpoint_.host.c_str());
  }

  Result<void> handshake(Deadline deadline) {
    for (;;) {
      const int done = SSL_connect(ssl_.get());
      if (done == 1) return {};
      ECG_TRY(after(done, deadline, true));
    }
  }

  Result<void> write(std::string_view data, Deadline deadline) override {
    while (!data.empty()) {
      const int n =
          SSL_write(ssl_.get(), data.data(), static_cast<int>(std::min<std::size_t>(data.size(), 1 << 20)));
      if (n > 0)
        data.remove_prefix(static_cast<std::size_t>(n));
      else
        ECG_TRY(after(n, deadline, false));
    }
    return {};
  }

  Result<std::string> read(Deadline deadline) override {
    std::string block(kReadBlock, '\0');
    for (;;) {
      const int n = SSL_read(ssl_.get(), block.data(), static_cast<int>(block.size()));
      if (n > 0) {
        block.resize(static_cast<std::size_t>(n));
        return block;
      }
      const int why = SSL_get_error(ssl_.get(), n);
      // A close without TLS's own farewell: HTTP's framing tells whether anything is missing.
      if (why == SSL_ERROR_ZERO_RETURN ||
          ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING) {
        ERR_clear_error();
        return std::string();
      }
      ECG_TRY(after(n, deadline, false));
    }
  }

 private:
  // What to do after a call that did not finish: waits, or says why it never will.
  Result<void> after(int outcome, Deadline deadline, bool connecting) {
    const int why = SSL_get_error(ssl_.get(), outcome);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
      if (wait(fd_.get(), why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline)) return {};
      return timeout(endpoint_);
    }
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    ERR_clear_error();
    const bool tls = connecting || why == SSL_ERROR_SSL;
    return Error{tls ? ErrorCode::kTlsFailed : ErrorCode::kServerUnreachable, to_text(endpoint_),
                 text.data()};
  }

  Endpoint endpoint_;
  const Descriptor fd_;
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  std::unique_ptr<SSL, decltype(&SSL_free)> ssl_{nullptr, &SSL_free};
};

}  // namespace

Result<std::unique_ptr<ClientWire>> ClientWire::connect(const Endpoint& endpoint, Deadline deadline) {
  if (endpoint.kind == Endpoint::Kind::kUnixSocket) {
    ECG_ASSIGN(auto fd, connect_unix(endpoint, deadline));
    return std::unique_ptr<ClientWire>(new PlainClientWire(endpoint, std::move(fd)));
  }
  ECG_ASSIGN(auto fd, connect_tcp(endpoint, deadline));
  if (endpoint.kind == Endpoint::Kind::kLoopback)
    return std::unique_ptr<ClientWire>(new PlainClientWire(endpoint, std::move(fd)));
  // OpenSSL writes with write(2), which raises SIGPIPE on a closed connection.
  static std::once_flag ignored;
  std::call_once(ignored, [] { std::signal(SIGPIPE, SIG_IGN); });
  auto wire = std::make_unique<TlsClientWire>(endpoint, std::move(fd));
  ECG_TRY(wire->handshake(deadline));
  return std::unique_ptr<ClientWire>(std::move(wire));
}

}  // namespace ecg::net
