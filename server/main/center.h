// The whole center: every part built by hand, in order, and taken apart in the opposite order.
#pragma once

#include <memory>

#include "common/base/result.h"
#include "server/main/settings.h"

namespace ecg::server {

class Center {
 public:
  // Opens or makes the state folder, resumes what was left undone, and listens. insecure_loopback: the pages
  // over plain HTTP on 127.0.0.1 (kConfigInvalid when browsers.address is another). Errors: kDirectoryInUse,
  // kPortInUse, kConfigInvalid, kTlsFailed, those of the store and of small files. Writes <state>/ports.json
  // when everything listens: {"gateways":..,"enrolment":..,"browsers":..}.
  static Result<std::unique_ptr<Center>> start(const Settings& settings, bool insecure_loopback);
  ~Center();
  Center(const Center&) = delete;
  Center& operator=(const Center&) = delete;

  // Not ready any more, takes nothing new, lets calls end: at most 20 s. A repeat does nothing.
  void stop();

 private:
  struct Impl;
  explicit Center(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace ecg::server
