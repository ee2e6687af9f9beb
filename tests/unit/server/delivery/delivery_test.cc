#include "server/delivery/delivery.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "ecg/v1/site.pb.h"

#include "server/delivery/outbox.h"
#include "tests/unit/server/delivery/center_for_tests.h"

namespace ecg::delivery {
namespace {

class GatewayPeer final : public ExchangePeer {
 public:
  bool send(const v1::CenterMessage& message) override {
    set([&] { messages_.push_back(message); });
    return !full_;
  }
  void ready() override {
    set([&] { ++ready_; });
  }
  void failed(const Error& error) override {
    set([&] { failed_ = error.code; });
  }

  // The first message that fits, waiting at most 10 s for it.
  std::optional<v1::CenterMessage> wait_for(const std::function<bool(const v1::CenterMessage&)>& fits) {
    std::unique_lock lock(mutex_);
    const auto find = [&] { return std::find_if(messages_.begin(), messages_.end(), fits); };
    if (!changed_.wait_for(lock, std::chrono::seconds{10}, [&] { return find() != messages_.end(); }))
      return {};
    return *find();
  }
  std::optional<v1::Delivery> wait_delivery(v1::Delivery::ItemCase kind) {
    const auto message = wait_for(
        [kind](const v1::CenterMessage& m) { return m.has_delivery() && m.delivery().item_case() == kind; });
    if (!message) return {};
    return message->delivery();
  }
  void wait_ready(int times) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds{10}, [&] { return ready_ >= times || failed_; });
    EXPECT_GE(ready_, times);
  }
  std::optional<ErrorCode> wait_failed() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds{10}, [&] { return failed_.has_value(); });
    return failed_;
  }
  int count(v1::Delivery::ItemCase kind) {
    const std::lock_guard lock(mutex_);
    return static_cast<int>(std::count_if(
        messages_.begin(), messages_.end(),
        [kind](const v1::CenterMessage& m) { return m.has_delivery() && m.delivery().item_case() == kind; }));
  }
  std::atomic<bool> full_{false};

 private:
  template <class Set>
  void set(const Set& change) {
    {
      const std::lock_guard lock(mutex_);
      change();
    }
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<v1::CenterMessage> messages_;
  int ready_ = 0;
  std::optional<ErrorCode> failed_;
};

class DeliveryTest : public CenterFixture {
 protected:
  void SetUp() override {
    CenterFixture::SetUp();
    start();
  }
  void TearDown() override {
    stop();
    CenterFixture::TearDown();
  }
  void start() {
    delivery_ = std::make_unique<Delivery>(*store_, clock_, CenterFacts{"县心电中心", "0571-120"}, metrics_);
    ASSERT_TRUE(delivery_->start().ok());
  }
  void stop() { delivery_.reset(); }
  struct Line {
    std::shared_ptr<GatewayPeer> peer = std::make_shared<GatewayPeer>();
    std::shared_ptr<ExchangeSession> session;
    int taken = 1;

    // Sends the next message and waits until it is stored.
    void send(const v1::GatewayMessage& message) {
      peer->wait_ready(taken);
      session->receive(message);
      peer->wait_ready(++taken);
    }
    void acknowledge(const std::string& id) {
      v1::GatewayMessage message;
      message.mutable_delivery_acknowledged()->set_delivery_id(id);
      send(message);
    }
  };
  Line connect(const std::string& gateway = "g1", const std::string& site = "baishi") {
    Line line;
    line.session = delivery_->begin(GatewayId(gateway), SiteId(site), line.peer);
    line.peer->wait_ready(1);
    return line;
  }
  // Until the stage has taken every event up to a rendered report.
  void wait_for_events() {
    const auto behind = [this] {
      return look<bool>([](const store::Snapshot& s) -> Result<bool> {
        ECG_ASSIGN(const auto position, s.position(kStage));
        ECG_ASSIGN(const auto last, s.last_event());
        return position < last;
      });
    };
    for (int i = 0; i < 1000 && behind(); ++i) std::this_thread::sleep_for(std::chrono::milliseconds{10});
    EXPECT_FALSE(behind());
  }
  Metrics metrics_;
  std::unique_ptr<Delivery> delivery_;
};

