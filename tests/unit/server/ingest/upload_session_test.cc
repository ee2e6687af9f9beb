#include "server/ingest/upload_session.h"

#include <atomic>
#include <filesystem>

#include <gtest/gtest.h>

#include "common/sqlite/database.h"
#include "server/ingest/recovery.h"
#include "server/store/sqlite/sqlite_store.h"
#include "server/store/study_change.h"
#include "tests/unit/server/ingest/gateway_for_tests.h"

namespace ecg::ingest {
namespace {

using namespace testing;  // NOLINT
using domain::StudyState;

struct Stream {
  std::shared_ptr<RecordingPeer> peer = std::make_shared<RecordingPeer>();
  std::shared_ptr<UploadSession> session;

  void send(const v1::UploadRequest& message) const {
    peer->wait([&] { return session->hungry(); });
    session->receive(message);
  }
  void send_blocks(int begin, int end) const {
    for (int i = begin; i < end; ++i) send(block_message(static_cast<std::uint64_t>(i) * kBlockFrames));
  }
};

class UploadSessionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-ingest-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    directory_ = pattern;
    start();
  }
  void TearDown() override {
    stop();
    std::filesystem::remove_all(directory_);
  }
  void start() {
    auto opened = store::open_sqlite_store(directory_, random_);
    ASSERT_TRUE(opened.ok());
    store_ = std::move(opened).value();
    workers_ = std::make_unique<Workers>(2);
    intake_ = std::make_unique<Intake>(*store_, clock_, signer_, *workers_, metrics_, options_);
  }
  void stop() {
    intake_.reset();
    workers_.reset();
    store_.reset();
  }
  Stream stream(const std::string& gateway = "g1", const std::string& site = "baishi") {
    Stream s;
    s.session = std::make_shared<UploadSession>(*intake_, Sender{GatewayId(gateway), SiteId(site)}, s.peer);
    return s;
  }
  Stream opened_stream(char upload = 'a', char study = 's') {
    auto s = stream();
    s.send(open_message(upload, study));
    EXPECT_TRUE(s.peer->wait_opened().has_value());
    return s;
  }
  // A whole recording of so many blocks, closed.
  std::optional<v1::StorageReceipt> send_recording(char upload, char study, int blocks) {
    auto s = opened_stream(upload, study);
    s.send_blocks(0, blocks);
    s.send(close_message(blocks));
    return s.peer->wait_closed();
  }
  // A further recording of study 's', opened.
  Stream retake(char upload, int attempt) {
    auto s = stream();
    auto message = open_message(upload);
    message.mutable_open()->mutable_study()->set_attempt(static_cast<std::uint32_t>(attempt));
    s.send(message);
    EXPECT_TRUE(s.peer->wait_opened().has_value());
    return s;
  }
  static v1::UploadRequest close_of(int blocks, int attempt,
                                    v1::CloseDisposition how = v1::CLOSE_DISPOSITION_COMPLETE) {
    auto message = close_message(blocks, how);
    *message.mutable_close()->mutable_study() = registration('s');
    message.mutable_close()->mutable_study()->set_attempt(static_cast<std::uint32_t>(attempt));
    return message;
  }
  void change(const std::function<void(store::StudyRecord&)>& edit) {
    auto record = study();
    edit(record);
    ASSERT_TRUE(
        store_->write_wait([&](store::Transaction& t) { return store::save_study(t, record, clock_.now()); })
            .ok());
  }
  void ask_retake() {
    change([&](store::StudyRecord& record) {
      record.study.state = StudyState::kRetake;
      record.study.state_since = clock_.now();
    });
  }
  template <class T>
  T look(const std::function<Result<T>(const store::Snapshot&)>& reading) {
    std::optional<T> found;
    EXPECT_TRUE(store_
                    ->read([&](const store::Snapshot& s) -> Result<void> {
                      ECG_ASSIGN(found, reading(s));
                      return {};
                    })
                    .ok());
    return std::move(*found);
  }
  store::StudyRecord study(char id = 's') {
    return look<std::optional<store::StudyRecord>>(
               [&](const store::Snapshot& s) { return s.find_study(StudyId(id_of(id))); })
        .value_or(store::StudyRecord{});
  }
  store::UploadRecord upload(char id = 'a') {
    return look<std::optional<store::UploadRecord>>(
               [&](const store::Snapshot& s) { return s.find_upload(UploadId(id_of(id))); })
        .value_or(store::UploadRecord{});
  }
  std::vector<std::int32_t> stored_samples(char id = 'a') {
    std::vector<std::int32_t> all;
    EXPECT_TRUE(store_
                    ->read([&](const store::Snapshot& s) {
                      return s.read_blocks(
                          UploadId(id_of(id)), [&](const store::BlockRecord& record) -> Result<void> {
                            v1::SampleBlock message;
                            message.ParseFromString(record.block);
                            ECG_ASSIGN(const auto block, wire::decode_block(message, kLeads));
                            all.insert(all.end(), block.samples.begin(), block.samples.end());
                            return {};
                          });
                    })
                    .ok());
    return all;
  }
  static std::vector<std::int32_t> sent_samples(int blocks) {
    std::vector<std::int32_t> all;
    for (int i = 0; i < blocks; ++i) {
      const auto block = samples(static_cast<std::uint64_t>(i) * kBlockFrames);
      all.insert(all.end(), block.samples.begin(), block.samples.end());
    }
    return all;
  }

