// Which certificate is which gateway's, and which streams it has open: asked at every call, and ends the
// streams of a gateway that is revoked or whose certificate has expired.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/net/tls.h"
#include "server/identity/gateways.h"
#include "server/store/store.h"

namespace ecg::api {

using KnownGateway = identity::GatewayIdentity;

class GatewayDirectory {
 public:
  // Streams that one gateway may have open at once, of all kinds.
  static constexpr int kStreamsPerGateway = 16;
  // The streams of a gateway that is revoked or expired end within this long.
  static constexpr std::chrono::seconds kLookEvery{2};

  // store and clock outlive it. center: as it stands in the gateways' certificates (identity::gateway_uri).
  GatewayDirectory(store::Store& store, const Clock& clock, std::string center);
  ~GatewayDirectory();
  GatewayDirectory(const GatewayDirectory&) = delete;
  GatewayDirectory& operator=(const GatewayDirectory&) = delete;

  // Any thread; reads the store for a certificate not met before.
  // Errors: kGatewayUnknown (never enrolled here, replaced, of another site, expired), kGatewayRevoked, those
  // of the store.
  Result<KnownGateway> admit(const net::CertificateFacts& certificate);

  // How an open stream is ended. Called on the directory's thread or end_all's caller, never under a lock.
  struct StreamEnd {
    std::function<void(const Error&)> end;  // at most once
    std::function<void()> cut;  // kLookEvery later, when the stream is still open: its peer does not read
  };
  // Counts a stream and remembers how to end it. Errors: kOverloaded (kStreamsPerGateway are open),
  // kShuttingDown.
  Result<std::uint64_t> stream_opened(const GatewayId& gateway, StreamEnd end);
  void stream_closed(std::uint64_t stream);

  // The center stops: every stream gets kShuttingDown and no new one is admitted.
  void end_all();

 private:
  struct OpenStream {
    GatewayId gateway;
    StreamEnd end;
    bool ending = false;
  };
  struct Entry {
    KnownGateway gateway;
    Timestamp expires_at;
    bool revoked = false;
  };
  void run();
  Result<void> look();
  void end_streams_of(const std::map<GatewayId, Error>& unwelcome);
  Result<std::optional<Entry>> read_entry(const std::string& sha256);
  static Entry entry_of(const store::GatewayRecord& record);
  Result<KnownGateway> check(const Entry& entry) const;

  store::Store& store_;
  const Clock& clock_;
  const std::string center_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::map<std::string, Entry> by_certificate_;  // guarded by mutex_; key: SHA-256, 32 bytes
  std::map<std::uint64_t, OpenStream> streams_;  // guarded by mutex_
  std::uint64_t last_stream_ = 0;                // guarded by mutex_
  bool stopping_ = false;                        // guarded by mutex_
  std::thread thread_;
};

}  // namespace ecg::api