TEST_F(DeliveryTest, AReportGoesOutWithItsPdfAndIsDeliveredOnceStored) {
  auto line = connect();
  sign();
  render();
  const auto delivery = line.peer->wait_delivery(v1::Delivery::kReport);
  ASSERT_TRUE(delivery.has_value());
  EXPECT_EQ(delivery->report().pdf(), "%PDF-1");
  EXPECT_EQ(delivery->report().report().text(), "窦性心律");
  EXPECT_EQ(delivery->report().report().pdf_sha256().size(), 32U);
  line.acknowledge(delivery->delivery_id());
  EXPECT_EQ(report().delivery.state, domain::DeliveryState::kDelivered);
}

TEST_F(DeliveryTest, AReportWaitsForItsPdfButNotForEver) {
  auto line = connect();
  sign();
  ASSERT_TRUE(line.peer->wait_for(
      [](const v1::CenterMessage& m) { return m.progress().state() == v1::STUDY_STATE_FINAL; }));
  v1::GatewayMessage heartbeat;
  heartbeat.mutable_heartbeat()->set_version("1");
  line.send(heartbeat);
  EXPECT_EQ(line.peer->count(v1::Delivery::kReport), 0);
  clock_.advance(Delivery::kPdfWait);
  line.send(heartbeat);
  const auto delivery = line.peer->wait_delivery(v1::Delivery::kReport);
  ASSERT_TRUE(delivery.has_value());
  EXPECT_TRUE(delivery->report().pdf().empty());
}

TEST_F(DeliveryTest, AReportThatWentWithoutItsPdfGoesAgainOnceItIsThere) {
  for (const bool stored_before : {true, false}) {
    const std::string study = stored_before ? "s1" : "s2";
    auto line = connect();
    sign(study);
    clock_.advance(Delivery::kPdfWait);
    v1::GatewayMessage heartbeat;
    heartbeat.mutable_heartbeat();
    const auto arrives = [&](bool with_pdf) {
      return line.peer->wait_for([&](const v1::CenterMessage& m) {
        return m.delivery().report().report().study_id() == study &&
               m.delivery().report().pdf().empty() != with_pdf;
      });
    };
    ASSERT_TRUE(line.peer->wait_for([&](const v1::CenterMessage& m) {
      return m.progress().study_id() == study && m.progress().state() == v1::STUDY_STATE_FINAL;
    }));
    line.send(heartbeat);
    const auto bare = arrives(false);
    ASSERT_TRUE(bare.has_value());
    if (!stored_before) {
      render(study);
      wait_for_events();
    }
    line.acknowledge(bare->delivery().delivery_id());
    EXPECT_EQ(report(study).delivery.state, domain::DeliveryState::kDelivered);
    if (stored_before) render(study);
    const auto complete = arrives(true);
    ASSERT_TRUE(complete.has_value());
    line.acknowledge(complete->delivery().delivery_id());
    const auto record = look<std::optional<store::DeliveryRecord>>(
        [&](const store::Snapshot& s) { return s.find_delivery(complete->delivery().delivery_id()); });
    EXPECT_TRUE(record->stored_at.has_value());
  }
}

TEST_F(DeliveryTest, AfterARestartAReportIsHeldBackForItsPdfAnew) {
  stop();
  sign();
  clock_.advance(Delivery::kPdfWait);
  start();
  auto line = connect();
  ASSERT_TRUE(line.peer->wait_delivery(v1::Delivery::kSettings).has_value());
  v1::GatewayMessage heartbeat;
  heartbeat.mutable_heartbeat();
  line.send(heartbeat);
  EXPECT_EQ(line.peer->count(v1::Delivery::kReport), 0);
  render();
  const auto delivery = line.peer->wait_delivery(v1::Delivery::kReport);
  ASSERT_TRUE(delivery.has_value());
  EXPECT_EQ(delivery->report().pdf(), "%PDF-1");
}

