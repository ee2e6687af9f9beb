#include "server/ingest/registration.h"

#include <atomic>

#include <gtest/gtest.h>

#include "tests/unit/server/ingest/gateway_for_tests.h"

namespace ecg::ingest {
namespace {

TEST(RegistrationTest, AnUnknownClassCountsAsUrgent) {
  auto r = testing::registration('s', v1::PRIORITY_UNSPECIFIED);
  EXPECT_TRUE(check_registration(r).ok());
  EXPECT_EQ(priority_of(r), domain::Priority::kUrgent);
  r.set_priority(static_cast<v1::Priority>(99));
  EXPECT_EQ(check_registration(r).error().code, ErrorCode::kInvalidField);
}

TEST(RegistrationTest, AcquisitionTimeIsCorrectedByTheGatewaysClockOffset) {
  auto r = testing::registration('s');
  r.mutable_acquired_at()->set_seconds(1000);
  r.mutable_acquired_at()->set_nanos(500'000'000);
  r.set_clock_offset_ms(2000);
  EXPECT_EQ(opened_event(r).acquired_at, from_micros(998'500'000));
}

TEST(RegistrationTest, TextsAtTheirLimitPassAndBeyondItAreRefused) {
  auto r = testing::registration('s');
  r.mutable_context()->set_note(std::string(limits::kShortTextBytesMax, 'x'));
  EXPECT_TRUE(check_registration(r).ok());
  r.mutable_context()->set_note(std::string(limits::kShortTextBytesMax + 1, 'x'));
  const auto refused = check_registration(r);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().subject, "study.context.note");
}

TEST(RegistrationTest, FieldsOfALaterVersionCountTowardsTheSize) {
  auto message = testing::open_message('a');
  auto* open = message.mutable_open();
  const auto fill = [](auto* part, std::size_t bytes) {
    auto* unknown = part->GetReflection()->MutableUnknownFields(part);
    unknown->Clear();
    const std::size_t rest = bytes - part->ByteSizeLong() - 4;  // 2 bytes of tag, 2 of length
    unknown->AddLengthDelimited(2000, std::string(rest, 'x'));
  };
  fill(open->mutable_study(), kRegistrationBytesMax);
  fill(open->mutable_format(), kFormatBytesMax);
  ASSERT_EQ(open->study().ByteSizeLong(), kRegistrationBytesMax);
  EXPECT_TRUE(check_open(*open).ok());
  fill(open->mutable_format(), kFormatBytesMax + 1);
  EXPECT_EQ(check_open(*open).error().code, ErrorCode::kTooLarge);
  fill(open->mutable_study(), kRegistrationBytesMax + 1);
  EXPECT_EQ(check_registration(open->study()).error().code, ErrorCode::kTooLarge);
}

TEST(RegistrationTest, APatientWithoutIdIsRefused) {
  auto r = testing::registration('s');
  r.mutable_patient()->clear_id();
  EXPECT_EQ(check_registration(r).error().code, ErrorCode::kInvalidField);
}

TEST(RegistrationTest, TheLongestRecordingIsTenMinutes) {
  EXPECT_EQ(frames_max(500), 300'000U);
  EXPECT_EQ(frames_max(1000), 600'000U);
}

}  // namespace
}  // namespace ecg::ingest
