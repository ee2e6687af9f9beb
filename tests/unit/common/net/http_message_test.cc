#include "common/net/http_message.h"

#include <gtest/gtest.h>

namespace ecg::net {
namespace {

constexpr std::string_view kRequest =
    "POST /a/b?q=1 HTTP/1.1\r\nHost: h\r\nX-Thing: v\r\nContent-Length: 3\r\n\r\nabc";

TEST(RequestParser, ReadsARequestHoweverItIsCut) {
  for (std::size_t cut = 1; cut < kRequest.size(); ++cut) {
    RequestParser parser(10);
    std::string buffer(kRequest.substr(0, cut));
    ASSERT_EQ(parser.feed(buffer), RequestParser::State::kNeedMore) << cut;
    buffer += kRequest.substr(cut);
    ASSERT_EQ(parser.feed(buffer), RequestParser::State::kDone) << cut;
    const auto request = parser.take();
    EXPECT_EQ(request.path, "/a/b");
    EXPECT_EQ(request.query, "q=1");
    EXPECT_EQ(request.header("x-thing"), "v");
    EXPECT_EQ(request.body, "abc");
    EXPECT_TRUE(request.keep_alive);
  }
}

TEST(RequestParser, WhatFollowsARequestBelongsToTheNext) {
  RequestParser parser(10);
  std::string buffer = std::string(kRequest) + std::string(kRequest);
  ASSERT_EQ(parser.feed(buffer), RequestParser::State::kDone);
  parser.take();
  EXPECT_EQ(buffer, kRequest);
  ASSERT_EQ(parser.feed(buffer), RequestParser::State::kDone);
  EXPECT_EQ(parser.take().body, "abc");
  EXPECT_TRUE(buffer.empty());
}

TEST(RequestParser, ATrailerAddsNoHeader) {
  RequestParser parser(100);
  std::string buffer =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Ecg-Client: "
      "web\r\n\r\n";
  ASSERT_EQ(parser.feed(buffer), RequestParser::State::kDone);
  const auto request = parser.take();
  EXPECT_EQ(request.body, "abc");
  EXPECT_EQ(request.header("x-ecg-client"), "");
}

TEST(RequestParser, ExpectContinueIsNoticed) {
  RequestParser parser(100);
  std::string buffer = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n";
  EXPECT_EQ(parser.feed(buffer), RequestParser::State::kNeedMore);
  EXPECT_TRUE(parser.wants_continue());
}

TEST(ResponseParser, HandsOutBodiesPieceByPiece) {
  ResponseParser parser;
  std::string buffer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk("one");
  EXPECT_EQ(parser.feed(buffer), ResponseParser::State::kNeedMore);
  EXPECT_EQ(parser.take_body(), "one");
  buffer += chunk("two") + std::string(kLastChunk);
  EXPECT_EQ(parser.feed(buffer), ResponseParser::State::kDone);
  EXPECT_EQ(parser.take_body(), "two");
  ResponseParser cut;
  buffer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab";
  EXPECT_EQ(cut.feed(buffer), ResponseParser::State::kNeedMore);
  EXPECT_EQ(cut.feed_end(), ResponseParser::State::kRefused);
}

}  // namespace
}  // namespace ecg::net