TEST_F(DeliveryTest, AnActThatCanNeverBeTakenIsPassedOver) {
  sign();
  auto line = connect();
  v1::GatewayMessage unknown_study, unknown_kind, sound;
  unknown_study.mutable_report_opened()->set_study_id("nowhere");
  unknown_study.mutable_report_opened()->set_person("护士小李");
  line.send(unknown_study);
  unknown_study.mutable_critical_acknowledged()->set_study_id("nowhere");
  line.send(unknown_study);
  line.send(unknown_kind);
  sound.mutable_report_opened()->set_study_id("s1");
  sound.mutable_report_opened()->set_version(1);
  sound.mutable_report_opened()->set_person("护士小李");
  line.send(sound);
  EXPECT_EQ(report().delivery.state, domain::DeliveryState::kAcknowledged);
}

TEST_F(DeliveryTest, AnUnreadableReportHoldsUpNothingElse) {
  write([this](store::Transaction& t) -> Result<void> {
    store::ReportRecord damaged;
    damaged.study = StudyId("s0");
    damaged.site = SiteId("baishi");
    damaged.version = 1;
    damaged.signer = PersonId("p1");
    damaged.report = "\xff";
    damaged.pdf = "%PDF-1";
    ECG_TRY(t.add_report(damaged));
    store::DeliveryRecord delivery;
    delivery.id = "report.s0.1";
    delivery.site = damaged.site;
    delivery.kind = store::DeliveryKind::kReport;
    delivery.study = damaged.study;
    delivery.version = 1;
    delivery.created_at = clock_.now();
    return t.put_delivery(delivery);
  });
  sign();
  render();
  auto line = connect();
  EXPECT_TRUE(line.peer->wait_delivery(v1::Delivery::kReport).has_value());
}

TEST_F(DeliveryTest, WhatIsNotAcknowledgedIsRepeatedOnEveryNewStream) {
  sign();
  render();
  std::string id;
  for (int round = 0; round < 3; ++round) {
    auto line = connect();
    const auto delivery = line.peer->wait_delivery(v1::Delivery::kReport);
    ASSERT_TRUE(delivery.has_value());
    EXPECT_TRUE(round == 0 || delivery->delivery_id() == id);
    id = delivery->delivery_id();
    if (round == 2) line.acknowledge(id);
    line.session->end();
  }
  auto line = connect();
  v1::GatewayMessage heartbeat;
  heartbeat.mutable_heartbeat();
  line.send(heartbeat);
  EXPECT_EQ(line.peer->count(v1::Delivery::kReport), 0);
}

TEST_F(DeliveryTest, SignedWhileTheCenterWasDownStillGoesOutAfterTheRestart) {
  stop();
  sign();
  render();
  open_store();
  start();
  auto line = connect();
  EXPECT_TRUE(line.peer->wait_delivery(v1::Delivery::kReport).has_value());
}

TEST_F(DeliveryTest, AGatewayGetsOnlyWhatIsItsSites) {
  write([](store::Transaction& t) {
    store::SiteRecord other;
    other.id = SiteId("lishui");
    return t.put_site(other);
  });
  auto other = connect("g2", "lishui");
  auto own = connect();
  sign();
  render();
  const auto delivery = own.peer->wait_delivery(v1::Delivery::kReport);
  ASSERT_TRUE(delivery.has_value());
  EXPECT_EQ(other.peer->count(v1::Delivery::kReport), 0);
  v1::GatewayMessage message;
  message.mutable_delivery_acknowledged()->set_delivery_id(delivery->delivery_id());
  other.session->receive(message);
  EXPECT_EQ(other.peer->wait_failed(), ErrorCode::kWrongSite);
  EXPECT_EQ(report().delivery.state, domain::DeliveryState::kPending);
}

TEST_F(DeliveryTest, AConfirmedCriticalResultCallsTheClinicAndCountsAsNotifiedOnceItIsThere) {
  auto line = connect();
  put_critical(domain::CriticalState::kDetected, false);
  ASSERT_TRUE(line.peer->wait_for([](const v1::CenterMessage& m) {
    return m.progress().critical() == v1::CRITICAL_STATE_DETECTED && m.progress().critical_codes_size() == 1;
  }));
  EXPECT_EQ(line.peer->count(v1::Delivery::kCritical), 0);
  put_critical(domain::CriticalState::kConfirmed, true);
  const auto delivery = line.peer->wait_delivery(v1::Delivery::kCritical);
  ASSERT_TRUE(delivery.has_value());
  EXPECT_EQ(delivery->critical().sender_name(), "王医生");
  EXPECT_EQ(critical().result.state, domain::CriticalState::kConfirmed);
  line.acknowledge(delivery->delivery_id());
  EXPECT_EQ(critical().result.state, domain::CriticalState::kNotified);
}

