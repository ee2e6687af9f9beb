#include "common/net/connect_protocol.h"

#include <gtest/gtest.h>

#include "common/net/error_detail.h"
#include "common/net/gzip.h"

namespace ecg::net {
namespace {

TEST(ConnectProtocol, EveryErrorOfTheTableSurvivesTheWire) {
  const ErrorCode codes[] = {
#define ECG_ERROR(name, ...) ErrorCode::name,
#include "common/base/errors.def"
#undef ECG_ERROR
  };
  for (const auto code : codes) {
    const Error sent{code, "subject \"of\" it", "hidden", 250};
    const auto came = error_from_json(error_json(sent), facts(code).http_status);
    EXPECT_EQ(came.code, sent.code);
    EXPECT_EQ(came.subject, sent.subject);
    EXPECT_EQ(came.retry_after_ms, 250);
    EXPECT_TRUE(came.detail.empty());
    const auto ended = outcome_from_end_of_stream(end_of_stream_json(&sent));
    ASSERT_FALSE(ended.ok());
    EXPECT_EQ(ended.error().code, sent.code);
  }
  EXPECT_TRUE(outcome_from_end_of_stream(end_of_stream_json(nullptr)).ok());
}

TEST(ConnectProtocol, AnswersOfStrangersBecomeTheNearestError) {
  EXPECT_EQ(error_from_json("<html>", 502).code, ErrorCode::kServerUnreachable);
  EXPECT_EQ(error_from_json("[]", 401).code, ErrorCode::kNotSignedIn);
  EXPECT_EQ(error_from_json(R"({"code":"not_found","message":"x"})", 404).code, ErrorCode::kNotFound);
  EXPECT_EQ(
      error_from_json(R"({"code":7,"details":[1,{"type":"ecg.v1.ErrorDetail","value":"*"}]})", 500).code,
      ErrorCode::kInternal);
}

TEST(ConnectProtocol, EnvelopesComeApartAsTheyWerePut) {
  std::string buffer = envelope(0, "abc") + envelope(kEndOfStreamFlag, "");
  std::string fed;
  std::vector<Envelope> taken;
  for (const char c : buffer) {
    fed += c;
    auto next = take_envelope(fed, 10);
    ASSERT_TRUE(next.ok());
    if (*next) taken.push_back(**next);
  }
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0].message, "abc");
  EXPECT_EQ(taken[1].flags, kEndOfStreamFlag);
  std::string huge = envelope(0, std::string(11, 'x'));
  EXPECT_EQ(take_envelope(huge, 10).error().code, ErrorCode::kTooLarge);
}

TEST(ConnectProtocol, Base64OfAllLengths) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(from_base64(base64(bytes)), bytes);
    bytes += static_cast<char>(i * 37);
  }
  EXPECT_EQ(base64("ab"), "YWI");
  EXPECT_EQ(from_base64("YWI="), "ab");
  EXPECT_EQ(from_base64("Y"), std::nullopt);
  EXPECT_EQ(from_base64("Y*I="), std::nullopt);
}

TEST(Gzip, RoundTripAndDamage) {
  const std::string data(100000, 'e');
  const auto packed = gzip(data);
  EXPECT_LT(packed.size(), 1000u);
  EXPECT_EQ(gunzip(packed, data.size()), data);
  EXPECT_EQ(gunzip(packed, data.size() - 1), std::nullopt);
  EXPECT_EQ(gunzip(packed.substr(0, packed.size() - 9), data.size()), std::nullopt);
  EXPECT_EQ(gunzip("nonsense", 100), std::nullopt);
}

}  // namespace
}  // namespace ecg::net
