#include "server/analysis/message_pipe.h"

#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ecg/v1/analysis_job.pb.h"

namespace ecg::analysis {
namespace {

using std::chrono::milliseconds;

class MessagePipe : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends_), 0); }
  void TearDown() override {
    for (const int end : ends_) {
      if (end >= 0) ::close(end);
    }
  }
  void close_end(int i) {
    ::close(ends_[i]);
    ends_[i] = -1;
  }
  void send_raw(const std::string& bytes) {
    ASSERT_EQ(::write(ends_[0], bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  }
  ErrorCode read_error(milliseconds time_left = milliseconds{50}) {
    v1::AnalysisJob job;
    const auto outcome = read_message(ends_[1], job, time_left);
    return outcome.ok() ? ErrorCode{} : outcome.error().code;
  }
  int ends_[2] = {-1, -1};
};

TEST_F(MessagePipe, CarriesAMessageLargerThanTheSocketBuffer) {
  v1::AnalysisJob sent;
  sent.set_study_id("study");
  sent.mutable_waveform()->set_samples(std::string(4'000'000, '\x5a'));
  std::thread writer([&] { EXPECT_TRUE(write_message(ends_[0], sent, milliseconds{5000}).ok()); });
  v1::AnalysisJob got;
  EXPECT_TRUE(read_message(ends_[1], got, milliseconds{5000}).ok());
  writer.join();
  EXPECT_EQ(got.SerializeAsString(), sent.SerializeAsString());
}

TEST_F(MessagePipe, ClosedBetweenMessagesIsCancelled) {
  close_end(0);
  EXPECT_EQ(read_error(), ErrorCode::kCancelled);
}

TEST_F(MessagePipe, ClosedInsideAMessageIsAnError) {
  send_raw(std::string("\x10\x00\x00\x00half", 8));
  close_end(0);
  EXPECT_EQ(read_error(), ErrorCode::kInternal);
}

TEST_F(MessagePipe, SilenceInsideAMessageTimesOut) {
  send_raw(std::string("\x10\x00\x00\x00half", 8));
  EXPECT_EQ(read_error(), ErrorCode::kTimeout);
}

TEST_F(MessagePipe, LengthBeyondTheLimitIsRefusedUnread) {
  send_raw(std::string("\x01\x00\x00\x04", 4));  // one byte more than the limit
  EXPECT_EQ(read_error(), ErrorCode::kInternal);
}

TEST_F(MessagePipe, ReaderThatDoesNotReadTimesTheWriterOut) {
  v1::AnalysisJob sent;
  sent.mutable_waveform()->set_samples(std::string(4'000'000, 'x'));
  const auto outcome = write_message(ends_[0], sent, milliseconds{50});
  ASSERT_FALSE(outcome.ok());
  EXPECT_EQ(outcome.error().code, ErrorCode::kTimeout);
}

}  // namespace
}  // namespace ecg::analysis
