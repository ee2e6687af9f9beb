#include "server/api/grpc/exchange_service.h"

#include "ecg/v1/exchange.grpc.pb.h"

#include "common/base/limits.h"
#include "common/net/grpc/status.h"
#include "server/api/grpc/caller.h"
#include "server/api/grpc/stream_reactor.h"
#include "server/delivery/exchange_session.h"

namespace ecg::api {

namespace {

class ExchangeStream final : public StreamReactor<v1::GatewayMessage, v1::CenterMessage>,
                             public delivery::ExchangePeer {
 public:
  ExchangeStream(grpc::CallbackServerContext& context, GatewayDirectory& directory)
      : StreamReactor(context), directory_(directory) {}

  void begin(delivery::Delivery& delivery, const KnownGateway& gateway, std::uint64_t stream) {
    stream_ = stream;
    hold();
    const auto self = std::static_pointer_cast<ExchangeStream>(shared_from_this());
    // The session may ask for the first message before it is here.
    const std::lock_guard lock(session_mutex_);
    session_ = delivery.begin(gateway.gateway, gateway.site, self);
  }

 private:
  // From the gateway:
  void on_message(const v1::GatewayMessage& message) override { session()->receive(message); }
  void on_half_close() override { finish(grpc::Status::OK); }
  void on_over() override {
    session()->end();
    directory_.stream_closed(stream_);
  }

  // From the session:
  bool send(const v1::CenterMessage& message) override {
    return StreamReactor::send(message, limits::kEventsPerSubscriberMax);
  }
  void ready() override { read_next(); }
  void failed(const Error& error) override { finish(net::to_status(error)); }

  std::shared_ptr<delivery::ExchangeSession> session() {
    const std::lock_guard lock(session_mutex_);
    return session_;
  }

  GatewayDirectory& directory_;
  std::uint64_t stream_ = 0;
  std::mutex session_mutex_;
  std::shared_ptr<delivery::ExchangeSession> session_;  // guarded by session_mutex_
};

class ExchangeService final : public v1::ExchangeService::CallbackService {
 public:
  ExchangeService(delivery::Delivery& delivery, GatewayDirectory& directory)
      : delivery_(delivery), directory_(directory) {}

  grpc::ServerBidiReactor<v1::GatewayMessage, v1::CenterMessage>* Exchange(
      grpc::CallbackServerContext* context) override {
    auto stream = std::make_shared<ExchangeStream>(*context, directory_);
    const auto admitted = admit_stream(directory_, *context, std::weak_ptr<ExchangeStream>(stream));
    if (!admitted.ok()) {
      return new RefusedCall<v1::GatewayMessage, v1::CenterMessage>(net::to_status(admitted.error()));
    }
    stream->begin(delivery_, admitted->gateway, admitted->stream);
    return stream.get();
  }

 private:
  delivery::Delivery& delivery_;
  GatewayDirectory& directory_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_exchange_service(delivery::Delivery& delivery,
                                                     GatewayDirectory& directory) {
  return std::make_unique<ExchangeService>(delivery, directory);
}

}  // namespace ecg::api
