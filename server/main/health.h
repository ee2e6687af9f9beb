// Whether the center can do its work, for probes and load balancers.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>

#include "common/base/clock.h"
#include "common/base/result.h"
#include "common/net/connect_server.h"
#include "server/store/store.h"

namespace ecg::server {

class Health {
 public:
  Health(const store::Store& store, const Clock& clock, std::filesystem::path state,
         std::uint64_t reserve_bytes, Timestamp certificate_expires_at)
      : store_(store),
        clock_(clock),
        state_(std::move(state)),
        reserve_bytes_(reserve_bytes),
        certificate_expires_at_(certificate_expires_at) {}

  // Between the start of all listeners and the beginning of the stop.
  void set_serving(bool serving) { serving_ = serving; }

  // /readyz: 200 or 503, with one reason per check:
  // {"ready":true,"checks":{"serving":"ok","database":"ok",...}}.
  net::PlainAnswer ready() const;
  // Room for new recordings. Errors: kStorageFull with retry_after_ms.
  Result<void> room() const;

 private:
  std::string database() const;
  std::string disk() const;
  std::string certificate() const;

  const store::Store& store_;
  const Clock& clock_;
  const std::filesystem::path state_;
  const std::uint64_t reserve_bytes_;
  const Timestamp certificate_expires_at_;
  std::atomic<bool> serving_{false};
};

}  // namespace ecg::server
