// The uplink against a real gRPC server over mTLS: what reaches the center, and what stays here when it does
// not.
#include <filesystem>
#include <functional>

#include <gtest/gtest.h>
#include <stdlib.h>

#include "common/base/ids.h"
#include "common/wire/recording_digest.h"
#include "gateway/spool/mail.h"
#include "gateway/spool/recordings.h"
#include "gateway/spool/studies.h"
#include "gateway/uplink/exchange_client.h"
#include "gateway/uplink/line.h"
#include "gateway/uplink/upload_pool.h"
#include "tests/unit/gateway/uplink/test_center.h"

namespace ecg::uplink {
namespace {

using std::chrono::seconds;

class UplinkTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-uplink-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    spool_ = spool::Spool::open(directory_, {}, clock_).value();
  }
  void TearDown() override {
    pool_.reset();  // both use the spool until they are gone
    exchange_.reset();
    spool_.reset();
    std::filesystem::remove_all(directory_);
  }
  void start_pool() {
    channel_ = make_channel(center_.enrolment()).value();
    pool_ = std::make_unique<UploadPool>(*spool_, channel_, center_.enrolment(), random_);
    pool_->start();
  }
  void start_exchange() {
    ExchangeClient::Options options;
    options.heartbeat = std::chrono::milliseconds(200);
    options.on_delivery = [this](const ecg::v1::Delivery& d) {
      return spool::store_report(*spool_, d.report());
    };
    options.on_progress = [this](const ecg::v1::StudyProgress& p) {
      return spool::store_progress(*spool_, p);
    };
    exchange_ = std::make_unique<ExchangeClient>(*spool_, make_channel(center_.enrolment()).value(), line_,
                                                 random_, options);
    exchange_->start();
  }
  // Waits on the spool's changes, not on time.
  bool eventually(const std::function<bool()>& condition, seconds limit = seconds(20)) {
    const Duration end = clock_.steady() + limit;
    while (clock_.steady() < end) {
      const auto seen = spool_->changes().version();
      if (condition()) return true;
      spool_->changes().wait(seen, std::chrono::milliseconds(50));
    }
    return condition();
  }

  UploadId begin(const StudyId& study, bool send) {
    ecg::v1::StudyRegistration registration;
    registration.set_study_id(study.value);
    registration.set_attempt(1);
    EXPECT_TRUE(spool::register_study(*spool_, registration).ok());
    spool::NewRecording recording;
    recording.upload_id = UploadId(random_id(random_));
    recording.study_id = study;
    recording.format.set_sampling_hz(500);
    recording.format.add_leads();
    recording.wanted_frames = 5000;
    recording.send_when_done = send;
    recording.begun_at = clock_.now();
    EXPECT_TRUE(spool::begin_recording(*spool_, recording).ok());
    return recording.upload_id;
  }
  void append(const UploadId& upload, wire::RecordingDigest& digest, int blocks) {
    for (int i = 0; i < blocks; ++i) {
      wire::Block block{digest.frames(), {}, {}};
      for (int f = 0; f < 125; ++f) block.samples.push_back(f * f % 997 - i);
      spool::append_block(*spool_, upload, wire::encode_block(block, 1).value(),
                          [](const Result<void>& stored) { EXPECT_TRUE(stored.ok()); });
      EXPECT_TRUE(digest.add(block).ok());
    }
  }
  void end(const UploadId& upload, const wire::RecordingDigest& digest) {
    spool::Ending ending;
    ending.frames = static_cast<std::int64_t>(digest.frames());
    ending.sha256 = wire::as_bytes(digest.digest());
    EXPECT_TRUE(spool::end_recording(*spool_, upload, ending).ok());
  }
  UploadId record(const StudyId& study, int blocks = 40, bool send = true) {
    const UploadId upload = begin(study, send);
    wire::RecordingDigest digest(1);
    append(upload, digest, blocks);
    end(upload, digest);
    return upload;
  }
  StudyId new_study() { return StudyId(random_id(random_)); }
  spool::Phase phase(const StudyId& study) { return spool::find_study(*spool_, study).value().phase; }
  spool::RecordingRow row(const UploadId& upload) {
    return spool::find_outbound(*spool_, upload).value().row;
  }

