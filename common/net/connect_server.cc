#include "common/net/connect_server.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "common/base/log.h"
#include "common/net/connect_protocol.h"
#include "common/net/gzip.h"
#include "common/net/http_server.h"
#include "common/net/static_files.h"
#include "common/net/web_gate.h"
#include "common/net/worker_pool.h"

namespace ecg::net {
namespace {

constexpr std::int32_t kOverloadRetryMs = 1000;

HttpResponse plain_response(int status, std::string body) {
  return {status, {{"content-type", "text/plain; charset=utf-8"}}, std::move(body)};
}

HttpResponse error_response(const Error& error) {
  HttpResponse response{
      facts(error.code).http_status, {{"content-type", "application/json"}}, error_json(error)};
  if (error.retry_after_ms > 0)
    response.headers.emplace_back("retry-after", std::to_string((error.retry_after_ms + 999) / 1000));
  return response;
}

Error internal_fault(const std::string& method, const char* what) {
  Error error{ErrorCode::kInternal, method, what};
  log::error("handler_threw", error);
  return error;
}

// What the observer is told of a stream. The guard completes it while the peer may already be gone.
class ObservedContext {
 public:
  explicit ObservedContext(const CallContext& context) : context_(context) {}
  void set(const CallContext& context) {
    const std::scoped_lock lock(mutex_);
    context_ = context;
  }
  CallContext get() const {
    const std::scoped_lock lock(mutex_);
    return context_;
  }

 private:
  mutable std::mutex mutex_;
  CallContext context_;  // guarded by mutex_
};

// One call's stream of messages over a chunked answer.
class ConnectStream final : public Stream {
 public:
  using Finished = std::function<void(const Error*)>;
  ConnectStream(std::shared_ptr<Answer> answer, CallType type, Finished finished)
      : answer_(std::move(answer)), type_(type), finished_(std::move(finished)) {}
  ~ConnectStream() override { report(nullptr); }

  bool write(const google::protobuf::Message& message) override {
    auto body = encode(type_.codec, message);
    return body.ok() && answer_->write(envelope(0, *body));
  }
  void finish(Result<void> outcome) override {
    const Error* failed = outcome.ok() ? nullptr : &outcome.error();
    report(failed);
    answer_->finish(envelope(kEndOfStreamFlag, end_of_stream_json(failed)));
  }
  bool closed() const override { return answer_->closed(); }
  void on_closed(std::function<void()> callback) override { answer_->on_closed(std::move(callback)); }

 private:
  void report(const Error* failed) {
    if (!reported_.exchange(true)) finished_(failed);
  }
  const std::shared_ptr<Answer> answer_;
  const CallType type_;
  const Finished finished_;
  std::atomic<bool> reported_{false};
};

}  // namespace

struct ConnectServer::Impl : std::enable_shared_from_this<ConnectServer::Impl> {
  struct Route {
    std::function<PlainAnswer()> handler;
    Reach reach = Reach::kEveryone;
  };
  struct Call {
    const Registry::Method* method;
    CallType type;
    CallContext context;
    HttpRequest request;
    Peer peer;
    std::shared_ptr<Answer> answer;
    Duration begun;
  };

  Impl(Options o, const Registry& r, Guard g, Observer w, const Clock& c)
      : options(o), registry(r), guard(std::move(g)), observer(std::move(w)), clock(c) {}

  void open();
  void handle(HttpRequest request, const Peer& peer, std::shared_ptr<Answer> answer);
  void answer_plain(const HttpRequest& request, const Peer& peer, const std::shared_ptr<Answer>& answer);
  HttpResponse plain(const HttpRequest& request, const Peer& peer);
  void begin_call(HttpRequest request, const Peer& peer, std::shared_ptr<Answer> answer);
  void run(Call& call);
  Result<void> admit(Call& call, google::protobuf::Message& message);
  void run_unary(Call& call);
  void run_stream(Call& call);
  void observe(const CallContext& context, const Error* failed, Duration begun);
  void respond(const std::shared_ptr<Answer>& answer, const Peer& peer, HttpResponse response,
               bool store = false);
  void track(const std::shared_ptr<ConnectStream>& stream);

