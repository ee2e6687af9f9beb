#include "tests/unit/gateway/uplink/test_center.h"

#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include <ecg/v1/exchange.grpc.pb.h>
#include <ecg/v1/upload.grpc.pb.h>
#include <grpcpp/grpcpp.h>

#include "common/net/grpc/status.h"
#include "common/net/tls.h"
#include "common/wire/recording_digest.h"

namespace ecg::uplink::testing {
namespace {

grpc::Status refusal(int catalogue) {
  const Error error{facts_by_catalogue(catalogue)->code, "upload"};
  return net::to_status(error);
}

struct Stored {
  TestCenter::Upload facts;
  std::unique_ptr<wire::RecordingDigest> digest;
  int leads = 0;
  std::optional<ecg::v1::StorageReceipt> receipt;
};

}  // namespace

struct TestCenter::State {
  struct Uploads final : ecg::v1::UploadService::Service {
    explicit Uploads(State& s) : state(s) {}
    grpc::Status Upload(
        grpc::ServerContext*,
        grpc::ServerReaderWriter<ecg::v1::UploadResponse, ecg::v1::UploadRequest>* stream) override;
    State& state;
  };
  struct Exchanges final : ecg::v1::ExchangeService::Service {
    explicit Exchanges(State& s) : state(s) {}
    grpc::Status Exchange(
        grpc::ServerContext*,
        grpc::ServerReaderWriter<ecg::v1::CenterMessage, ecg::v1::GatewayMessage>* stream) override;
    State& state;
  };

  explicit State()
      : ca(net::CertificateAuthority::create("test center", clock).value()),
        server_tls(ca.issue_server({"127.0.0.1"}, clock).value()),
        receipt_key(net::make_key_pem()),
        gateway_key(net::make_key_pem()) {
    const auto csr = net::make_csr_der(gateway_key, "gw").value();
    gateway_certificate =
        ca.issue_gateway(csr, "spiffe://test/site/a/gw/b", "b", std::chrono::hours(24), clock).value();
  }

  void listen() {
    grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
    tls.pem_root_certs = ca.certificate_pem();
    tls.pem_key_cert_pairs.push_back({server_tls.key_pem, server_tls.certificate_pem});
    grpc::ServerBuilder builder;
    int got = 0;
    builder.AddListeningPort("127.0.0.1:" + std::to_string(port), grpc::SslServerCredentials(tls), &got);
    builder.RegisterService(&uploads);
    builder.RegisterService(&exchanges);
    server = builder.BuildAndStart();
    port = got;
  }

  ecg::v1::StorageReceipt sign(const std::string& id, const Stored& upload) {
    ecg::v1::StorageReceiptBody body;
    body.set_upload_id(id);
    body.set_study_id(upload.facts.study_id);
    body.set_frames(upload.facts.frames);
    body.set_sha256(upload.facts.sha256);
    ecg::v1::StorageReceipt receipt;
    receipt.set_body(body.SerializeAsString());
    receipt.set_signature(
        net::sign(behaviour.wrong_receipt_key ? gateway_key : receipt_key, receipt.body()).value());
    receipt.set_key_id(net::key_id(net::public_key_der(receipt_key).value()));
    return receipt;
  }

  SystemClock clock;
  net::CertificateAuthority ca;
  net::TlsMaterial server_tls;
  std::string receipt_key, gateway_key, gateway_certificate;
  Uploads uploads{*this};
  Exchanges exchanges{*this};
  std::unique_ptr<grpc::Server> server;
  int port = 0;

