// Real gRPC over mTLS on 127.0.0.1 against a real store.
#include "server/api/grpc/gateway_server.h"

#include <filesystem>
#include <thread>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include "ecg/v1/exchange.grpc.pb.h"
#include "ecg/v1/upload.grpc.pb.h"

#include "common/net/grpc/dial.h"
#include "common/net/grpc/status.h"
#include "common/wire/block_codec.h"
#include "common/wire/recording_digest.h"
#include "server/api/grpc/gateway_directory.h"
#include "server/api/grpc/receipt_key.h"
#include "server/identity/gateways.h"
#include "server/store/sqlite/sqlite_store.h"

namespace ecg::api {
namespace {

constexpr auto kCenter = "county";
constexpr int kLeads = 8;
constexpr std::uint32_t kFrames = 125;

wire::Block samples(std::uint64_t first_frame) {
  wire::Block block;
  block.first_frame = first_frame;
  for (std::uint32_t i = 0; i < kFrames * kLeads; ++i) {
    block.samples.push_back(static_cast<std::int32_t>((first_frame * kLeads + i) * 2654435761U >> 20));
  }
  return block;
}

v1::UploadRequest open_message(const std::string& upload, const std::string& study) {
  v1::UploadRequest message;
  auto* open = message.mutable_open();
  open->set_upload_id(upload);
  open->mutable_study()->set_study_id(study);
  open->mutable_study()->mutable_patient()->set_id("P-1");
  open->mutable_format()->set_sampling_hz(500);
  for (int i = 0; i < kLeads; ++i) {
    auto* lead = open->mutable_format()->add_leads();
    lead->set_lead(static_cast<v1::LeadCode>(i + 1));
    lead->set_uv_per_lsb(2.5);
  }
  return message;
}

v1::UploadRequest block_message(std::uint64_t first_frame) {
  v1::UploadRequest message;
  *message.mutable_block() = wire::encode_block(samples(first_frame), kLeads).value();
  return message;
}

v1::UploadRequest close_message(int blocks) {
  wire::RecordingDigest digest(kLeads);
  for (int i = 0; i < blocks; ++i) (void)digest.add(samples(static_cast<std::uint64_t>(i) * kFrames));
  v1::UploadRequest message;
  message.mutable_close()->set_frames(digest.frames());
  message.mutable_close()->set_sha256(wire::as_bytes(digest.digest()));
  message.mutable_close()->set_disposition(v1::CLOSE_DISPOSITION_COMPLETE);
  return message;
}

class GatewayServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-api-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    store_ = store::open_sqlite_store(directory_, random_).value();
    intake_ =
        std::make_unique<ingest::Intake>(*store_, clock_, key_, workers_, metrics_, ingest::IntakeOptions{});
    delivery_ = std::make_unique<delivery::Delivery>(*store_, clock_,
                                                     delivery::CenterFacts{"县心电中心", "120"}, metrics_);
    ASSERT_TRUE(delivery_->start().ok());
    for (const char* site : {"baishi", "lishui"}) {
      ASSERT_TRUE(store_
                      ->write_wait([site](store::Transaction& t) {
                        store::SiteRecord record;
                        record.id = SiteId(site);
                        return t.put_site(record);
                      })
                      .ok());
    }
    net::GrpcServer::Options options;
    options.address = "127.0.0.1";
    options.port = 0;
    options.tls = ca_.issue_server({"127.0.0.1"}, clock_).value();
    options.client_ca_pem = ca_.certificate_pem();
    server_ = GatewayServer::start(options, kCenter, *store_, clock_, *intake_, *delivery_).value();
  }
  void TearDown() override {
    server_.reset();
    intake_.reset();
    delivery_.reset();
    store_.reset();
    std::filesystem::remove_all(directory_);
  }

