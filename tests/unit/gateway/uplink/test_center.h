// A center small enough for tests: real gRPC over mTLS on a free port of 127.0.0.1, uploads kept in memory.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "gateway/uplink/channel.h"

namespace ecg::uplink::testing {

struct CenterBehaviour {
  int break_after_blocks = -1;  // the stream ends with UNAVAILABLE after so many blocks, once
  bool wrong_receipt_key = false;
  int refuse_with = 0;  // catalogue number answered to every open, 0 = none
};

class TestCenter {
 public:
  TestCenter();
  ~TestCenter();

  // What a gateway of this center holds.
  Enrolment enrolment() const;
  void behave(CenterBehaviour behaviour);
  // Cuts every connection, and after the pause listens on the same port again.
  void restart(std::chrono::milliseconds pause);

  // Closed uploads; digest of what came, made block by block.
  struct Upload {
    std::string study_id;
    std::uint64_t frames = 0;
    std::string sha256;
    int disposition = 0;  // 0: still open
    int opens = 0;
  };
  Upload upload(const std::string& id) const;
  std::size_t uploads() const;

  // Sent on every exchange stream until acknowledged.
  void deliver_report(const std::string& study_id, std::uint32_t version);
  bool delivery_acknowledged() const;
  int reports_opened() const;
  int heartbeats() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ecg::uplink::testing
