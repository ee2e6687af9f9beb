#include "common/net/http_server.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_set>
#include <utility>
#include <vector>

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <sys/socket.h>

#include "common/base/log.h"
#include "common/net/http_wire.h"
#include "common/net/listening_socket.h"

namespace ecg::net {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Socket = Wire::Socket;

constexpr std::size_t kReadBlock = 16 * 1024;
constexpr std::size_t kStreamBytesMax = 8 * 1024 * 1024;
constexpr std::size_t kBytesPerSecondMin = 1024;
constexpr std::chrono::seconds kLinger{1};
constexpr std::chrono::milliseconds kAcceptPause{100};

}  // namespace

class Connection;

// Counts, caps and the I/O threads; outlives every connection.
struct HttpServer::Impl : std::enable_shared_from_this<HttpServer::Impl> {
  Impl(Options o, Handler h) : options(o), handler(std::move(h)), work(asio::make_work_guard(io)) {}

  struct Listener {
    Listener(asio::io_context& io, ListeningSocket s, Transport t)
        : descriptor(asio::make_strand(io), s.fd.release()),
          pause(descriptor.get_executor()),
          port(s.port),
          transport(t) {}
    asio::posix::stream_descriptor descriptor;
    asio::steady_timer pause;
    Descriptor spare = open_spare();
    std::uint16_t port;
    Transport transport;
    std::string path;  // of a Unix socket
  };

  std::uint16_t start(ListeningSocket socket, Transport transport, std::string path);
  void wait(const std::shared_ptr<Listener>& listener);
  void accept_waiting(const std::shared_ptr<Listener>& listener);
  void admit(const std::shared_ptr<Listener>& listener, AcceptedPeer peer);
  bool reserve(const Peer& peer);  // counts one more of that address, unless it has its share
  void enter(Connection* connection);
  void leave(const Peer& peer, Connection* connection);
  bool is_stopping() {
    const std::scoped_lock lock(mutex);
    return stopping;
  }

  const Options options;
  const Handler handler;
  asio::io_context io;
  asio::executor_work_guard<asio::io_context::executor_type> work;
  std::vector<std::thread> threads;

  std::mutex mutex;  // guards what follows
  std::condition_variable changed;
  std::vector<std::shared_ptr<Listener>> listeners;
  std::map<std::string, int, std::less<>> per_address;
  std::unordered_set<Connection*> open;
  std::shared_ptr<TlsContext> tls;
  bool stopping = false;
};