  std::string directory_;
  SystemClock clock_;
  SystemRandom random_;
  testing::TestCenter center_;
  std::unique_ptr<spool::Spool> spool_;
  Line line_{clock_};
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<UploadPool> pool_;
  std::unique_ptr<ExchangeClient> exchange_;
};

TEST_F(UplinkTest, WholeRecordingIsConfirmedByAVerifiedReceipt) {
  const StudyId study = new_study();
  const UploadId upload = record(study);
  start_pool();
  ASSERT_TRUE(eventually([&] { return phase(study) == spool::Phase::kConfirmed; }));
  EXPECT_EQ(center_.upload(upload.value).sha256, row(upload).sha256);
  EXPECT_EQ(center_.upload(upload.value).disposition, ecg::v1::CLOSE_DISPOSITION_COMPLETE);
  EXPECT_EQ(row(upload).durable_frames, 5000);
}

TEST_F(UplinkTest, SamplesTravelWhileTheyAreRecorded) {
  const StudyId study = new_study();
  const UploadId upload = begin(study, true);
  wire::RecordingDigest digest(1);
  start_pool();
  for (int i = 1; i <= 3; ++i) {
    append(upload, digest, 2);
    ASSERT_TRUE(eventually([&] { return row(upload).durable_frames == i * 250; }));
  }
  EXPECT_EQ(center_.upload(upload.value).disposition, 0);
  end(upload, digest);
  ASSERT_TRUE(eventually([&] { return phase(study) == spool::Phase::kConfirmed; }));
  EXPECT_EQ(center_.upload(upload.value).opens, 1);
}

TEST_F(UplinkTest, BrokenStreamResumesAtTheDurableFrame) {
  center_.behave({.break_after_blocks = 7});
  const StudyId study = new_study();
  const UploadId upload = record(study);
  start_pool();
  ASSERT_TRUE(eventually([&] { return phase(study) == spool::Phase::kConfirmed; }));
  EXPECT_EQ(center_.upload(upload.value).opens, 2);
  EXPECT_EQ(row(upload).tries, 1u);
  EXPECT_EQ(row(upload).error_code, 0u);
}

TEST_F(UplinkTest, RecordingWaitsForTheOperatorAndIsDiscardedOnRetake) {
  const StudyId study = new_study();
  const UploadId upload = record(study, 8, false);
  start_pool();
  ASSERT_TRUE(eventually([&] { return row(upload).durable_frames == 1000; }));
  EXPECT_EQ(center_.upload(upload.value).disposition, 0);
  ASSERT_TRUE(spool::retake_study(*spool_, study).ok());
  ASSERT_TRUE(eventually([&] { return row(upload).confirmed_at.has_value(); }));
  EXPECT_EQ(center_.upload(upload.value).disposition, ecg::v1::CLOSE_DISPOSITION_DISCARDED);
  EXPECT_EQ(phase(study), spool::Phase::kRegistered);
}

TEST_F(UplinkTest, ReceiptOfAnotherKeyConfirmsNothing) {
  center_.behave({.break_after_blocks = -1, .wrong_receipt_key = true});
  const StudyId study = new_study();
  const UploadId upload = record(study, 4);
  start_pool();
  ASSERT_TRUE(eventually([&] { return row(upload).error_code == 2206; }));
  EXPECT_EQ(phase(study), spool::Phase::kSent);
  EXPECT_TRUE(spool::load_recording(*spool_, upload).ok());
}

