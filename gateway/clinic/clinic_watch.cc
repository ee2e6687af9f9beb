#include "gateway/clinic/clinic_watch.h"

#include <algorithm>

#include "common/base/log.h"
#include "gateway/clinic/clinic_state.h"

namespace ecg::clinic {
namespace {
constexpr std::chrono::milliseconds kAtMostEvery{250};
constexpr std::chrono::seconds kAtLeastEvery{5};
constexpr std::chrono::seconds kSessionsEvery{2};
}  // namespace

void ClinicWatch::start() {
  thread_ = std::thread([this] { run(); });
}

void ClinicWatch::stop() {
  stopping_ = true;
  parts_.spool.changes().bump();
  if (thread_.joinable()) thread_.join();
}

void ClinicWatch::add(std::shared_ptr<net::Stream> stream, std::string operator_name) {
  {
    const std::lock_guard lock(mutex_);
    watchers_.push_back({std::move(stream), std::move(operator_name), true});
  }
  parts_.spool.changes().bump();
}

void ClinicWatch::end_with_session(std::shared_ptr<net::Stream> stream, std::string token) {
  const std::lock_guard lock(mutex_);
  guarded_.push_back({std::move(stream), std::move(token)});
}

void ClinicWatch::run() {
  const Clock& clock = parts_.spool.clock();
  std::uint64_t told = ~std::uint64_t{0};
  Duration told_at = clock.steady() - kAtLeastEvery;
  Duration looked_at = clock.steady();
  while (!stopping_) {
    if (clock.steady() - looked_at >= kSessionsEvery) {
      looked_at = clock.steady();
      end_streams_without_session();
    }
    const std::uint64_t now_version = parts_.spool.changes().version();
    const Duration since = clock.steady() - told_at;
    if (since >= kAtLeastEvery || (now_version != told && since >= kAtMostEvery)) {
      told = now_version;
      told_at = clock.steady();
      tell(true);
      continue;
    }
    tell(false);
    const Duration wait = now_version != told ? kAtMostEvery - since : kAtLeastEvery - since;
    parts_.spool.changes().wait(now_version,
                                std::min<Duration>(wait, kSessionsEvery - (clock.steady() - looked_at)));
  }
}

void ClinicWatch::end_streams_without_session() {
  std::list<Guarded> open;
  {
    const std::lock_guard lock(mutex_);
    guarded_.remove_if([](const Guarded& one) { return one.stream->closed(); });
    open = guarded_;
  }
  for (const Guarded& one : open) {
    const auto alive = operators_.alive(one.token);
    if (!alive.ok()) {
      one.stream->finish(alive.error());
    } else if (!*alive) {
      one.stream->finish(Error{ErrorCode::kNotSignedIn, ""});
    }
  }
}

void ClinicWatch::tell(bool everyone) {
  std::list<Watcher> due;
  {
    const std::lock_guard lock(mutex_);
    watchers_.remove_if([](const Watcher& watcher) { return watcher.stream->closed(); });
    for (Watcher& watcher : watchers_) {
      if (everyone || watcher.fresh) due.push_back(watcher);
      watcher.fresh = false;
    }
  }
  if (due.empty()) return;
  auto studies = clinic_studies(parts_.spool, kStudiesShownMax);
  auto state = clinic_state(parts_, {});
  if (!studies.ok() || !state.ok()) {
    log::error("clinic_state_not_readable", !studies.ok() ? studies.error() : state.error());
    return;
  }
  ecg::v1::WatchClinicResponse message;
  *message.mutable_clinic() = std::move(state).value();
  for (auto& study : *studies) *message.add_studies() = std::move(study);
  for (const Watcher& watcher : due) {
    message.mutable_clinic()->set_operator_name(watcher.operator_name);
    watcher.stream->write(message);
  }
}

}  // namespace ecg::clinic