  struct Gateway {
    GatewayId id;
    store::GatewayRecord record;
    std::shared_ptr<grpc::Channel> channel;
  };
  Gateway make_gateway(const std::string& site) {
    Gateway gateway;
    gateway.id = GatewayId(random_id(random_));
    const auto key = net::make_key_pem();
    const auto uri = identity::gateway_uri(kCenter, {SiteId(site), gateway.id});
    const auto certificate =
        ca_.issue_gateway(net::make_csr_der(key, "gw").value(), uri, "gw", std::chrono::hours(24), clock_)
            .value();
    gateway.record.id = gateway.id;
    gateway.record.site = SiteId(site);
    gateway.record.certificate_sha256 = net::read_certificate(certificate)->sha256;
    gateway.record.expires_at = clock_.now() + std::chrono::hours(24);
    net::DialOptions dial;
    dial.address = "127.0.0.1:" + std::to_string(server_->port());
    dial.tls = {certificate, key};
    dial.ca_pem = ca_.certificate_pem();
    gateway.channel = net::dial(dial).value();
    return gateway;
  }
  void put(const store::GatewayRecord& record) {
    ASSERT_TRUE(store_->write_wait([&](store::Transaction& t) { return t.put_gateway(record); }).ok());
  }
  Gateway enrolled(const std::string& site = "baishi") {
    auto gateway = make_gateway(site);
    put(gateway.record);
    return gateway;
  }
  static std::unique_ptr<grpc::ClientContext> context() {
    auto made = std::make_unique<grpc::ClientContext>();
    made->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    return made;
  }
  struct Outcome {
    grpc::Status status;
    std::optional<v1::StorageReceipt> receipt;
    std::uint64_t opened_at = 0, acknowledged = 0;
    ErrorCode error() const { return status.ok() ? ErrorCode::kInternal : net::from_status(status).code; }
  };
  // Sends everything without waiting, then reads everything.
  static Outcome upload(const Gateway& gateway, const std::vector<v1::UploadRequest>& messages) {
    const auto stub = v1::UploadService::NewStub(gateway.channel);
    const auto call = context();
    const auto stream = stub->Upload(call.get());
    for (const auto& message : messages) stream->Write(message);
    stream->WritesDone();
    Outcome outcome;
    v1::UploadResponse response;
    while (stream->Read(&response)) {
      if (response.has_opened()) outcome.opened_at = response.opened().durable_frames();
      if (response.has_opened() && response.opened().has_receipt())
        outcome.receipt = response.opened().receipt();
      if (response.has_acknowledged()) outcome.acknowledged = response.acknowledged().durable_frames();
      if (response.has_closed()) outcome.receipt = response.closed().receipt();
    }
    outcome.status = stream->Finish();
    return outcome;
  }
  static std::vector<v1::UploadRequest> recording(const std::string& upload, const std::string& study,
                                                  int blocks) {
    std::vector<v1::UploadRequest> messages{open_message(upload, study)};
    for (int i = 0; i < blocks; ++i)
      messages.push_back(block_message(static_cast<std::uint64_t>(i) * kFrames));
    messages.push_back(close_message(blocks));
    return messages;
  }

  std::string directory_;
  SystemRandom random_;
  SystemClock clock_;
  Metrics metrics_;
  net::CertificateAuthority ca_ = net::CertificateAuthority::create(kCenter, clock_).value();
  ReceiptKey key_ = ReceiptKey::load(net::make_key_pem()).value();
  Workers workers_{2};
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<ingest::Intake> intake_;
  std::unique_ptr<delivery::Delivery> delivery_;
  std::unique_ptr<GatewayServer> server_;
  const std::string upload_ = std::string(26, 'a'), study_ = std::string(26, 's');
};

TEST_F(GatewayServerTest, AnUploadEndsWithAReceiptThatVerifies) {
  const auto outcome = upload(enrolled(), recording(upload_, study_, 100));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  ASSERT_TRUE(outcome.receipt.has_value());
  EXPECT_EQ(outcome.acknowledged, 100 * kFrames);
  EXPECT_EQ(outcome.receipt->key_id(), key_.key_id());
  EXPECT_TRUE(net::verify(key_.public_key_der(), outcome.receipt->body(), outcome.receipt->signature()));
  EXPECT_FALSE(
      net::verify(key_.public_key_der(), outcome.receipt->body() + "x", outcome.receipt->signature()));
}

TEST_F(GatewayServerTest, AStreamThatStopsAnywhereIsResumed) {
  const auto gateway = enrolled();
  auto messages = recording(upload_, study_, 20);
  const auto first = upload(gateway, {messages.begin(), messages.begin() + 11});
  ASSERT_TRUE(first.status.ok()) << first.status.error_message();
  EXPECT_EQ(first.acknowledged, 10 * kFrames);
  const auto again = upload(gateway, messages);
  EXPECT_EQ(again.opened_at, 10 * kFrames);
  ASSERT_TRUE(again.receipt.has_value());
  const auto later = upload(gateway, {messages.front()});
  EXPECT_TRUE(later.status.ok());
  EXPECT_EQ(later.receipt->SerializeAsString(), again.receipt->SerializeAsString());
}