TEST_F(UplinkTest, RefusalIsKeptByItsCatalogueNumberAndWaitsForAPerson) {
  center_.behave({.break_after_blocks = -1, .wrong_receipt_key = false, .refuse_with = 2102});
  const UploadId upload = record(new_study(), 4);
  start_pool();
  ASSERT_TRUE(eventually([&] { return row(upload).error_code == 2102; }));
  EXPECT_GT(row(upload).next_try_at.value(), clock_.now() + seconds(60));
}

TEST_F(UplinkTest, RecordingTheCenterSpoiltIsSentAnewUnderAnotherId) {
  center_.behave({.break_after_blocks = -1, .wrong_receipt_key = false, .refuse_with = 2104});
  const StudyId study = new_study();
  const UploadId upload = record(study, 4);
  const auto current = [&] { return spool::find_study(*spool_, study)->recording->upload_id; };
  start_pool();
  ASSERT_TRUE(eventually([&] { return current() != upload; }));
  center_.behave({});
  ASSERT_TRUE(eventually([&] { return phase(study) == spool::Phase::kConfirmed; }));
  EXPECT_EQ(center_.upload(current().value).frames, 500u);
}

TEST_F(UplinkTest, LineBackAfterARestartOfTheCenterWithinFiveSeconds) {
  start_exchange();
  start_pool();
  line_.on_change([this](ecg::v1::LineState state) {
    if (state == ecg::v1::LINE_STATE_CONNECTED) pool_->line_is_up();
  });
  ASSERT_TRUE(eventually([&] { return line_.status().state == ecg::v1::LINE_STATE_CONNECTED; }));
  const StudyId study = new_study();
  const UploadId upload = begin(study, true);
  wire::RecordingDigest digest(1);
  append(upload, digest, 4);
  ASSERT_TRUE(eventually([&] { return row(upload).durable_frames == 500; }));
  center_.restart(std::chrono::milliseconds(1500));  // long enough for refused connections
  append(upload, digest, 4);
  end(upload, digest);
  EXPECT_TRUE(eventually([&] { return phase(study) == spool::Phase::kConfirmed; }, seconds(5)));
}

TEST_F(UplinkTest, DeliveryIsStoredThenAcknowledgedAndOpeningIsTold) {
  const StudyId study = new_study();
  record(study, 1);
  center_.deliver_report(study.value, 1);
  start_exchange();
  ASSERT_TRUE(eventually([&] { return center_.delivery_acknowledged(); }));
  EXPECT_TRUE(spool::load_report(*spool_, study.value, 1).ok());
  ecg::v1::ReportOpened opened;
  opened.set_study_id(study.value);
  opened.set_version(1);
  opened.mutable_at()->set_seconds(1);
  ASSERT_TRUE(spool::note_report_opened(*spool_, opened).ok());
  ASSERT_TRUE(eventually([&] { return spool::list_outgoing(*spool_, 0, 10)->empty(); }));
  EXPECT_EQ(center_.reports_opened(), 1);
}

TEST_F(UplinkTest, ClockOffsetIsMeasuredFromTheExchange) {
  start_exchange();
  ASSERT_TRUE(eventually([&] { return line_.status().clock_uncertainty_ms > 0; }));
  EXPECT_NEAR(static_cast<double>(line_.status().clock_offset_ms), 3000,
              1100);  // the center sends whole seconds
}

TEST_F(UplinkTest, GatewayOfAnotherCenterIsNotTrusted) {
  testing::TestCenter other;
  Enrolment wrong = other.enrolment();
  wrong.center_address = center_.enrolment().center_address;
  const UploadId upload = record(new_study(), 1);
  pool_ = std::make_unique<UploadPool>(*spool_, make_channel(wrong).value(), wrong, random_);
  pool_->start();
  ASSERT_TRUE(eventually([&] { return row(upload).error_code == 6001; }));
  EXPECT_EQ(center_.uploads(), 0u);
}

}  // namespace
}  // namespace ecg::uplink
