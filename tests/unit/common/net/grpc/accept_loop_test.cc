#include "common/net/accept_loop.h"

#include <mutex>
#include <vector>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace ecg::net {
namespace {

class AcceptLoopTest : public ::testing::Test {
 protected:
  void start(AcceptLoop::Options options) {
    auto socket = listen_tcp("127.0.0.1", 0);
    ASSERT_TRUE(socket.ok());
    loop_ = std::make_unique<AcceptLoop>(std::move(socket).value(), options, [this](Descriptor fd) {
      const std::scoped_lock lock(mutex_);
      held_.push_back(std::move(fd));
    });
  }
  Descriptor connect() {
    Descriptor fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(loop_->port());
    ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
    if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) fd.reset();
    const timeval patience{1, 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    return fd;
  }
  static bool closed_by_peer(const Descriptor& fd) {
    char c = 0;
    return ::recv(fd.get(), &c, 1, 0) == 0 || errno == ECONNRESET;
  }
  bool wait_for_held(std::size_t n) {
    for (int i = 0; i < 500; ++i) {
      {
        const std::scoped_lock lock(mutex_);
        if (held_.size() >= n) return true;
      }
      ::usleep(2000);
    }
    return false;
  }
  void drop_held() {
    const std::scoped_lock lock(mutex_);
    held_.clear();
  }
  std::mutex mutex_;
  std::vector<Descriptor> held_;
  std::unique_ptr<AcceptLoop> loop_;
};

TEST_F(AcceptLoopTest, AnAddressGetsItsShareAndGetsItBackAfterClosing) {
  start({.connections_per_address = 3});
  std::vector<Descriptor> mine;
  for (int i = 0; i < 3; ++i) mine.push_back(connect());
  ASSERT_TRUE(wait_for_held(3));
  EXPECT_TRUE(closed_by_peer(connect()));
  EXPECT_EQ(loop_->counts().refused, 1u);
  mine.clear();
  drop_held();
  ::usleep(150'000);  // the next look at the open descriptors
  const auto again = connect();
  EXPECT_TRUE(wait_for_held(1));
}

TEST_F(AcceptLoopTest, DescriptorsAboveTheCapAreClosedAtOnce) {
  start({.connections_per_address = 100, .descriptor_cap = 3});
  EXPECT_TRUE(closed_by_peer(connect()));
  EXPECT_EQ(loop_->counts().accepted, 0u);
}

TEST_F(AcceptLoopTest, WithoutDescriptorsItRefusesAndGoesOnWhenThereAreSome) {
  start({.connections_per_address = 1000});
  auto early = connect();
  ASSERT_TRUE(wait_for_held(1));
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  rlimit few = before;
  few.rlim_cur = 64;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
  std::vector<Descriptor> clients;
  clients.push_back(Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  std::vector<Descriptor> filler;
  for (;;) {
    Descriptor fd(::dup(early.get()));
    if (!fd) break;
    filler.push_back(std::move(fd));
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(loop_->port());
  ::inet_pton(AF_INET, "127.0.0.1", &address.sin_addr);
  ASSERT_EQ(::connect(clients[0].get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  EXPECT_TRUE(closed_by_peer(clients[0]));
  EXPECT_GE(loop_->counts().failures, 1u);
  filler.clear();
  ::setrlimit(RLIMIT_NOFILE, &before);
  const auto late = connect();
  EXPECT_TRUE(wait_for_held(2));
}

TEST_F(AcceptLoopTest, StopClosesTheDoor) {
  start({});
  const auto port = loop_->port();
  loop_->stop();
  loop_->stop();
  EXPECT_TRUE(listen_tcp("127.0.0.1", port).ok());
}

}  // namespace
}  // namespace ecg::net