// One connection: handshake, then requests one after the other. Everything on its strand except where noted.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::shared_ptr<HttpServer::Impl> server, std::unique_ptr<Wire> wire, Peer peer)
      : server_(std::move(server)),
        wire_(std::move(wire)),
        peer_(std::move(peer)),
        timer_(wire_->socket().get_executor()),
        parser_(server_->options.body_bytes_max) {
    server_->enter(this);
  }
  ~Connection() { leave(); }

  void run() {
    asio::post(wire_->socket().get_executor(), [self = shared_from_this()] {
      if (self->server_->is_stopping()) return self->close();
      self->arm(self->server_->options.handshake_timeout);
      self->wire_->handshake([self](error_code failed) {
        if (failed) return self->close();
        self->next_request(self->server_->options.header_timeout);
      });
    });
  }

  // Any thread. at_once: without waiting for the answer in progress.
  void begin_stop(bool at_once) {
    asio::post(wire_->socket().get_executor(), [self = shared_from_this(), at_once] {
      self->stopping_ = true;
      if (self->idle_ || at_once) self->close();
    });
  }

  class Reply;

 private:
  using Clock = std::chrono::steady_clock;

  void arm(std::chrono::milliseconds after) {
    timer_.expires_after(after);
    timer_.async_wait([weak = weak_from_this()](error_code cancelled) {
      if (cancelled) return;
      if (const auto self = weak.lock(); self && self->timer_.expiry() <= Clock::now()) self->close();
    });
  }

  void close() {
    timer_.cancel();
    error_code ignored;
    wire_->socket().close(ignored);
    peer_gone();
    leave();
  }

  // Whoever writes to a stream may keep this object long after its socket is closed.
  void leave() {
    if (!std::exchange(left_, true)) server_->leave(peer_, this);
  }

  void peer_gone();

  void next_request(std::chrono::milliseconds timeout) {
    idle_ = true;
    in_request_ = false;
    if (stopping_) return close();
    arm(timeout);
    if (!buffer_.empty()) return consume();
    read();
  }

  void read() {
    wire_->read(asio::buffer(block_), [self = shared_from_this()](error_code failed, std::size_t n) {
      if (failed) return self->close();
      self->buffer_.append(self->block_.data(), n);
      self->received_ += n;
      self->consume();
    });
  }

  void consume() {
    if (!in_request_) {  // the clock of a request starts with its first byte
      in_request_ = true;
      idle_ = false;
      received_ = 0;
      begun_ = Clock::now();
      continued_ = false;
      arm(server_->options.header_timeout);
    }
    switch (parser_.feed(buffer_)) {
      case RequestParser::State::kDone:
        return dispatch();
      case RequestParser::State::kRefused:
        return refuse(parser_.refusal_status());
      case RequestParser::State::kNeedMore:
        break;
    }
    if (parser_.header_done())
      expect_body();
    else
      read();
  }

  void expect_body() {
    const auto allowed =
        server_->options.header_timeout * 2 + std::chrono::seconds(received_ / kBytesPerSecondMin);
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(begun_ + allowed - Clock::now());
    if (left.count() <= 0) return close();
    arm(left);
    if (!parser_.wants_continue() || continued_) return read();
    continued_ = true;
    write("HTTP/1.1 100 Continue\r\n\r\n", [this] { read(); });
  }

  void dispatch();

  void refuse(int status) {
    HttpResponse response{status, {{"content-type", "text/plain"}}, {}};
    response.body = std::string(reason_phrase(status)) + "\n";
    write(response_head(response, false, false) + response.body, [this] { linger(); });
  }

  // then runs on the strand after all of data is with the kernel; not at all when the peer is gone.
  void write(std::string data, std::function<void()> then) {
    outgoing_ = std::move(data);
    arm(server_->options.write_timeout + std::chrono::seconds(outgoing_.size() / kBytesPerSecondMin));
    wire_->write(asio::buffer(outgoing_),
                 [self = shared_from_this(), then = std::move(then)](error_code failed, std::size_t) {
                   if (failed) return self->close();
                   then();
                 });
  }

  // Closes so that the peer can still read the answer: half-close, then drop what it goes on sending.
  void linger() {
    error_code ignored;
    wire_->socket().shutdown(Socket::shutdown_send, ignored);
    arm(kLinger);
    drain();
  }

  void drain() {
    wire_->socket().async_read_some(asio::buffer(block_),
                                    [self = shared_from_this()](error_code failed, std::size_t) {
                                      if (failed) return self->close();
                                      self->drain();
                                    });
  }

  // While a stream is open: notices the peer's going. What it still sends is dropped; a stream is a
  // connection's last response.
  void watch_peer() {
    wire_->read(asio::buffer(block_), [self = shared_from_this()](error_code failed, std::size_t) {
      if (failed) return self->close();
      self->watch_peer();
    });
  }

  void end_stream() {
    error_code ignored;
    wire_->socket().shutdown(Socket::shutdown_send, ignored);
    arm(kLinger);
  }

  void after_response(bool keep_alive) {
    if (!keep_alive || stopping_) return linger();
    next_request(server_->options.idle_timeout);
  }

  friend class Reply;
  const std::shared_ptr<HttpServer::Impl> server_;
  const std::unique_ptr<Wire> wire_;
  const Peer peer_;
  asio::steady_timer timer_;
  RequestParser parser_;
  std::string buffer_;
  std::string outgoing_;
  std::array<char, kReadBlock> block_{};
  Clock::time_point begun_;
  std::size_t received_ = 0;
  bool idle_ = true;
  bool in_request_ = false;
  bool continued_ = false;
  bool stopping_ = false;
  bool left_ = false;
  std::weak_ptr<Reply> reply_;
};

// The answer in progress. Its queue is filled from any thread and emptied on the strand.
class Connection::Reply final : public Answer, public std::enable_shared_from_this<Connection::Reply> {
 public:
  Reply(std::shared_ptr<Connection> connection, bool keep_alive, bool head_only)
      : connection_(std::move(connection)), keep_alive_(keep_alive), head_only_(head_only) {}
  ~Reply() override {
    if (answered_ || closed_) return;
    asio::post(executor(), [connection = connection_] { connection->close(); });
  }

  void respond(HttpResponse response) override {
    if (closed() || answered_.exchange(true)) return;
    std::string data = response_head(response, keep_alive_, false);
    if (!head_only_) data += response.body;
    asio::post(executor(), [connection = connection_, keep = keep_alive_, data = std::move(data)]() mutable {
      connection->write(std::move(data), [c = connection.get(), keep] { c->after_response(keep); });
    });
  }

  void start_stream(HttpResponse head) override {
    const std::scoped_lock lock(mutex_);
    if (closed_) return;
    queue_.push_back(response_head(head, false, true));
    asio::post(executor(), [connection = connection_] { connection->watch_peer(); });
    schedule();
  }

  bool write(std::string data) override {
    const std::scoped_lock lock(mutex_);
    if (closed_ || finished_ || queue_.size() >= limits::kEventsPerSubscriberMax ||
        queued_bytes_ + data.size() > kStreamBytesMax)
      return false;
    push(chunk(data));
    return true;
  }