  std::string directory_;
  SeededRandom random_{7};
  ManualClock clock_{from_micros(1'700'000'100'000'000)};
  CountingSigner signer_;
  Metrics metrics_;
  IntakeOptions options_;
  std::unique_ptr<store::Store> store_;
  std::unique_ptr<Workers> workers_;
  std::unique_ptr<Intake> intake_;
};

TEST_F(UploadSessionTest, AWholeRecordingIsStoredBitForBitAndItsStudyIsReceived) {
  const auto receipt = send_recording('a', 's', 40);
  ASSERT_TRUE(receipt.has_value());
  EXPECT_EQ(stored_samples(), sent_samples(40));
  const auto received = study();
  EXPECT_EQ(received.study.state, StudyState::kReceived);
  EXPECT_EQ(received.study.received_at, clock_.now());
  EXPECT_EQ(received.study.site, SiteId("baishi"));
  EXPECT_EQ(received.study.priority, domain::Priority::kRoutine);
  EXPECT_EQ(received.study.identity, domain::IdentityState::kMatched);
  EXPECT_EQ(received.upload, UploadId(id_of('a')));
  EXPECT_DOUBLE_EQ(received.duration_s, 10.0);
  EXPECT_FALSE(received.study.partial);
  v1::StorageReceiptBody body;
  ASSERT_TRUE(body.ParseFromString(receipt->body()));
  EXPECT_EQ(body.frames(), 5000U);
  EXPECT_EQ(body.center_epoch(), store_->center_epoch());
  EXPECT_EQ(body.sha256(), close_message(40).close().sha256());
  const auto events =
      look<std::vector<store::EventRecord>>([](const store::Snapshot& s) { return s.events_after(0, 100); });
  const bool analysis = std::any_of(events.begin(), events.end(), [](const store::EventRecord& e) {
    return e.effect == domain::Effect(domain::StartAnalysis{1});
  });
  EXPECT_TRUE(analysis);
}

TEST_F(UploadSessionTest, TheStudyShowsAsUploadingFromOpenOn) {
  opened_stream();
  EXPECT_EQ(study().study.state, StudyState::kUploading);
}

TEST_F(UploadSessionTest, AnAcknowledgementCoversWhatIsStored) {
  auto s = opened_stream();
  s.send_blocks(0, 4);
  EXPECT_EQ(s.peer->wait_acknowledged(500), 500U);
  EXPECT_EQ(upload().durable_frames, 500U);
}

TEST_F(UploadSessionTest, ResumeAfterRestartContinuesAtDurableOffset) {
  {
    auto s = opened_stream();
    s.send_blocks(0, 10);
    ASSERT_EQ(s.peer->wait_acknowledged(1250), 1250U);
    s.session->end();
  }
  stop();
  start();
  EXPECT_TRUE(note_lost_lines(*store_, clock_).ok());
  EXPECT_EQ(study().study.state, StudyState::kBuffered);
  auto s = stream();
  s.send(open_message('a'));
  EXPECT_EQ(s.peer->wait_opened()->durable_frames(), 1250U);
  EXPECT_EQ(study().study.state, StudyState::kUploading);
  s.send_blocks(10, 40);
  s.send(close_message(40));
  ASSERT_TRUE(s.peer->wait_closed().has_value());
  EXPECT_EQ(stored_samples(), sent_samples(40));
}

TEST_F(UploadSessionTest, AStreamThatEndsWithoutCloseShowsTheLineLost) {
  auto s = opened_stream();
  s.session->end();
  ASSERT_TRUE(store_->write_wait([](store::Transaction&) -> Result<void> { return {}; }).ok());
  EXPECT_EQ(study().study.state, StudyState::kBuffered);
}

TEST_F(UploadSessionTest, BlocksAlreadyStoredAreSkippedAndAcknowledged) {
  auto s = opened_stream();
  s.send_blocks(0, 4);
  ASSERT_EQ(s.peer->wait_acknowledged(500), 500U);
  auto again = stream();
  again.send(open_message('a'));
  ASSERT_EQ(again.peer->wait_opened()->durable_frames(), 500U);
  again.send_blocks(0, 4);
  EXPECT_EQ(again.peer->wait_acknowledged(500), 500U);
  again.send_blocks(4, 8);
  again.send(close_message(8));
  ASSERT_TRUE(again.peer->wait_closed().has_value());
  EXPECT_EQ(stored_samples(), sent_samples(8));
}

TEST_F(UploadSessionTest, AGapOrAnOverlapIsRefusedAndChangesNothing) {
  for (const std::uint64_t wrong : {500U, 60U}) {
    auto s = stream();
    s.send(open_message('a'));
    ASSERT_TRUE(s.peer->wait_opened().has_value());
    if (wrong == 60) {
      s.send_blocks(0, 1);
      ASSERT_EQ(s.peer->wait_acknowledged(125), 125U);
    }
    s.send(block_message(wrong));
    EXPECT_EQ(s.peer->wait_failed(), ErrorCode::kUploadOffsetMismatch);
  }
  EXPECT_EQ(upload().durable_frames, 125U);
}

TEST_F(UploadSessionTest, AWrongChecksumIsRefusedAndTheBlockCanBeSentAgain) {
  auto s = opened_stream();
  auto message = block_message(0);
  message.mutable_block()->mutable_payload()->at(5) ^= 1;
  s.send(message);
  EXPECT_EQ(s.peer->wait_failed(), ErrorCode::kChecksumMismatch);
  EXPECT_EQ(upload().durable_frames, 0U);
  auto again = opened_stream();
  again.send_blocks(0, 1);
  EXPECT_EQ(again.peer->wait_acknowledged(125), 125U);
}

TEST_F(UploadSessionTest, AnUploadIdWithOtherContentIsRefused) {
  opened_stream('a', 's');
  auto other_study = stream();
  other_study.send(open_message('a', 't'));
  EXPECT_EQ(other_study.peer->wait_failed(), ErrorCode::kUploadIdReused);
  auto other_format = stream();
  auto message = open_message('a', 's');
  message.mutable_open()->mutable_format()->set_sampling_hz(250);
  other_format.send(message);
  EXPECT_EQ(other_format.peer->wait_failed(), ErrorCode::kUploadIdReused);
}

TEST_F(UploadSessionTest, AnotherGatewayOrSiteCannotTouchAnUploadOrStudy) {
  opened_stream('a', 's');
  auto same_upload = stream("g2", "lishui");
  same_upload.send(open_message('a', 's'));
  EXPECT_EQ(same_upload.peer->wait_failed(), ErrorCode::kWrongSite);
  auto same_study = stream("g2", "lishui");
  same_study.send(open_message('b', 's'));
  EXPECT_EQ(same_study.peer->wait_failed(), ErrorCode::kWrongSite);
  EXPECT_EQ(upload('b').id.value, "");
}

TEST_F(UploadSessionTest, AGatewayEnrolledAgainContinuesItsUploads) {
  auto before = opened_stream();
  before.send_blocks(0, 2);
  ASSERT_EQ(before.peer->wait_acknowledged(250), 250U);
  before.session->end();
  auto after = stream("g2");
  after.send(open_message('a'));
  const auto opened = after.peer->wait_opened();
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->durable_frames(), 250U);
  EXPECT_EQ(upload().gateway, GatewayId("g2"));
  after.send_blocks(2, 4);
  after.send(close_message(4));
  ASSERT_TRUE(after.peer->wait_closed().has_value());
  EXPECT_EQ(stored_samples(), sent_samples(4));
}

TEST_F(UploadSessionTest, ARefusedCloseStillShowsTheLineLost) {
  auto s = opened_stream();
  s.send_blocks(0, 3);
  s.send(close_message(4));
  ASSERT_EQ(s.peer->wait_failed(), ErrorCode::kUploadOffsetMismatch);
  s.session->end();
  ASSERT_TRUE(store_->write_wait([](store::Transaction&) -> Result<void> { return {}; }).ok());
  EXPECT_EQ(study().study.state, StudyState::kBuffered);
}

TEST_F(UploadSessionTest, ADamagedBlockFoundAtCloseKeepsTheUploadAside) {
  {
    auto s = opened_stream();
    s.send_blocks(0, 3);
    ASSERT_EQ(s.peer->wait_acknowledged(375), 375U);
  }
  stop();
  {
    auto database = sqlite::Database::open(directory_ + "/center.sqlite", sqlite::Role::kWriter);
    ASSERT_TRUE(database.ok());
    ASSERT_TRUE((*database)->execute("UPDATE block SET block=zeroblob(100) WHERE first_frame=125").ok());
  }
  start();
  auto s = opened_stream();
  s.send(close_message(3));
  EXPECT_EQ(s.peer->wait_failed(), ErrorCode::kStorageDamaged);
  EXPECT_EQ(upload().state, store::UploadState::kQuarantined);
  EXPECT_EQ(study().study.state, StudyState::kBuffered);
  auto again = stream();
  again.send(open_message('a'));
  EXPECT_EQ(again.peer->wait_failed(), ErrorCode::kStorageDamaged);
}

TEST_F(UploadSessionTest, LimitsAreRefusedAtOpen) {
  const auto refused = [&](const std::function<void(v1::OpenUpload&)>& spoil) {
    auto message = open_message('a');
    spoil(*message.mutable_open());
    auto s = stream();
    s.send(message);
    return s.peer->wait_failed();
  };
  EXPECT_EQ(refused([](auto& m) { m.mutable_format()->set_sampling_hz(249); }),
            ErrorCode::kSamplingOutsideIntake);
  EXPECT_EQ(refused([](auto& m) { m.mutable_format()->set_sampling_hz(1001); }),
            ErrorCode::kSamplingOutsideIntake);
  EXPECT_EQ(refused([](auto& m) {
              while (m.format().leads_size() < 17) *m.mutable_format()->add_leads() = m.format().leads(0);
            }),
            ErrorCode::kTooManyLeads);
  EXPECT_EQ(refused([](auto& m) { m.set_upload_id("x"); }), ErrorCode::kInvalidField);
  EXPECT_EQ(refused([](auto& m) { m.mutable_study()->mutable_patient()->set_name(std::string(129, 'x')); }),
            ErrorCode::kInvalidField);
  EXPECT_EQ(upload().id.value, "");
}

TEST_F(UploadSessionTest, MoreFramesThanTheLimitAreRefused) {
  const std::uint64_t most = 500 * 600;
  auto s = opened_stream();
  std::uint64_t at = 0;
  for (; at + 2000 <= most; at += 2000) s.send(block_message(at, 2000));
  EXPECT_EQ(s.peer->wait_acknowledged(most), most);
  s.send(block_message(most, 1));
  EXPECT_EQ(s.peer->wait_failed(), ErrorCode::kTooManySamples);
  EXPECT_EQ(upload().durable_frames, most);
}

TEST_F(UploadSessionTest, BlocksBeforeOpenAreRefused) {
  auto s = stream();
  s.send(block_message(0));
  EXPECT_EQ(s.peer->wait_failed(), ErrorCode::kUploadNotOpen);
  auto c = stream();
  c.send(close_message(1));
  EXPECT_EQ(c.peer->wait_failed(), ErrorCode::kUploadNotOpen);
}

TEST_F(UploadSessionTest, ARepeatedCloseGetsTheSameReceipt) {
  const auto first = send_recording('a', 's', 4);
  ASSERT_TRUE(first.has_value());
  clock_.advance(std::chrono::hours{1});
  auto s = stream();
  s.send(open_message('a'));
  const auto opened = s.peer->wait_opened();
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->durable_frames(), 500U);
  EXPECT_EQ(opened->receipt().SerializeAsString(), first->SerializeAsString());
  s.send_blocks(0, 4);
  s.send(close_message(4));
  const auto second = s.peer->wait_closed();
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
}