  const Options options;
  const Registry& registry;
  const Guard guard;
  const Observer observer;
  const Clock& clock;
  std::map<std::string, Route, std::less<>> routes;
  std::map<std::string, std::string, std::less<>> redirects;
  std::vector<std::pair<std::string, std::filesystem::path>> folders;  // longest prefix first
  std::optional<WorkerPool> workers;
  std::optional<HttpServer> http;
  std::uint16_t port = 0;

  std::mutex mutex;  // guards what follows
  std::vector<std::weak_ptr<ConnectStream>> streams;
  bool stopping = false;
};

void ConnectServer::Impl::open() {
  if (http) return;
  workers.emplace(options.worker_threads, options.waiting_max);
  HttpServer::Options http_options;
  http_options.io_threads = options.io_threads;
  http_options.connections_per_address = options.connections_per_address;
  http_options.header_timeout = options.header_timeout;
  http_options.idle_timeout = options.idle_timeout;
  http.emplace(http_options, [this](HttpRequest request, const Peer& peer, std::shared_ptr<Answer> answer) {
    handle(std::move(request), peer, std::move(answer));
  });
}

// On an I/O thread: sorts the request; work is done by the workers.
void ConnectServer::Impl::handle(HttpRequest request, const Peer& peer, std::shared_ptr<Answer> answer) {
  if (const auto allowed = check_host(request, peer); !allowed.ok())
    return respond(answer, peer, error_response(allowed.error()));
  if (request.method == "POST") return begin_call(std::move(request), peer, std::move(answer));
  if (request.method != "GET" && request.method != "HEAD") {
    auto response = plain_response(405, "Method Not Allowed\n");
    response.headers.emplace_back("allow", "GET, HEAD, POST");
    return respond(answer, peer, std::move(response));
  }
  const bool taken = workers->post(
      [this, request = std::move(request), peer, answer] { answer_plain(request, peer, answer); });
  if (!taken)
    respond(answer, peer, error_response({ErrorCode::kOverloaded, "requests", {}, kOverloadRetryMs}));
}

void ConnectServer::Impl::answer_plain(const HttpRequest& request, const Peer& peer,
                                       const std::shared_ptr<Answer>& answer) {
  try {
    respond(answer, peer, plain(request, peer), true);
  } catch (const std::exception& e) {
    respond(answer, peer, error_response(internal_fault(request.path, e.what())));
  }
}

HttpResponse ConnectServer::Impl::plain(const HttpRequest& request, const Peer& peer) {
  if (const auto to = redirects.find(request.path); to != redirects.end()) {
    auto response = plain_response(302, "");
    response.headers.emplace_back("location", to->second);
    return response;
  }
  if (const auto route = routes.find(request.path); route != routes.end()) {
    const bool near =
        peer.transport != Transport::kTls || peer.address == "127.0.0.1" || peer.address == "::1";
    if (route->second.reach == Reach::kThisMachine && !near) return plain_response(404, "Not Found\n");
    auto answer = route->second.handler();
    HttpResponse response{
        answer.status, {{"content-type", answer.content_type}, {"cache-control", "no-store"}}, {}};
    response.body = std::move(answer.body);
    return response;
  }
  for (const auto& [prefix, folder] : folders)
    if (request.path.starts_with(prefix))
      return file_response(folder, std::string_view(request.path).substr(prefix.size()), request);
  return plain_response(404, "Not Found\n");
}

void ConnectServer::Impl::begin_call(HttpRequest request, const Peer& peer, std::shared_ptr<Answer> answer) {
  const auto type = parse_call_type(request.header("content-type"));
  if (!type) {
    auto response = plain_response(415, "Unsupported Media Type\n");
    response.headers.emplace_back(
        "accept-post",
        "application/json, application/proto, application/connect+json, application/connect+proto");
    return respond(answer, peer, std::move(response));
  }
  const std::string_view name = std::string_view(request.path).substr(1);
  const auto* method = registry.find(name);
  if (method == nullptr) {
    return respond(answer, peer,
                   error_response({ErrorCode::kUnknownMethod, std::string(name.substr(0, 128))}));
  }
  Call call{method, *type, {}, {}, peer, std::move(answer), clock.steady()};
  call.context.method = std::string(name);
  call.context.transport = peer.transport;
  call.context.peer_address = peer.address;
  call.context.peer_uid = peer.uid;
  call.context.session_token = session_token(request, peer);
  call.context.received_at = clock.now();
  call.request = std::move(request);
  const auto held = call.answer;
  const auto shared = std::make_shared<Call>(std::move(call));
  if (workers->post([this, shared] { run(*shared); })) return;
  respond(held, peer, error_response({ErrorCode::kOverloaded, "calls", {}, kOverloadRetryMs}));
}

// On a worker thread.
void ConnectServer::Impl::run(Call& call) {
  const bool streaming = call.method->stream != nullptr;
  if (streaming != call.type.streaming)
    return respond(call.answer, call.peer, plain_response(415, "Unsupported Media Type\n"));
  if (streaming)
    run_stream(call);
  else
    run_unary(call);
}

Result<void> ConnectServer::Impl::admit(Call& call, google::protobuf::Message& message) {
  ECG_TRY(check_origin(call.request, call.peer));
  const auto version = call.request.header("connect-protocol-version");
  if (!version.empty() && version != "1")
    return Error{ErrorCode::kMalformedRequest, "connect-protocol-version"};
  const auto coding =
      call.request.header(call.type.streaming ? "connect-content-encoding" : "content-encoding");
  if (!coding.empty() && coding != "identity") return Error{ErrorCode::kMalformedRequest, "content-encoding"};
  ECG_TRY(guard(call.context));
  if (!call.type.streaming) return decode(call.type.codec, call.request.body, message);
  ECG_ASSIGN(auto enveloped, take_envelope(call.request.body, limits::kHttpBodyBytesMax));
  if (!enveloped || enveloped->flags != 0 || !call.request.body.empty())
    return Error{ErrorCode::kMalformedRequest, "a server stream takes one message"};
  return decode(call.type.codec, enveloped->message, message);
}

void ConnectServer::Impl::run_unary(Call& call) {
  const auto answer_to = [this, &call]() -> Result<std::string> {
    try {
      const auto message = call.method->make_request();
      ECG_TRY(admit(call, *message));
      ECG_ASSIGN(const auto answer, call.method->unary(call.context, *message));
      return encode(call.type.codec, *answer);
    } catch (const std::exception& e) {
      return internal_fault(call.context.method, e.what());
    }
  };
  auto outcome = answer_to();
  HttpResponse response;
  if (outcome.ok()) {
    response.headers.emplace_back("content-type", std::string(content_type(call.type)));
    response.body = std::move(outcome).value();
    gzip_if_accepted(call.request, response);
  } else {
    response = error_response(outcome.error());
  }
  if (call.context.new_session_token)
    response.headers.emplace_back("set-cookie", session_cookie(call.peer, *call.context.new_session_token));
  observe(call.context, outcome.ok() ? nullptr : &outcome.error(), call.begun);
  respond(call.answer, call.peer, std::move(response));
}

void ConnectServer::Impl::run_stream(Call& call) {
  // The head is sent before the outcome is known: an error of a stream travels in its last message.
  HttpResponse head;
  head.headers.emplace_back("content-type", std::string(content_type(call.type)));
  head.headers.emplace_back("cache-control", "no-store");
  add_security_headers(head.headers, call.peer);
  call.answer->start_stream(std::move(head));
  const auto observed = std::make_shared<ObservedContext>(call.context);
  auto stream = std::make_shared<ConnectStream>(
      call.answer, call.type, [weak = weak_from_this(), observed, begun = call.begun](const Error* failed) {
        if (const auto self = weak.lock()) self->observe(observed->get(), failed, begun);
      });
  track(stream);
  try {
    const auto message = call.method->make_request();
    auto admitted = admit(call, *message);
    observed->set(call.context);
    if (admitted.ok()) admitted = call.method->stream(call.context, *message, stream);
    if (!admitted.ok()) stream->finish(std::move(admitted));
  } catch (const std::exception& e) {
    stream->finish(internal_fault(call.context.method, e.what()));
  }
}

void ConnectServer::Impl::track(const std::shared_ptr<ConnectStream>& stream) {
  bool too_late = false;
  {
    const std::scoped_lock lock(mutex);
    std::erase_if(streams, [](const auto& weak) { return weak.expired(); });
    too_late = stopping;
    if (!too_late) streams.push_back(stream);
  }
  if (too_late) stream->finish(Error{ErrorCode::kShuttingDown, ""});
}

void ConnectServer::Impl::observe(const CallContext& context, const Error* failed, Duration begun) {
  if (observer) observer(context, failed, clock.steady() - begun);
}

// store: the response says itself how it may be cached.
void ConnectServer::Impl::respond(const std::shared_ptr<Answer>& answer, const Peer& peer,
                                  HttpResponse response, bool store) {
  if (!store || response.header("cache-control").empty())
    response.headers.emplace_back("cache-control", "no-store");
  add_security_headers(response.headers, peer);
  answer->respond(std::move(response));
}

ConnectServer::ConnectServer(Options options, const Registry& registry, Guard guard, Observer observer,
                             const Clock& clock)
    : impl_(std::make_shared<Impl>(options, registry, std::move(guard), std::move(observer), clock)) {}

ConnectServer::~ConnectServer() {
  stop();
}

void ConnectServer::get(std::string path, std::function<PlainAnswer()> handler, Reach reach) {
  impl_->routes.insert_or_assign(std::move(path), Impl::Route{std::move(handler), reach});
}

void ConnectServer::serve_files(std::string prefix, std::filesystem::path folder) {
  impl_->folders.emplace_back(std::move(prefix), std::move(folder));
  std::ranges::sort(impl_->folders,
                    [](const auto& a, const auto& b) { return a.first.size() > b.first.size(); });
}

void ConnectServer::redirect(std::string path, std::string to) {
  impl_->redirects.insert_or_assign(std::move(path), std::move(to));
}

Result<std::uint16_t> ConnectServer::listen_tls(const std::string& address, std::uint16_t port,
                                                const TlsMaterial& material) {
  impl_->open();
  ECG_ASSIGN(const auto actual, impl_->http->listen_tls(address, port, material));
  if (impl_->port == 0) impl_->port = actual;
  return actual;
}

Result<std::uint16_t> ConnectServer::listen_loopback(std::uint16_t port) {
  impl_->open();
  ECG_ASSIGN(const auto actual, impl_->http->listen_loopback(port));
  if (impl_->port == 0) impl_->port = actual;
  return actual;
}

Result<void> ConnectServer::listen_unix(const std::filesystem::path& path, mode_t mode) {
  impl_->open();
  return impl_->http->listen_unix(path, mode);
}

Result<void> ConnectServer::replace_tls(const TlsMaterial& material) {
  impl_->open();
  return impl_->http->replace_tls(material);
}

std::uint16_t ConnectServer::port() const {
  return impl_->port;
}
int ConnectServer::connections() const {
  return impl_->http ? impl_->http->connections() : 0;
}

void ConnectServer::stop() {
  std::vector<std::weak_ptr<ConnectStream>> streams;
  {
    const std::scoped_lock lock(impl_->mutex);
    if (impl_->stopping) return;
    impl_->stopping = true;
    streams.swap(impl_->streams);
  }
  if (!impl_->http) return;
  for (const auto& weak : streams)
    if (const auto stream = weak.lock()) stream->finish(Error{ErrorCode::kShuttingDown, ""});
  impl_->http->stop(impl_->options.stop_grace);
  impl_->workers->stop();
}

}  // namespace ecg::net
