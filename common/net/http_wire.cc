#include "common/net/http_wire.h"

#include <utility>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

namespace ecg::net {

namespace asio = boost::asio;

struct TlsContext {
  asio::ssl::context context{asio::ssl::context::tls_server};
};

namespace {

class PlainWire final : public Wire {
 public:
  explicit PlainWire(Socket socket) : socket_(std::move(socket)) {}
  Socket& socket() override { return socket_; }
  void handshake(std::function<void(Failure)> done) override { done({}); }
  void read(asio::mutable_buffer into, Done done) override { socket_.async_read_some(into, std::move(done)); }
  void write(asio::const_buffer data, Done done) override {
    asio::async_write(socket_, data, std::move(done));
  }

 private:
  Socket socket_;
};

class TlsWire final : public Wire {
 public:
  TlsWire(Socket socket, std::shared_ptr<TlsContext> context)
      : context_(std::move(context)), stream_(std::move(socket), context_->context) {}
  Socket& socket() override { return stream_.next_layer(); }
  void handshake(std::function<void(Failure)> done) override {
    stream_.async_handshake(asio::ssl::stream_base::server, std::move(done));
  }
  void read(asio::mutable_buffer into, Done done) override { stream_.async_read_some(into, std::move(done)); }
  void write(asio::const_buffer data, Done done) override {
    asio::async_write(stream_, data, std::move(done));
  }

 private:
  std::shared_ptr<TlsContext> context_;
  asio::ssl::stream<Socket> stream_;
};

int choose_http1(SSL*, const unsigned char** out, unsigned char* out_length, const unsigned char* in,
                 unsigned in_length, void*) {
  static constexpr unsigned char kOffer[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  if (SSL_select_next_proto(&chosen, out_length, kOffer, sizeof kOffer - 1, in, in_length) !=
      OPENSSL_NPN_NEGOTIATED)
    return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Result<std::shared_ptr<TlsContext>> make_tls_context(const TlsMaterial& material) {
  try {
    auto made = std::make_shared<TlsContext>();
    auto* context = &made->context;
    SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
    SSL_CTX_set_cipher_list(context->native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20");
    SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
    SSL_CTX_set_alpn_select_cb(context->native_handle(), choose_http1, nullptr);
    context->use_certificate_chain(asio::buffer(material.certificate_pem));
    context->use_private_key(asio::buffer(material.key_pem), asio::ssl::context::pem);
    return made;
  } catch (const boost::system::system_error& e) {
    return Error{ErrorCode::kTlsFailed, "server certificate", e.what()};
  }
}

std::unique_ptr<Wire> make_plain_wire(Wire::Socket socket) {
  return std::make_unique<PlainWire>(std::move(socket));
}

std::unique_ptr<Wire> make_tls_wire(Wire::Socket socket, std::shared_ptr<TlsContext> context) {
  return std::make_unique<TlsWire>(std::move(socket), std::move(context));
}

}  // namespace ecg::net