TEST_F(UploadSessionTest, AClosedUploadTakesNoOtherContent) {
  ASSERT_TRUE(send_recording('a', 's', 4).has_value());
  auto more = opened_stream();
  more.send(block_message(500));
  EXPECT_EQ(more.peer->wait_failed(), ErrorCode::kUploadClosed);
  auto other_end = opened_stream();
  auto message = close_message(4);
  message.mutable_close()->set_disposition(v1::CLOSE_DISPOSITION_DISCARDED);
  other_end.send(message);
  EXPECT_EQ(other_end.peer->wait_failed(), ErrorCode::kUploadClosed);
}

TEST_F(UploadSessionTest, AWrongDigestKeepsTheBytesAsideAndTellsTheReason) {
  auto s = opened_stream();
  s.send_blocks(0, 4);
  auto message = close_message(4);
  message.mutable_close()->mutable_sha256()->at(0) ^= 1;
  s.send(message);
  EXPECT_EQ(s.peer->wait_failed(), ErrorCode::kDigestMismatch);
  const auto aside = look<std::vector<store::UploadRecord>>(
      [](const store::Snapshot& r) { return r.quarantined_uploads(10); });
  ASSERT_EQ(aside.size(), 1U);
  EXPECT_EQ(aside[0].reason, 2104);
  EXPECT_EQ(stored_samples(), sent_samples(4));
  EXPECT_FALSE(study().study.received_at.has_value());
  auto again = stream();
  again.send(open_message('a'));
  EXPECT_EQ(again.peer->wait_failed(), ErrorCode::kDigestMismatch);
}