TEST_F(DeliveryTest, AnUnconfirmedResultIsSentAsSuch) {
  auto line = connect();
  put_critical(domain::CriticalState::kNotified, false);
  const auto delivery = line.peer->wait_delivery(v1::Delivery::kCritical);
  ASSERT_TRUE(delivery.has_value());
  EXPECT_TRUE(delivery->critical().sender_name().empty());
}

TEST_F(DeliveryTest, SettingsReachTheGatewayOnceAndAgainWhenTheyChange) {
  auto line = connect();
  const auto first = line.peer->wait_delivery(v1::Delivery::kSettings);
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->settings().duty_phone(), "0571-120");
  EXPECT_EQ(first->settings().operators_size(), 0);
  line.acknowledge(first->delivery_id());
  clock_.advance(std::chrono::seconds{1});
  write([](store::Transaction& t) -> Result<void> {
    store::PersonRecord nurse;
    nurse.id = PersonId("n1");
    nurse.user_name = "xiaoli";
    nurse.roles = 1U << v1::ROLE_CLINIC_OPERATOR;
    nurse.site = SiteId("baishi");
    nurse.password_hash = "$argon2id$x";
    ECG_TRY(t.put_person(nurse));
    store::EventRecord event;
    event.kind = store::EventKind::kSettingsChanged;
    event.site = nurse.site;
    return t.append_event(event);
  });
  const auto second = line.peer->wait_for(
      [](const v1::CenterMessage& m) { return m.delivery().settings().operators_size() == 1; });
  ASSERT_TRUE(second.has_value());
  EXPECT_GT(second->delivery().settings().revision(), first->settings().revision());
}

TEST_F(DeliveryTest, OpenStudiesAreToldOnEveryNewStream) {
  write([this](store::Transaction& t) { return t.put_study(being_read("s1", clock_.now())); });
  auto line = connect();
  const auto progress = line.peer->wait_for([](const v1::CenterMessage& m) { return m.has_progress(); });
  ASSERT_TRUE(progress.has_value());
  EXPECT_EQ(progress->progress().state(), v1::STUDY_STATE_READING);
  EXPECT_EQ(progress->progress().reader_name(), "王医生");
}

TEST_F(DeliveryTest, AHeartbeatIsAnsweredAndStored) {
  auto line = connect();
  v1::GatewayMessage message;
  message.mutable_heartbeat()->mutable_sent_at()->set_seconds(77);
  message.mutable_heartbeat()->set_unsent_studies(3);
  line.send(message);
  const auto tick = line.peer->wait_for([](const v1::CenterMessage& m) { return m.has_tick(); });
  ASSERT_TRUE(tick.has_value());
  EXPECT_EQ(tick->tick().heartbeat_sent_at().seconds(), 77);
  EXPECT_EQ(tick->tick().center_now().seconds(), to_micros(clock_.now()) / 1'000'000);
  const auto gateway = look<std::optional<store::GatewayRecord>>(
      [](const store::Snapshot& s) { return s.find_gateway(GatewayId("g1")); });
  EXPECT_EQ(gateway->last_heartbeat_at, clock_.now());
}

TEST_F(DeliveryTest, ANewerStreamOfAGatewayEndsTheOlder) {
  auto older = connect();
  auto newer = connect();
  EXPECT_EQ(older.peer->wait_failed(), ErrorCode::kStale);
  sign();
  render();
  EXPECT_TRUE(newer.peer->wait_delivery(v1::Delivery::kReport).has_value());
}

TEST_F(DeliveryTest, AGatewayThatDoesNotReadLosesItsStreamNotItsReports) {
  auto slow = connect();
  slow.peer->full_ = true;
  sign();
  render();
  EXPECT_EQ(slow.peer->wait_failed(), ErrorCode::kOverloaded);
  auto line = connect();
  EXPECT_TRUE(line.peer->wait_delivery(v1::Delivery::kReport).has_value());
}

}  // namespace
}  // namespace ecg::delivery
