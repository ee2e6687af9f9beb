// Sends recordings to the center, the most urgent first, and those being recorded while they are recorded.
#pragma once

#include <atomic>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "common/base/ids.h"
#include "common/base/random.h"
#include "gateway/spool/spool.h"
#include "gateway/uplink/backoff.h"
#include "gateway/uplink/channel.h"

namespace ecg::uplink {

class UploadSession;

// Three uploads at once at most. One worker takes only STAT studies and recordings that run now, so that a
// backlog never holds them up.
class UploadPool {
 public:
  UploadPool(spool::Spool& spool, std::shared_ptr<grpc::Channel> channel, Enrolment enrolment,
             Random& random);
  ~UploadPool();

  void start();
  // Running conversations are broken off; what the center acknowledged stays acknowledged. A repeat changes
  // nothing.
  void stop();
  // The center was just heard: every upload may be tried at once.
  void line_is_up();

 private:
  void work(bool urgent_only);
  std::unique_ptr<UploadSession> take(bool urgent_only);
  void release(const std::string& upload, const Result<void>& outcome);
  bool start_over(const UploadId& upload, const Error& error, std::chrono::milliseconds wait);
  void failed(const std::string& upload, const Error& error);
  Duration pause_left();

  spool::Spool& spool_;
  const std::shared_ptr<grpc::Channel> channel_;
  const Enrolment enrolment_;
  Random& random_;
  struct Stub;
  std::unique_ptr<Stub> stub_;
  std::atomic<bool> stopping_{false};
  std::mutex mutex_;
  std::map<std::string, UploadSession*> running_;  // guarded by mutex_; by upload id
  Backoff backoff_;                                // guarded by mutex_; of the line as a whole
  Duration paused_until_{0};                       // guarded by mutex_; steady
  std::vector<std::thread> workers_;
};

}  // namespace ecg::uplink