TEST_F(UploadSessionTest, ACloseWithMissingFramesIsRefusedAndTheUploadStaysOpen) {
  auto s = opened_stream();
  s.send_blocks(0, 3);
  s.send(close_message(4));
  EXPECT_EQ(s.peer->wait_failed(), ErrorCode::kUploadOffsetMismatch);
  EXPECT_EQ(upload().state, store::UploadState::kOpen);
}

TEST_F(UploadSessionTest, APartialRecordingIsReadAndMarked) {
  auto s = opened_stream();
  s.send_blocks(0, 3);
  s.send(close_message(3, v1::CLOSE_DISPOSITION_PARTIAL));
  ASSERT_TRUE(s.peer->wait_closed().has_value());
  EXPECT_EQ(study().study.state, StudyState::kReceived);
  EXPECT_TRUE(study().study.partial);
}

TEST_F(UploadSessionTest, ADiscardedRecordingIsKeptAndTheRetakeIsRead) {
  auto s = opened_stream('a');
  s.send_blocks(0, 3);
  s.send(close_message(3, v1::CLOSE_DISPOSITION_DISCARDED));
  ASSERT_TRUE(s.peer->wait_closed().has_value());
  EXPECT_EQ(study().study.state, StudyState::kBuffered);
  EXPECT_EQ(upload('a').state, store::UploadState::kDiscarded);
  auto retake = stream();
  auto message = open_message('b');
  message.mutable_open()->mutable_study()->set_attempt(2);
  retake.send(message);
  ASSERT_TRUE(retake.peer->wait_opened().has_value());
  retake.send_blocks(0, 5);
  retake.send(close_message(5));
  ASSERT_TRUE(retake.peer->wait_closed().has_value());
  EXPECT_EQ(study().study.state, StudyState::kReceived);
  EXPECT_EQ(study().study.attempt, 2);
  EXPECT_EQ(study().upload, UploadId(id_of('b')));
  EXPECT_EQ(stored_samples('a'), sent_samples(3));
}

