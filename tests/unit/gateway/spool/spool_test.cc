#include "gateway/spool/spool.h"

#include <gmock/gmock.h>

#include "common/base/limits.h"
#include "gateway/spool/imports.h"
#include "gateway/spool/mail.h"
#include "tests/unit/gateway/spool/fixture.h"

namespace ecg::spool {
namespace {

using testing::code_of;
using testing::SpoolTest;

TEST_F(SpoolTest, SecondProcessOnTheSameFolderIsRefused) {
  EXPECT_EQ(code_of(Spool::open(directory_, {}, clock_)), ErrorCode::kDirectoryInUse);
}

TEST_F(SpoolTest, RegistrationSurvivesReopening) {
  const StudyId study = add_study();
  reopen();
  EXPECT_EQ(find_study(*spool_, study)->registration.patient().id(), "P-1");
  EXPECT_EQ(phase(study), Phase::kRegistered);
  EXPECT_EQ(code_of(find_study(*spool_, StudyId("nobody"))), ErrorCode::kNotFound);
}

TEST_F(SpoolTest, PhasesFollowTheOperator) {
  const StudyId study = add_study();
  EXPECT_EQ(code_of(send_study(*spool_, study)), ErrorCode::kEventRefused);
  const UploadId upload = begin(study);
  EXPECT_EQ(phase(study), Phase::kAcquiring);
  EXPECT_EQ(code_of(cancel_study(*spool_, study)), ErrorCode::kEventRefused);
  EXPECT_EQ(code_of(register_study(*spool_, find_study(*spool_, study)->registration)),
            ErrorCode::kEventRefused);
  ASSERT_TRUE(append(upload, block_at(0, 125)).ok());
  ASSERT_TRUE(end_with_what_is_stored(*spool_, upload).ok());
  EXPECT_EQ(phase(study), Phase::kAwaitingDecision);
  ASSERT_TRUE(retake_study(*spool_, study).ok());
  EXPECT_EQ(phase(study), Phase::kRegistered);
  EXPECT_EQ(find_study(*spool_, study)->registration.attempt(), 2u);
  // What was set aside is still told to the center.
  const auto discarded = find_outbound(*spool_, upload);
  EXPECT_EQ(discarded->row.disposition, ecg::v1::CLOSE_DISPOSITION_DISCARDED);
  EXPECT_EQ(list_outbound(*spool_, 10)->size(), 1u);
  record(study, 2, false);
  ASSERT_TRUE(send_study(*spool_, study).ok());
  ASSERT_TRUE(send_study(*spool_, study).ok());
  EXPECT_EQ(phase(study), Phase::kSent);
  EXPECT_EQ(code_of(retake_study(*spool_, study)), ErrorCode::kEventRefused);
}

TEST_F(SpoolTest, RetakeTheCenterAsksForIsTheNextAttemptOfTheSameStudy) {
  for (const bool by_registering : {true, false}) {
    const StudyId study = add_study();
    const UploadId first = record(study, 2, true);
    ASSERT_TRUE(confirm(*spool_, first, {}).ok());
    auto registration = find_study(*spool_, study)->registration;
    registration.clear_acquired_at();  // as the page registers it
    ecg::v1::StudyProgress progress;
    progress.set_study_id(study.value);
    progress.set_state(ecg::v1::STUDY_STATE_QUEUED);
    ASSERT_TRUE(store_progress(*spool_, progress).ok());
    EXPECT_EQ(code_of(register_study(*spool_, registration)), ErrorCode::kEventRefused);
    EXPECT_EQ(code_of(retake_study(*spool_, study)), ErrorCode::kEventRefused);
    progress.set_state(ecg::v1::STUDY_STATE_RETAKE);
    ASSERT_TRUE(store_progress(*spool_, progress).ok());
    ASSERT_TRUE(cancel_study(*spool_, study).ok());
    EXPECT_EQ(phase(study), Phase::kConfirmed);
    ASSERT_TRUE((by_registering ? register_study(*spool_, registration) : retake_study(*spool_, study)).ok());
    EXPECT_EQ(phase(study), Phase::kRegistered);
    EXPECT_EQ(find_study(*spool_, study)->registration.attempt(), 2u);
    EXPECT_FALSE(find_study(*spool_, study)->registration.has_acquired_at());
    EXPECT_FALSE(find_study(*spool_, study)->recording.has_value());
    const UploadId second = record(study, 2, true);
    EXPECT_EQ(find_outbound(*spool_, second)->registration.attempt(), 2u);
    EXPECT_EQ(find_outbound(*spool_, second)->row.attempt, 2u);
    EXPECT_EQ(code_of(register_study(*spool_, registration)), ErrorCode::kEventRefused);
    EXPECT_EQ(find_outbound(*spool_, first)->row.disposition, ecg::v1::CLOSE_DISPOSITION_COMPLETE);
  }
}

TEST_F(SpoolTest, StoredBlocksAreAlwaysAPrefix) {
  const UploadId upload = begin(add_study());
  ASSERT_TRUE(append(upload, block_at(0, 125)).ok());
  EXPECT_EQ(code_of(append(upload, block_at(250, 125))), ErrorCode::kUploadOffsetMismatch);
  EXPECT_EQ(code_of(append(upload, block_at(100, 125))), ErrorCode::kUploadOffsetMismatch);
  ASSERT_TRUE(append(upload, block_at(125, 125)).ok());
  EXPECT_EQ(find_outbound(*spool_, upload)->row.frames, 250);
}

TEST_F(SpoolTest, UnfinishedRecordingBecomesPartialWithWhatIsDurable) {
  const StudyId study = add_study();
  const UploadId upload = begin(study, true);
  wire::RecordingDigest digest(2);
  for (const std::uint64_t first : {0u, 125u}) {
    ASSERT_TRUE(append(upload, block_at(first, 125)).ok());
    ASSERT_TRUE(digest.add(block_at(first, 125)).ok());
  }
  reopen();
  EXPECT_EQ(end_unfinished(*spool_)->ended, 1);
  const auto row = find_outbound(*spool_, upload)->row;
  EXPECT_TRUE(row.partial);
  EXPECT_EQ(row.frames, 250);
  EXPECT_EQ(row.sha256, wire::as_bytes(digest.digest()));
  EXPECT_EQ(row.disposition, ecg::v1::CLOSE_DISPOSITION_PARTIAL);
  EXPECT_EQ(phase(study), Phase::kSent);
  EXPECT_EQ(end_unfinished(*spool_)->ended, 0);
}

TEST_F(SpoolTest, DamagedBlockEndsTheRecordingBeforeItAndNoOther) {
  const UploadId damaged = begin(add_study(), true), whole = begin(add_study(), true);
  wire::RecordingDigest digest(2);
  for (const std::uint64_t first : {0u, 125u, 250u}) {
    ASSERT_TRUE(append(damaged, block_at(first, 125)).ok());
    ASSERT_TRUE(append(whole, block_at(first, 125)).ok());
  }
  ASSERT_TRUE(digest.add(block_at(0, 125)).ok());
  ASSERT_TRUE(spool_
                  ->write([&](sqlite::Database& database) {
                    return database
                        .prepare(
                            "UPDATE blocks SET message = x'ff' WHERE upload_id = ? AND first_frame = 125")
                        .bind(damaged)
                        .run();
                  })
                  .ok());
  reopen();
  EXPECT_EQ(end_unfinished(*spool_)->ended, 2);
  EXPECT_EQ(find_outbound(*spool_, damaged)->row.frames, 125);
  EXPECT_EQ(find_outbound(*spool_, damaged)->row.sha256, wire::as_bytes(digest.digest()));
  EXPECT_TRUE(load_recording(*spool_, damaged).ok());
  EXPECT_EQ(find_outbound(*spool_, whole)->row.frames, 375);
}

TEST_F(SpoolTest, RecordingThatCannotEndNowIsLeftForLaterAndStopsNothing) {
  const UploadId stuck = begin(add_study()), other = begin(add_study());
  ASSERT_TRUE(append(stuck, block_at(0, 125)).ok());
  ASSERT_TRUE(append(other, block_at(0, 125)).ok());
  ASSERT_TRUE(spool_
                  ->write([&](sqlite::Database& database) {
                    return database.execute(
                        "CREATE TRIGGER stuck BEFORE UPDATE OF closed_at ON recordings "
                        "WHEN new.upload_id = '" +
                        stuck.value + "' BEGIN SELECT RAISE(ABORT, 'no'); END");
                  })
                  .ok());
  const auto unfinished = end_unfinished(*spool_);
  ASSERT_TRUE(unfinished.ok());
  EXPECT_EQ(unfinished->ended, 1);
  EXPECT_EQ(unfinished->left, std::vector<UploadId>{stuck});
}

TEST_F(SpoolTest, RenewedUploadKeepsTheRecordingAndIsBounded) {
  const StudyId study = add_study();
  UploadId upload = record(study, 3, true);
  const auto before = find_outbound(*spool_, upload)->row;
  note_acknowledged(*spool_, upload, 250);
  for (int i = 0; i < kRenewalsMax; ++i) {
    const UploadId renewed(random_id(random_));
    ASSERT_TRUE(renew_upload(*spool_, upload, renewed, clock_.now()).ok());
    EXPECT_EQ(code_of(find_outbound(*spool_, upload)), ErrorCode::kNotFound);
    upload = renewed;
  }
  const auto after = find_outbound(*spool_, upload)->row;
  EXPECT_EQ(after.frames, before.frames);
  EXPECT_EQ(after.sha256, before.sha256);
  EXPECT_EQ(after.disposition, before.disposition);
  EXPECT_EQ(after.durable_frames, 0);
  EXPECT_EQ(find_study(*spool_, study)->recording->upload_id, upload);
  EXPECT_EQ(load_recording(*spool_, upload)->blocks.size(), 3u);
  EXPECT_EQ(code_of(renew_upload(*spool_, upload, UploadId(random_id(random_)), clock_.now())),
            ErrorCode::kEventRefused);
}

TEST_F(SpoolTest, DamagedRecordingIsNotRenewed) {
  const UploadId upload = record(add_study(), 3, true);
  ASSERT_TRUE(spool_
                  ->write([&](sqlite::Database& database) {
                    return database.prepare("DELETE FROM blocks WHERE upload_id = ? AND first_frame = 125")
                        .bind(upload)
                        .run();
                  })
                  .ok());
  EXPECT_EQ(code_of(renew_upload(*spool_, upload, UploadId(random_id(random_)), clock_.now())),
            ErrorCode::kStorageDamaged);
  EXPECT_TRUE(find_outbound(*spool_, upload).ok());
}

TEST_F(SpoolTest, UnfinishedRecordingWithoutASampleIsForgotten) {
  const StudyId study = add_study();
  begin(study);
  EXPECT_EQ(end_unfinished(*spool_)->ended, 1);
  EXPECT_EQ(phase(study), Phase::kRegistered);
  EXPECT_FALSE(find_study(*spool_, study)->recording.has_value());
}

TEST_F(SpoolTest, StatGoesFirstThenClassThenAge) {
  std::vector<std::string> expected(4);
  expected[3] = record(add_study(ecg::v1::PRIORITY_SCREENING), 1, true).value;
  clock_.advance(std::chrono::seconds(1));
  expected[1] = record(add_study(ecg::v1::PRIORITY_URGENT), 1, true).value;
  clock_.advance(std::chrono::seconds(1));
  expected[2] = record(add_study(ecg::v1::PRIORITY_UNSPECIFIED), 1, true).value;  // treated as urgent
  clock_.advance(std::chrono::seconds(1));
  expected[0] = record(add_study(ecg::v1::PRIORITY_STAT), 1, true).value;
  std::vector<std::string> order;
  const auto waiting = list_outbound(*spool_, 10);
  for (const auto& outbound : *waiting) order.push_back(outbound.row.upload_id.value);
  EXPECT_EQ(order, expected);
}

TEST_F(SpoolTest, RecordingThatRunsGoesBeforeABacklogOfMoreUrgentOnes) {
  for (int i = 0; i < 3; ++i) record(add_study(ecg::v1::PRIORITY_URGENT), 1, true);
  const UploadId live = begin(add_study(ecg::v1::PRIORITY_ROUTINE));
  ASSERT_TRUE(append(live, block_at(0, 125)).ok());
  EXPECT_EQ((*list_outbound(*spool_, 1))[0].row.upload_id, live);
  const UploadId stat = record(add_study(ecg::v1::PRIORITY_STAT), 1, true);
  EXPECT_EQ((*list_outbound(*spool_, 1))[0].row.upload_id, stat);
}

TEST_F(SpoolTest, ClockSetBackHoldsNoUploadBack) {
  const UploadId upload = record(add_study(), 1, true);
  ASSERT_TRUE(note_failure(*spool_, upload, Error{ErrorCode::kOverloaded, "center"},
                           clock_.now() + std::chrono::minutes(10))
                  .ok());
  EXPECT_TRUE(list_outbound(*spool_, 10)->empty());
  clock_.step_wall(-std::chrono::hours(48));
  EXPECT_EQ(list_outbound(*spool_, 10)->size(), 1u);
}

TEST_F(SpoolTest, FailedTryWaitsUntilItsTime) {
  const UploadId upload = record(add_study(), 1, true);
  const Error error{ErrorCode::kOverloaded, "center"};
  ASSERT_TRUE(note_failure(*spool_, upload, error, clock_.now() + std::chrono::seconds(5)).ok());
  EXPECT_TRUE(list_outbound(*spool_, 10)->empty());
  EXPECT_EQ(find_outbound(*spool_, upload)->row.error_code, 2204u);
  EXPECT_EQ(find_outbound(*spool_, upload)->row.tries, 1u);
  clock_.advance(std::chrono::seconds(5));
  EXPECT_EQ(list_outbound(*spool_, 10)->size(), 1u);
  ASSERT_TRUE(note_failure(*spool_, upload, error, clock_.now() + std::chrono::seconds(5)).ok());
  ASSERT_TRUE(try_all_now(*spool_).ok());
  EXPECT_EQ(list_outbound(*spool_, 10)->size(), 1u);
}

TEST_F(SpoolTest, UndecidedRecordingsNeverTakeAllUploadsTheCenterAllows) {
  for (int i = 0; i < limits::kUploadsPerGateway; ++i) {
    const UploadId upload = record(add_study(), 2, false);
    const bool listed = list_outbound(*spool_, 20)->size() == 1;
    EXPECT_EQ(listed, i < limits::kUploadsPerGateway / 2) << i;
    if (listed) note_acknowledged(*spool_, upload, 250);
  }
  record(add_study(), 1, true);
  EXPECT_EQ(list_outbound(*spool_, 20)->size(), 1u);  // a sent one always goes
}

TEST_F(SpoolTest, SamplesLeaveOnlyAfterTheReceipt) {
  SpoolOptions options;
  options.keep_confirmed = 1;
  reopen(options);
  const UploadId unsent = record(add_study(), 1, false);
  std::vector<UploadId> sent;
  for (int i = 0; i < 3; ++i) sent.push_back(record(add_study(), 1, true));
  EXPECT_EQ(let_go_of_confirmed(*spool_).value(), 0);
  for (const UploadId& upload : sent) {
    ASSERT_TRUE(confirm(*spool_, upload, {}).ok());
    clock_.advance(std::chrono::seconds(1));
  }
  EXPECT_EQ(let_go_of_confirmed(*spool_).value(), 2);
  EXPECT_TRUE(load_recording(*spool_, unsent).ok());
  EXPECT_TRUE(load_recording(*spool_, sent[2]).ok());
  EXPECT_EQ(code_of(load_recording(*spool_, sent[0])), ErrorCode::kNotFound);
}

TEST_F(SpoolTest, FullSpoolRefusesNewRecordingsAndKeepsRunningOnes) {
  const StudyId first = add_study(), second = add_study();
  const UploadId running = begin(first);
  SpoolOptions options;
  options.bytes_max = 1;
  reopen(options);
  NewRecording refused;
  refused.upload_id = UploadId(random_id(random_));
  refused.study_id = second;
  refused.format = two_leads();
  EXPECT_EQ(code_of(begin_recording(*spool_, refused)), ErrorCode::kSpoolFull);
  EXPECT_TRUE(append(running, block_at(0, 125)).ok());
  EXPECT_TRUE(end_with_what_is_stored(*spool_, running).ok());
}

TEST_F(SpoolTest, BlocksResumeInTheMiddle) {
  const UploadId upload = record(add_study(), 8, true);
  const auto blocks = blocks_from(*spool_, upload, 500, 3);
  ASSERT_EQ(blocks->size(), 3u);
  EXPECT_EQ(blocks->front().first_frame(), 500u);
  EXPECT_EQ(blocks_from(*spool_, upload, 1000, 3)->size(), 0u);
}

TEST_F(SpoolTest, SameFileTwiceIsOneStudy) {
  ImportedStudy imported;
  imported.content_sha256 = "abc";
  const auto store = [&] {
    imported.recording.upload_id = UploadId(random_id(random_));
    imported.recording.study_id = StudyId(random_id(random_));
    imported.recording.format = two_leads();
    imported.recording.begun_at = clock_.now();
    imported.recording.send_when_done = true;
    imported.registration.set_study_id(imported.recording.study_id.value);
    imported.registration.set_attempt(1);
    imported.blocks = {wire::encode_block(block_at(0, 125), 2).value()};
    imported.ending.frames = 125;
    return store_imported(*spool_, imported);
  };
  const auto first = store();
  ASSERT_TRUE(first.ok());
  EXPECT_EQ(store().value(), *first);
  EXPECT_EQ(phase(StudyId(*first)), Phase::kSent);
  imported.content_sha256 = "other";
  EXPECT_NE(store().value(), *first);
}

TEST_F(SpoolTest, CountsTellWhatIsUnsentAndSinceWhen) {
  EXPECT_EQ(count_studies(*spool_, clock_.now())->unsent, 0);
  const Timestamp begun = clock_.now();
  const UploadId upload = record(add_study(), 1, true);
  clock_.advance(std::chrono::seconds(3));
  record(add_study(), 1, true);
  EXPECT_EQ(count_studies(*spool_, begun)->unsent, 2);
  EXPECT_EQ(count_studies(*spool_, begun)->oldest_unsent_at, begun);
  ASSERT_TRUE(confirm(*spool_, upload, {}).ok());
  EXPECT_EQ(count_studies(*spool_, clock_.now())->studies_since, 1);
  EXPECT_EQ(count_studies(*spool_, begun)->unsent, 1);
}

}  // namespace
}  // namespace ecg::spool
