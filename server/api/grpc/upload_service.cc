#include "server/api/grpc/upload_service.h"

#include <atomic>

#include "ecg/v1/upload.grpc.pb.h"

#include "common/net/grpc/status.h"
#include "server/api/grpc/caller.h"
#include "server/api/grpc/stream_reactor.h"
#include "server/ingest/upload_session.h"

namespace ecg::api {

namespace {

class UploadStream final : public StreamReactor<v1::UploadRequest, v1::UploadResponse>,
                           public ingest::UploadPeer {
 public:
  UploadStream(grpc::CallbackServerContext& context, GatewayDirectory& directory)
      : StreamReactor(context), directory_(directory) {}

  void begin(ingest::Intake& intake, const KnownGateway& gateway, std::uint64_t stream) {
    stream_ = stream;
    hold();
    const auto self = std::static_pointer_cast<UploadStream>(shared_from_this());
    session_ =
        std::make_shared<ingest::UploadSession>(intake, ingest::Sender{gateway.gateway, gateway.site}, self);
    read_next();
  }

 private:
  // From the gateway:
  void on_message(const v1::UploadRequest& message) override {
    session_->receive(message);
    if (session_->hungry()) read_next();
  }
  void on_half_close() override {
    half_closed_ = true;
    finish_when_idle();
  }
  void on_over() override {
    session_->end();
    directory_.stream_closed(stream_);
  }

  // From the session:
  void opened(const v1::UploadOpened& answer) override {
    v1::UploadResponse response;
    *response.mutable_opened() = answer;
    send_or_replace(std::move(response), [](const v1::UploadResponse&) { return false; });
    finish_when_idle();
  }
  // Cumulative, so the newest one waiting is enough.
  void acknowledged(std::uint64_t durable_frames) override {
    std::uint64_t before = acknowledged_;
    while (before < durable_frames && !acknowledged_.compare_exchange_weak(before, durable_frames)) {
    }
    v1::UploadResponse response;
    response.mutable_acknowledged()->set_durable_frames(acknowledged_);
    send_or_replace(std::move(response),
                    [](const v1::UploadResponse& last) { return last.has_acknowledged(); });
    finish_when_idle();
  }
  void closed(const v1::StorageReceipt& receipt) override {
    v1::UploadResponse response;
    *response.mutable_closed()->mutable_receipt() = receipt;
    send_or_replace(std::move(response), [](const v1::UploadResponse&) { return false; });
    finish(grpc::Status::OK);
  }
  void failed(const Error& error) override { finish(net::to_status(error)); }
  void ready() override { read_next(); }

  void finish_when_idle() {
    if (half_closed_ && session_->idle()) finish(grpc::Status::OK);
  }

  GatewayDirectory& directory_;
  std::uint64_t stream_ = 0;
  std::shared_ptr<ingest::UploadSession> session_;
  std::atomic<std::uint64_t> acknowledged_{0};
  std::atomic<bool> half_closed_{false};
};

class UploadService final : public v1::UploadService::CallbackService {
 public:
  UploadService(ingest::Intake& intake, GatewayDirectory& directory)
      : intake_(intake), directory_(directory) {}

  grpc::ServerBidiReactor<v1::UploadRequest, v1::UploadResponse>* Upload(
      grpc::CallbackServerContext* context) override {
    auto stream = std::make_shared<UploadStream>(*context, directory_);
    const auto admitted = admit_stream(directory_, *context, std::weak_ptr<UploadStream>(stream));
    if (!admitted.ok()) {
      return new RefusedCall<v1::UploadRequest, v1::UploadResponse>(net::to_status(admitted.error()));
    }
    stream->begin(intake_, admitted->gateway, admitted->stream);
    return stream.get();
  }

 private:
  ingest::Intake& intake_;
  GatewayDirectory& directory_;
};

}  // namespace

std::unique_ptr<grpc::Service> make_upload_service(ingest::Intake& intake, GatewayDirectory& directory) {
  return std::make_unique<UploadService>(intake, directory);
}

}  // namespace ecg::api