TEST_F(UploadSessionTest, ARetakeThatDoesNotArriveLeavesTheFirstRecordingInItsPlace) {
  ASSERT_TRUE(send_recording('a', 's', 4).has_value());
  ask_retake();
  const std::string held = study().registration;
  auto broken_off = retake('b', 2);
  broken_off.send_blocks(0, 2);
  EXPECT_EQ(study().study.state, StudyState::kUploading);
  broken_off.session->end();
  ASSERT_TRUE(store_->write_wait([](store::Transaction&) -> Result<void> { return {}; }).ok());
  EXPECT_EQ(study().study.state, StudyState::kRetake);
  auto discarded = retake('c', 3);
  discarded.send_blocks(0, 2);
  discarded.send(close_of(2, 3, v1::CLOSE_DISPOSITION_DISCARDED));
  ASSERT_TRUE(discarded.peer->wait_closed().has_value());
  EXPECT_EQ(study().study.state, StudyState::kRetake);
  EXPECT_EQ(study().study.attempt, 1);
  EXPECT_EQ(study().upload, UploadId(id_of('a')));
  EXPECT_EQ(study().registration, held);
  auto better = retake('d', 5);
  better.send_blocks(0, 6);
  better.send(close_of(6, 5));
  ASSERT_TRUE(better.peer->wait_closed().has_value());
  EXPECT_EQ(study().study.state, StudyState::kReceived);
  EXPECT_EQ(study().study.attempt, 5);
  EXPECT_EQ(study().upload, UploadId(id_of('d')));
}