  void finish(std::string last) override {
    const std::scoped_lock lock(mutex_);
    if (closed_ || finished_) return;
    finished_ = true;
    answered_ = true;
    if (!last.empty()) push(chunk(last));
    push(std::string(kLastChunk));
  }

  bool closed() const override {
    const std::scoped_lock lock(mutex_);
    return closed_;
  }

  void on_closed(std::function<void()> callback) override {
    {
      const std::scoped_lock lock(mutex_);
      if (!closed_) {
        callbacks_.push_back(std::move(callback));
        return;
      }
    }
    callback();
  }

  void mark_closed() {
    std::vector<std::function<void()>> callbacks;
    {
      const std::scoped_lock lock(mutex_);
      closed_ = true;
      queue_.clear();
      callbacks.swap(callbacks_);
    }
    for (const auto& callback : callbacks) callback();
  }

 private:
  asio::any_io_executor executor() const { return connection_->wire_->socket().get_executor(); }

  void push(std::string data) {  // mutex held
    queued_bytes_ += data.size();
    queue_.push_back(std::move(data));
    schedule();
  }

  void schedule() {  // mutex held
    if (flushing_) return;
    flushing_ = true;
    asio::post(executor(), [self = shared_from_this()] { self->flush(); });
  }

  void flush() {
    std::string data;
    bool last = false;
    {
      const std::scoped_lock lock(mutex_);
      for (const auto& part : queue_) data += part;
      queue_.clear();
      queued_bytes_ = 0;
      last = finished_;
      if (data.empty() || closed_) {
        flushing_ = false;
        return;
      }
    }
    connection_->write(std::move(data), [self = shared_from_this(), last] { self->flushed(last); });
  }

  void flushed(bool last) {
    if (last) {
      mark_closed();
      return connection_->end_stream();
    }
    connection_->timer_.cancel();  // an open stream may be silent
    flush();
  }

  const std::shared_ptr<Connection> connection_;
  const bool keep_alive_;
  const bool head_only_;
  std::atomic<bool> answered_{false};
  mutable std::mutex mutex_;  // guards what follows
  std::deque<std::string> queue_;
  std::size_t queued_bytes_ = 0;
  std::vector<std::function<void()>> callbacks_;
  bool flushing_ = false;
  bool finished_ = false;
  bool closed_ = false;
};

void Connection::dispatch() {
  timer_.cancel();  // from here the handler's own deadlines count
  HttpRequest request = parser_.take();
  const auto reply =
      std::make_shared<Reply>(shared_from_this(), request.keep_alive, request.method == "HEAD");
  reply_ = reply;
  server_->handler(std::move(request), peer_, reply);
}

void Connection::peer_gone() {
  if (const auto reply = reply_.lock()) reply->mark_closed();
}

std::uint16_t HttpServer::Impl::start(ListeningSocket socket, Transport transport, std::string path) {
  auto listener = std::make_shared<Listener>(io, std::move(socket), transport);
  listener->path = std::move(path);
  {
    const std::scoped_lock lock(mutex);
    listeners.push_back(listener);
    while (static_cast<int>(threads.size()) < options.io_threads) threads.emplace_back([this] { io.run(); });
  }
  asio::post(listener->descriptor.get_executor(),
             [self = shared_from_this(), listener] { self->wait(listener); });
  return listener->port;
}

void HttpServer::Impl::wait(const std::shared_ptr<Listener>& listener) {
  listener->descriptor.async_wait(asio::posix::stream_descriptor::wait_read,
                                  [self = shared_from_this(), listener](error_code stopped) {
                                    if (!stopped) self->accept_waiting(listener);
                                  });
}

void HttpServer::Impl::accept_waiting(const std::shared_ptr<Listener>& listener) {
  const int fd = listener->descriptor.native_handle();
  for (int i = 0; i < 64; ++i) {
    auto peer = accept_peer(fd);
    if (peer.fd) {
      admit(listener, std::move(peer));
      continue;
    }
    if (peer.error == EAGAIN || peer.error == EWOULDBLOCK) break;
    if (peer.error == EINTR || peer.error == ECONNABORTED || peer.error == EPROTO) continue;
    log::warning("http_accept_failed", {{"errno", peer.error}, {"port", listener->port}});
    if (peer.error == EMFILE || peer.error == ENFILE) refuse_with_spare(fd, listener->spare);
    listener->pause.expires_after(kAcceptPause);
    listener->pause.async_wait([self = shared_from_this(), listener](error_code cancelled) {
      if (!cancelled) self->wait(listener);
    });
    return;
  }
  wait(listener);
}

