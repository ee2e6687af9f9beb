#include "common/net/accept_loop.h"

#include <cerrno>
#include <optional>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "common/base/log.h"

namespace ecg::net {
namespace {

constexpr int kPauseMs = 50;  // after accept failed
constexpr std::chrono::milliseconds kRecountInterval{100};
constexpr int kAcceptsPerTurn = 64;

}  // namespace

AcceptLoop::AcceptLoop(ListeningSocket socket, Options options, HandOver hand_over)
    : options_(options),
      hand_over_(std::move(hand_over)),
      port_(socket.port),
      listening_(std::move(socket.fd)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      spare_(open_spare()) {
  thread_ = std::thread([this] { run(); });
}

AcceptLoop::~AcceptLoop() {
  stop();
}

void AcceptLoop::stop() {
  if (!thread_.joinable()) return;
  const std::uint64_t one = 1;
  while (::write(wake_.get(), &one, sizeof one) < 0 && errno == EINTR) continue;
  thread_.join();
  listening_.reset();
}

AcceptLoop::Counts AcceptLoop::counts() const {
  return {accepted_, refused_, failures_};
}

void AcceptLoop::run() {
  for (;;) {
    pollfd waiting[2] = {{listening_.get(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
    if (::poll(waiting, 2, -1) < 0 && errno != EINTR) log::error("accept_poll_failed", {{"errno", errno}});
    if ((waiting[1].revents & POLLIN) != 0) return;
    if ((waiting[0].revents & POLLIN) != 0) accept_waiting();
  }
}

void AcceptLoop::accept_waiting() {
  for (int i = 0; i < kAcceptsPerTurn; ++i) {
    auto peer = accept_peer(listening_.get());
    if (peer.fd) {
      if (admit(peer)) {
        ++accepted_;
        hand_over_(std::move(peer.fd));
      } else {
        ++refused_;
      }
      continue;
    }
    if (peer.error == EAGAIN || peer.error == EWOULDBLOCK) return;
    if (peer.error == EINTR || peer.error == ECONNABORTED || peer.error == EPROTO) continue;
    if (failures_++ % 100 == 0) log::warning("accept_failed", {{"errno", peer.error}, {"port", port_}});
    const bool out_of_descriptors = peer.error == EMFILE || peer.error == ENFILE;
    if (out_of_descriptors && refuse_with_spare(listening_.get(), spare_)) continue;
    pollfd wake{wake_.get(), POLLIN, 0};
    ::poll(&wake, 1, kPauseMs);
    return;
  }
}

bool AcceptLoop::admit(const AcceptedPeer& peer) {
  if (peer.fd.get() >= options_.descriptor_cap) return false;
  if (open_[peer.address]++ < options_.connections_per_address) return true;
  // The count only grows between two looks at what is really open.
  if (std::chrono::steady_clock::now() - counted_ < kRecountInterval) return false;
  count_open_connections();  // includes this one
  return open_[peer.address] <= options_.connections_per_address;
}

void AcceptLoop::count_open_connections() {
  counted_ = std::chrono::steady_clock::now();
  open_.clear();
  for (int fd = 0; fd < options_.descriptor_cap; ++fd)
    if (const auto peer = peer_of_connection(fd, port_)) ++open_[*peer];
}

}  // namespace ecg::net