TEST_F(UploadSessionTest, ARecordingOfAnotherPatientIsKeptAsideAndTheStudyKeepsItsOwn) {
  ASSERT_TRUE(send_recording('a', 's', 4).has_value());
  ask_retake();
  auto other = retake('b', 2);
  other.send_blocks(0, 2);
  auto message = close_of(2, 2);
  message.mutable_close()->mutable_study()->mutable_patient()->set_id("P-2");
  other.send(message);
  EXPECT_EQ(other.peer->wait_failed(), ErrorCode::kUploadIdReused);
  EXPECT_EQ(upload('b').state, store::UploadState::kQuarantined);
  EXPECT_EQ(upload('b').reason, facts(ErrorCode::kUploadIdReused).catalogue);
  EXPECT_EQ(stored_samples('b'), sent_samples(2));
  EXPECT_EQ(study().study.state, StudyState::kRetake);
  EXPECT_EQ(study().upload, UploadId(id_of('a')));
  v1::StudyRegistration kept;
  ASSERT_TRUE(kept.ParseFromString(study().registration));
  EXPECT_EQ(kept.patient().id(), "P-1");
}

TEST_F(UploadSessionTest, ARecordingForASignedStudyGetsItsReceiptAndIsListedAsUnread) {
  ASSERT_TRUE(send_recording('a', 's', 4).has_value());
  change([](store::StudyRecord& record) { record.study.state = StudyState::kFinal; });
  auto late = retake('b', 2);
  late.send_blocks(0, 2);
  late.send(close_of(2, 2));
  ASSERT_TRUE(late.peer->wait_closed().has_value());
  EXPECT_EQ(study().upload, UploadId(id_of('a')));
  const auto listed = look<std::vector<store::UploadRecord>>(
      [](const store::Snapshot& r) { return r.quarantined_uploads(10); });
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_EQ(listed[0].id, UploadId(id_of('b')));
  EXPECT_EQ(listed[0].reason, facts(ErrorCode::kEventRefused).catalogue);
  EXPECT_EQ(listed[0].state, store::UploadState::kClosed);
  EXPECT_NE(metrics_.text().find("ecg_recordings_newer_unread_total 1"), std::string::npos);
}