  mutable std::mutex mutex;
  CenterBehaviour behaviour;
  std::map<std::string, Stored> stored;
  std::optional<ecg::v1::Delivery> delivery;
  bool acknowledged = false;
  int opened = 0, beats = 0;
};

grpc::Status TestCenter::State::Uploads::Upload(
    grpc::ServerContext*, grpc::ServerReaderWriter<ecg::v1::UploadResponse, ecg::v1::UploadRequest>* stream) {
  ecg::v1::UploadRequest request;
  std::string id;
  int blocks = 0;
  while (stream->Read(&request)) {
    const std::lock_guard lock(state.mutex);
    ecg::v1::UploadResponse response;
    if (request.has_open()) {
      if (state.behaviour.refuse_with != 0) return refusal(state.behaviour.refuse_with);
      id = request.open().upload_id();
      Stored& one = state.stored[id];
      one.leads = request.open().format().leads_size();
      one.facts.study_id = request.open().study().study_id();
      ++one.facts.opens;
      if (!one.digest) one.digest = std::make_unique<wire::RecordingDigest>(one.leads);
      response.mutable_opened()->set_durable_frames(one.digest->frames());
      if (one.receipt) *response.mutable_opened()->mutable_receipt() = *one.receipt;
    } else if (request.has_block()) {
      Stored& one = state.stored[id];
      const auto block = wire::decode_block(request.block(), one.leads);
      if (!block.ok()) return refusal(2103);
      if (!one.digest->add(*block).ok()) return refusal(2101);
      if (++blocks == state.behaviour.break_after_blocks) {
        state.behaviour.break_after_blocks = -1;
        return {grpc::StatusCode::UNAVAILABLE, "cut"};
      }
      response.mutable_acknowledged()->set_durable_frames(one.digest->frames());
    } else {
      Stored& one = state.stored[id];
      one.facts.frames = one.digest->frames();
      one.facts.sha256 = wire::as_bytes(one.digest->digest());
      if (request.close().sha256() != one.facts.sha256) return refusal(2104);
      one.facts.disposition = request.close().disposition();
      one.receipt = state.sign(id, one);
      *response.mutable_closed()->mutable_receipt() = *one.receipt;
    }
    stream->Write(response);
  }
  return grpc::Status::OK;
}

grpc::Status TestCenter::State::Exchanges::Exchange(
    grpc::ServerContext*, grpc::ServerReaderWriter<ecg::v1::CenterMessage, ecg::v1::GatewayMessage>* stream) {
  ecg::v1::GatewayMessage message;
  while (stream->Read(&message)) {
    const std::lock_guard lock(state.mutex);
    if (message.has_delivery_acknowledged()) state.acknowledged = true;
    if (message.has_report_opened()) ++state.opened;
    if (!message.has_heartbeat()) continue;
    ++state.beats;
    ecg::v1::CenterMessage answer;
    *answer.mutable_tick()->mutable_heartbeat_sent_at() = message.heartbeat().sent_at();
    const std::int64_t us = to_micros(state.clock.now()) - 3'000'000;  // this center's clock is 3 s behind
    answer.mutable_tick()->mutable_center_now()->set_seconds(us / 1'000'000);
    stream->Write(answer);
    if (state.delivery && !state.acknowledged) {
      *answer.mutable_delivery() = *state.delivery;
      stream->Write(answer);
    }
  }
  return grpc::Status::OK;
}

TestCenter::TestCenter() : state_(new State) {
  state_->listen();
}
TestCenter::~TestCenter() {
  state_->server->Shutdown(std::chrono::system_clock::now());
}

Enrolment TestCenter::enrolment() const {
  Enrolment out;
  out.center_address = "127.0.0.1:" + std::to_string(state_->port);
  out.certificate_pem = state_->gateway_certificate;
  out.key_pem = state_->gateway_key;
  out.ca_pem = state_->ca.certificate_pem();
  out.receipt_key_der = net::public_key_der(state_->receipt_key).value();
  out.receipt_key_id = net::key_id(out.receipt_key_der);
  return out;
}

void TestCenter::behave(CenterBehaviour behaviour) {
  const std::lock_guard lock(state_->mutex);
  state_->behaviour = behaviour;
}

void TestCenter::restart(std::chrono::milliseconds pause) {
  state_->server->Shutdown(std::chrono::system_clock::now());
  state_->server.reset();
  std::this_thread::sleep_for(pause);
  state_->listen();
}

TestCenter::Upload TestCenter::upload(const std::string& id) const {
  const std::lock_guard lock(state_->mutex);
  const auto it = state_->stored.find(id);
  if (it == state_->stored.end()) return {};
  Upload out = it->second.facts;
  if (out.disposition == 0) out.frames = it->second.digest->frames();
  return out;
}

std::size_t TestCenter::uploads() const {
  const std::lock_guard lock(state_->mutex);
  return state_->stored.size();
}

void TestCenter::deliver_report(const std::string& study_id, std::uint32_t version) {
  const std::lock_guard lock(state_->mutex);
  ecg::v1::Delivery delivery;
  delivery.set_delivery_id("d1");
  delivery.mutable_report()->mutable_report()->set_study_id(study_id);
  delivery.mutable_report()->mutable_report()->set_version(version);
  state_->delivery = delivery;
}

bool TestCenter::delivery_acknowledged() const {
  const std::lock_guard lock(state_->mutex);
  return state_->acknowledged;
}

int TestCenter::reports_opened() const {
  const std::lock_guard lock(state_->mutex);
  return state_->opened;
}

int TestCenter::heartbeats() const {
  const std::lock_guard lock(state_->mutex);
  return state_->beats;
}

}  // namespace ecg::uplink::testing