TEST_F(GatewayServerTest, RefusalsCarryTheirNameAndSubject) {
  const auto gateway = enrolled();
  const auto gap = upload(gateway, {open_message(upload_, study_), block_message(kFrames)});
  EXPECT_EQ(gap.error(), ErrorCode::kUploadOffsetMismatch);
  auto spoilt = block_message(0);
  spoilt.mutable_block()->set_crc32c(spoilt.block().crc32c() + 1);
  EXPECT_EQ(upload(gateway, {open_message(upload_, study_), spoilt}).error(), ErrorCode::kChecksumMismatch);
  auto too_slow = open_message(upload_, study_);
  too_slow.mutable_open()->mutable_format()->set_sampling_hz(100);
  EXPECT_EQ(upload(gateway, {too_slow}).error(), ErrorCode::kSamplingOutsideIntake);
  EXPECT_EQ(upload(gateway, {block_message(0)}).error(), ErrorCode::kUploadNotOpen);
}

TEST_F(GatewayServerTest, ACertificateThatIsNotEnrolledIsRefused) {
  const auto outcome = upload(make_gateway("baishi"), recording(upload_, study_, 1));
  EXPECT_EQ(outcome.error(), ErrorCode::kGatewayUnknown);
}

TEST_F(GatewayServerTest, ACertificateBoundToAnotherSiteIsRefused) {
  auto gateway = make_gateway("baishi");
  gateway.record.site = SiteId("lishui");
  put(gateway.record);
  EXPECT_EQ(upload(gateway, recording(upload_, study_, 1)).error(), ErrorCode::kGatewayUnknown);
}

TEST_F(GatewayServerTest, AnotherSitesUploadIsRefused) {
  ASSERT_TRUE(upload(enrolled("baishi"), {open_message(upload_, study_)}).status.ok());
  EXPECT_EQ(upload(enrolled("lishui"), {open_message(upload_, study_)}).error(), ErrorCode::kWrongSite);
}

TEST_F(GatewayServerTest, ARevokedGatewayIsRefusedAndItsOpenStreamsEndWithinFiveSeconds) {
  auto gateway = enrolled();
  const auto uploads = v1::UploadService::NewStub(gateway.channel);
  const auto upload_call = context();
  const auto open_upload = uploads->Upload(upload_call.get());
  open_upload->Write(open_message(upload_, study_));
  v1::UploadResponse opened;
  ASSERT_TRUE(open_upload->Read(&opened));
  const auto exchanges = v1::ExchangeService::NewStub(gateway.channel);
  const auto exchange_call = context();
  const auto exchange = exchanges->Exchange(exchange_call.get());
  v1::CenterMessage message;
  ASSERT_TRUE(exchange->Read(&message));

  const auto begin = std::chrono::steady_clock::now();
  gateway.record.revoked_at = clock_.now();
  put(gateway.record);
  while (exchange->Read(&message)) {
  }
  EXPECT_EQ(net::from_status(exchange->Finish()).code, ErrorCode::kGatewayRevoked);
  while (open_upload->Read(&opened)) {
  }
  EXPECT_EQ(net::from_status(open_upload->Finish()).code, ErrorCode::kGatewayRevoked);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
  EXPECT_EQ(upload(gateway, {open_message(upload_, study_)}).error(), ErrorCode::kGatewayRevoked);
}