TEST_F(UploadSessionTest, TheFinalRegistrationCountsAndMayRaiseTheClass) {
  auto s = opened_stream();
  s.send_blocks(0, 2);
  auto message = close_message(2);
  *message.mutable_close()->mutable_study() = registration('s', v1::PRIORITY_STAT);
  message.mutable_close()->mutable_study()->mutable_patient()->set_name("李四");
  s.send(message);
  ASSERT_TRUE(s.peer->wait_closed().has_value());
  EXPECT_EQ(study().study.priority, domain::Priority::kStat);
  v1::StudyRegistration kept;
  ASSERT_TRUE(kept.ParseFromString(study().registration));
  EXPECT_EQ(kept.patient().name(), "李四");
}

TEST_F(UploadSessionTest, TooManyOpenUploadsOfAGatewayWait) {
  for (char c = 'a'; c < 'a' + limits::kUploadsPerGateway; ++c) opened_stream(c, c);
  auto s = stream();
  s.send(open_message('k', 'k'));
  EXPECT_EQ(s.peer->wait_failed(), ErrorCode::kOverloaded);
}

TEST_F(UploadSessionTest, WithoutRoomNewRecordingsAreRefused) {
  stop();
  options_.room = []() -> Result<void> { return Error{ErrorCode::kStorageFull, "/", {}, 5000}; };
  start();
  auto s = stream();
  s.send(open_message('a'));
  EXPECT_EQ(s.peer->wait_failed(), ErrorCode::kStorageFull);
}

TEST_F(UploadSessionTest, TwoStreamsOfOneUploadEndInOneRecording) {
  auto first = opened_stream();
  auto second = opened_stream();
  for (int i = 0; i < 20; ++i) {
    first.send(block_message(static_cast<std::uint64_t>(i) * kBlockFrames));
    second.send(block_message(static_cast<std::uint64_t>(i) * kBlockFrames));
  }
  EXPECT_EQ(first.peer->wait_acknowledged(2500), 2500U);
  EXPECT_EQ(second.peer->wait_acknowledged(2500), 2500U);
  first.send(close_message(20));
  second.send(close_message(20));
  const auto a = first.peer->wait_closed(), b = second.peer->wait_closed();
  ASSERT_TRUE(a && b);
  EXPECT_EQ(a->SerializeAsString(), b->SerializeAsString());
  EXPECT_EQ(stored_samples(), sent_samples(20));
}

TEST_F(UploadSessionTest, SendingFasterThanTheDiskPausesTheStream) {
  auto s = opened_stream();
  int sent = 0;
  while (s.session->hungry() && sent < 1000)
    s.session->receive(block_message(static_cast<std::uint64_t>(sent++) * kBlockFrames));
  EXPECT_GE(sent, UploadSession::kBlocksUnansweredMax);
  EXPECT_LT(sent, 1000);
  EXPECT_EQ(s.peer->wait_acknowledged(static_cast<std::uint64_t>(sent) * kBlockFrames),
            static_cast<std::uint64_t>(sent) * kBlockFrames);
  EXPECT_TRUE(s.session->hungry());
}

}  // namespace
}  // namespace ecg::ingest
