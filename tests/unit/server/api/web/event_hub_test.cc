#include "server/api/web/event_hub.h"

#include <memory>
#include <optional>
#include <vector>

#include <gtest/gtest.h>

namespace ecg::web {
namespace {

class RecordedStream final : public net::Stream {
 public:
  bool write(const google::protobuf::Message& message) override {
    if (full || closed_) return false;
    v1::SubscribeResponse response;
    response.CopyFrom(message);
    got.push_back(response);
    return true;
  }
  void finish(Result<void> outcome) override {
    closed_ = true;
    if (!outcome.ok()) ended_with = outcome.error().code;
  }
  bool closed() const override { return closed_; }
  void on_closed(std::function<void()>) override {}
  void hang_up() { closed_ = true; }

  std::vector<v1::SubscribeResponse> got;
  bool full = false;
  std::optional<ErrorCode> ended_with;

 private:
  bool closed_ = false;
};

class Hub : public testing::Test {
 protected:
  std::shared_ptr<RecordedStream> listen(const std::string& site = "", bool sites = false) {
    auto stream = std::make_shared<RecordedStream>();
    EXPECT_TRUE(hub_.subscribe({stream, site, sites,
                                [this]() -> Result<void> {
                                  if (allowed_) return {};
                                  return Error{ErrorCode::kNotSignedIn, "session"};
                                }})
                    .ok());
    return stream;
  }
  void change(const std::string& study, const std::string& site) {
    v1::StudyChanged event;
    event.mutable_study()->set_id(study);
    event.mutable_study()->set_site_id(site);
    hub_.study_changed(event);
  }
  ManualClock clock_{from_micros(1'700'000'000'000'000)};
  EventHub hub_{clock_, "0.1.0"};
  bool allowed_ = true;
};

TEST_F(Hub, AStreamBeginsWithHello) {
  const auto stream = listen();
  ASSERT_EQ(stream->got.size(), 1U);
  EXPECT_EQ(stream->got[0].hello().version(), "0.1.0");
  EXPECT_EQ(stream->got[0].hello().center_now().seconds(), 1'700'000'000);
}

TEST_F(Hub, ASubscriberOfOneSiteHearsOfNoOther) {
  const auto all = listen();
  const auto east = listen("east");
  change("a", "east");
  change("b", "west");
  EXPECT_EQ(all->got.size(), 3U);
  ASSERT_EQ(east->got.size(), 2U);
  EXPECT_EQ(east->got[1].study_changed().study().id(), "a");
}

TEST_F(Hub, SiteChangesGoToThoseWhoAsked) {
  const auto reader = listen();
  const auto administrator = listen("", true);
  hub_.site_changed("east");
  EXPECT_EQ(reader->got.size(), 1U);
  ASSERT_EQ(administrator->got.size(), 2U);
  EXPECT_EQ(administrator->got[1].site_changed().site_id(), "east");
}

TEST_F(Hub, WhoFallsBehindIsToldOnceAndGoesOnFromNow) {
  const auto stream = listen();
  stream->full = true;
  change("a", "east");
  change("b", "east");
  stream->full = false;
  change("c", "east");
  ASSERT_EQ(stream->got.size(), 3U);
  EXPECT_TRUE(stream->got[1].has_lagged());
  EXPECT_EQ(stream->got[2].study_changed().study().id(), "c");
}

TEST_F(Hub, WhoHangsUpIsForgotten) {
  const auto stream = listen();
  stream->hang_up();
  hub_.tick();
  EXPECT_EQ(hub_.subscribers(), 0U);
}

TEST_F(Hub, AStreamEndsWhenItsSessionDoes) {
  const auto stream = listen();
  hub_.tick();
  EXPECT_TRUE(stream->got.back().has_keep_alive());
  allowed_ = false;
  hub_.tick();
  EXPECT_EQ(stream->ended_with, ErrorCode::kNotSignedIn);
  EXPECT_EQ(hub_.subscribers(), 0U);
}

TEST_F(Hub, BeyondTheLimitSubscribersAreRefused) {
  for (std::size_t i = 0; i < EventHub::kSubscribersMax; ++i) listen();
  const auto refused =
      hub_.subscribe({std::make_shared<RecordedStream>(), "", false, [] { return Result<void>{}; }});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kOverloaded);
}

TEST_F(Hub, ClosingEndsEveryStreamAndRefusesNewOnes) {
  const auto stream = listen();
  hub_.close(Error{ErrorCode::kShuttingDown, "center"});
  EXPECT_EQ(stream->ended_with, ErrorCode::kShuttingDown);
  EXPECT_FALSE(
      hub_.subscribe({std::make_shared<RecordedStream>(), "", false, [] { return Result<void>{}; }}).ok());
}

}  // namespace
}  // namespace ecg::web
