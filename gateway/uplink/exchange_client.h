// The standing conversation with the center: heartbeats up; reports, critical results, progress and settings
// down.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "ecg/v1/exchange.pb.h"

#include "common/base/random.h"
#include "gateway/spool/spool.h"
#include "gateway/uplink/channel.h"
#include "gateway/uplink/line.h"

namespace ecg::uplink {

// Deliveries are on disk here before they are acknowledged. What the clinic has to tell is sent again on
// every new stream until a later heartbeat of the same stream was answered: the center handles messages in
// order.
class ExchangeClient {
 public:
  struct Options {
    std::string version;
    std::chrono::milliseconds heartbeat{15'000};
    std::chrono::milliseconds silence_max{40'000};  // no answer so long: the connection is dead
    std::function<bool()> device_connected;
    // Store durably before they answer; an error breaks the conversation, so that the item comes again.
    std::function<Result<void>(const ecg::v1::Delivery&)> on_delivery;
    std::function<Result<void>(const ecg::v1::StudyProgress&)> on_progress;
  };
  ExchangeClient(spool::Spool& spool, std::shared_ptr<grpc::Channel> channel, Line& line, Random& random,
                 Options options);
  ~ExchangeClient();

  void start();
  void stop();  // a repeat changes nothing

 private:
  struct Conversation;
  void run();
  Result<void> converse();
  bool send_heartbeat(Conversation& conversation);
  bool send_outgoing(Conversation& conversation);
  void read(Conversation& conversation);
  Result<void> take(const ecg::v1::CenterMessage& message, Conversation& conversation);
  void take_tick(const ecg::v1::Tick& tick, Conversation& conversation);

  spool::Spool& spool_;
  const std::shared_ptr<grpc::Channel> channel_;
  Line& line_;
  Random& random_;
  const Options options_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  Conversation* current_ = nullptr;  // guarded by mutex_
  bool heard_ = false;  // the running thread only; whether the center answered in this conversation
  std::thread thread_;
};

}  // namespace ecg::uplink