TEST_F(GatewayServerTest, AnOpenStreamEndsSoonAfterItsCertificateExpires) {
  auto gateway = enrolled();
  const auto stub = v1::ExchangeService::NewStub(gateway.channel);
  const auto call = context();
  const auto stream = stub->Exchange(call.get());
  v1::CenterMessage message;
  ASSERT_TRUE(stream->Read(&message));
  gateway.record.expires_at = clock_.now() - std::chrono::seconds(1);
  put(gateway.record);
  const auto begin = std::chrono::steady_clock::now();
  while (stream->Read(&message)) {
  }
  EXPECT_EQ(net::from_status(stream->Finish()).code, ErrorCode::kGatewayUnknown);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

TEST_F(GatewayServerTest, ARevokedGatewayThatDoesNotReadIsCutOff) {
  auto gateway = enrolled();
  ASSERT_TRUE(store_
                  ->write_wait([](store::Transaction& t) -> Result<void> {
                    // More progress than a connection's windows take, so that a write is stuck.
                    for (int i = 0; i < 190; ++i) {
                      store::StudyRecord study;
                      study.study.id = StudyId("s" + std::to_string(i));
                      study.study.site = SiteId("baishi");
                      study.study.state = domain::StudyState::kQueued;
                      study.reader_name = std::string(8000, 'x');
                      ECG_TRY(t.put_study(study));
                    }
                    return {};
                  })
                  .ok());
  const auto stub = v1::ExchangeService::NewStub(gateway.channel);
  const auto call = context();
  const auto stream = stub->Exchange(call.get());
  v1::CenterMessage message;
  ASSERT_TRUE(stream->Read(&message));
  gateway.record.revoked_at = clock_.now();
  put(gateway.record);
  std::this_thread::sleep_for(2 * GatewayDirectory::kLookEvery + std::chrono::milliseconds(500));
  // What was on its way is still there; then the stream is over without the gateway having read on meanwhile.
  while (stream->Read(&message)) {
  }
  EXPECT_FALSE(stream->Finish().ok());
  EXPECT_EQ(upload(gateway, {open_message(upload_, study_)}).error(), ErrorCode::kGatewayRevoked);
}

TEST_F(GatewayServerTest, AGatewayCannotOpenMoreStreamsThanTheLimit) {
  const auto gateway = enrolled();
  const auto stub = v1::UploadService::NewStub(gateway.channel);
  std::vector<std::unique_ptr<grpc::ClientContext>> calls;
  std::vector<std::unique_ptr<grpc::ClientReaderWriter<v1::UploadRequest, v1::UploadResponse>>> streams;
  for (int i = 0; i < limits::kUploadsPerGateway; ++i) {
    calls.push_back(context());
    streams.push_back(stub->Upload(calls.back().get()));
    streams.back()->Write(open_message(std::string(26, static_cast<char>('a' + i)),
                                       std::string(26, static_cast<char>('a' + i))));
    v1::UploadResponse opened;
    ASSERT_TRUE(streams.back()->Read(&opened));
  }
  const auto one_more = upload(gateway, {open_message(std::string(26, 'z'), std::string(26, 'z'))});
  EXPECT_EQ(one_more.error(), ErrorCode::kOverloaded);
  EXPECT_GT(net::from_status(one_more.status).retry_after_ms, 0);
  for (auto& stream : streams) {
    stream->WritesDone();
    EXPECT_TRUE(stream->Finish().ok());
  }
}

TEST_F(GatewayServerTest, ExchangeAnswersHeartbeatsAndDeliversSettings) {
  const auto gateway = enrolled();
  const auto stub = v1::ExchangeService::NewStub(gateway.channel);
  const auto call = context();
  const auto stream = stub->Exchange(call.get());
  v1::GatewayMessage heartbeat;
  heartbeat.mutable_heartbeat()->mutable_sent_at()->set_seconds(77);
  stream->Write(heartbeat);
  bool ticked = false;
  std::string delivery;
  v1::CenterMessage message;
  while ((!ticked || delivery.empty()) && stream->Read(&message)) {
    if (message.has_tick()) ticked = message.tick().heartbeat_sent_at().seconds() == 77;
    if (message.has_delivery()) delivery = message.delivery().delivery_id();
  }
  EXPECT_TRUE(ticked);
  v1::GatewayMessage acknowledged;
  acknowledged.mutable_delivery_acknowledged()->set_delivery_id(delivery);
  stream->Write(acknowledged);
  stream->Write(heartbeat);  // taken after the acknowledgement is stored
  ASSERT_TRUE(stream->Read(&message));
  stream->WritesDone();
  while (stream->Read(&message)) {
  }
  EXPECT_TRUE(stream->Finish().ok());
  ASSERT_TRUE(store_
                  ->read([&](const store::Snapshot& s) -> Result<void> {
                    ECG_ASSIGN(const auto found, s.find_delivery(delivery));
                    EXPECT_TRUE(found && found->stored_at);
                    return {};
                  })
                  .ok());
}

TEST_F(GatewayServerTest, StoppingEndsOpenStreamsByNameWithinTheGrace) {
  const auto gateway = enrolled();
  const auto stub = v1::ExchangeService::NewStub(gateway.channel);
  const auto call = context();
  const auto stream = stub->Exchange(call.get());
  v1::CenterMessage message;
  ASSERT_TRUE(stream->Read(&message));
  std::thread stopper([this] { server_->stop(std::chrono::seconds(5)); });
  while (stream->Read(&message)) {
  }
  EXPECT_EQ(net::from_status(stream->Finish()).code, ErrorCode::kShuttingDown);
  stopper.join();
}

TEST_F(GatewayServerTest, ManyUploadsAtOnceAllGetTheirReceipts) {
  constexpr int kGateways = 8;
  std::vector<Gateway> gateways;
  for (int i = 0; i < kGateways; ++i) gateways.push_back(enrolled());
  std::atomic<int> receipts{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < kGateways; ++i) {
    threads.emplace_back([&, i] {
      const std::string id(26, static_cast<char>('a' + i));
      receipts += upload(gateways[static_cast<std::size_t>(i)], recording(id, id, 40)).receipt ? 1 : 0;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(receipts, kGateways);
  const auto figures = store_->figures();
  EXPECT_LT(figures.commits, figures.changes);
}

}  // namespace
}  // namespace ecg::api