void HttpServer::Impl::admit(const std::shared_ptr<Listener>& listener, AcceptedPeer accepted) {
  const Peer peer{listener->transport, accepted.address, accepted.uid, listener->port};
  const bool local = peer.transport == Transport::kUnixSocket;  // a flood must not lock the administrator out
  if (!local && accepted.fd.get() >= descriptor_cap()) return;
  Socket socket(asio::make_strand(io));
  error_code failed;
  socket.assign(asio::generic::stream_protocol(local ? AF_UNIX : AF_INET, 0), accepted.fd.get(), failed);
  if (failed) return;
  accepted.fd.release();
  if (!reserve(peer)) return;
  std::unique_ptr<Wire> wire;
  if (peer.transport == Transport::kTls) {
    std::unique_lock lock(mutex);
    auto context = tls;
    lock.unlock();
    wire = make_tls_wire(std::move(socket), std::move(context));
  } else {
    wire = make_plain_wire(std::move(socket));
  }
  std::make_shared<Connection>(shared_from_this(), std::move(wire), peer)->run();
}

bool HttpServer::Impl::reserve(const Peer& peer) {
  const std::scoped_lock lock(mutex);
  if (stopping) return false;
  auto& count = per_address[peer.address];
  const bool full = open.size() >= limits::kHttpConnectionsMax || count >= options.connections_per_address;
  if (peer.transport != Transport::kUnixSocket && full) return false;
  ++count;
  return true;
}

void HttpServer::Impl::enter(Connection* connection) {
  const std::scoped_lock lock(mutex);
  open.insert(connection);
}

void HttpServer::Impl::leave(const Peer& peer, Connection* connection) {
  const std::scoped_lock lock(mutex);
  open.erase(connection);
  const auto count = per_address.find(peer.address);
  if (count != per_address.end() && --count->second == 0) per_address.erase(count);
  changed.notify_all();
}

HttpServer::HttpServer(Options options, Handler handler)
    : impl_(std::make_shared<Impl>(options, std::move(handler))) {}

HttpServer::~HttpServer() {
  stop(std::chrono::milliseconds(0));
}

Result<void> HttpServer::replace_tls(const TlsMaterial& material) {
  ECG_ASSIGN(auto context, make_tls_context(material));
  const std::scoped_lock lock(impl_->mutex);
  impl_->tls = std::move(context);
  return {};
}

Result<std::uint16_t> HttpServer::listen_tls(const std::string& address, std::uint16_t port,
                                             const TlsMaterial& material) {
  ECG_TRY(replace_tls(material));
  ECG_ASSIGN(auto socket, listen_tcp(address, port));
  return impl_->start(std::move(socket), Transport::kTls, {});
}

Result<std::uint16_t> HttpServer::listen_loopback(std::uint16_t port) {
  ECG_ASSIGN(auto socket, listen_tcp("127.0.0.1", port));
  return impl_->start(std::move(socket), Transport::kLoopback, {});
}

Result<void> HttpServer::listen_unix(const std::filesystem::path& path, mode_t mode) {
  ECG_ASSIGN(auto socket, net::listen_unix(path, mode));
  impl_->start(std::move(socket), Transport::kUnixSocket, path.string());
  return {};
}

int HttpServer::connections() const {
  const std::scoped_lock lock(impl_->mutex);
  return static_cast<int>(impl_->open.size());
}

void HttpServer::stop(std::chrono::milliseconds grace) {
  const auto tell = [this](bool at_once) {
    std::vector<std::shared_ptr<Connection>> connections;  // released after the lock
    const std::scoped_lock lock(impl_->mutex);
    for (auto* connection : impl_->open)
      if (auto shared = connection->weak_from_this().lock()) connections.push_back(std::move(shared));
    for (const auto& connection : connections) connection->begin_stop(at_once);
    return connections;
  };
  const auto wait = [this](std::chrono::milliseconds time) {
    std::unique_lock lock(impl_->mutex);
    impl_->changed.wait_for(lock, time, [this] { return impl_->open.empty(); });
  };
  std::vector<std::shared_ptr<Impl::Listener>> listeners;
  {
    const std::scoped_lock lock(impl_->mutex);
    impl_->stopping = true;
    listeners.swap(impl_->listeners);
  }
  for (const auto& listener : listeners) {
    asio::post(listener->descriptor.get_executor(), [listener] {
      error_code ignored;
      listener->descriptor.close(ignored);
      listener->pause.cancel();
    });
    std::error_code ignored;
    if (!listener->path.empty()) std::filesystem::remove(listener->path, ignored);
  }
  listeners.clear();
  tell(false);
  wait(grace);
  tell(true);
  // With every socket and timer closed the threads run out of work by themselves; what they still hold is
  // released.
  impl_->work.reset();
  for (auto& thread : impl_->threads) thread.join();
  impl_->threads.clear();
}

}  // namespace ecg::net
