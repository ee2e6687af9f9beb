#include "gateway/uplink/upload_pool.h"

#include <grpcpp/channel.h>

#include "common/base/ids.h"
#include "common/base/log.h"
#include "gateway/uplink/upload_session.h"

namespace ecg::uplink {
namespace {

constexpr int kWorkers = 3;
constexpr std::chrono::milliseconds kLook{1000};
constexpr std::chrono::minutes kAfterRefusal{10};  // a person must change something first
constexpr std::size_t kListed = 64;

bool concerns_the_line(ErrorCode code) {
  switch (code) {
    case ErrorCode::kCenterUnreachable:
    case ErrorCode::kTlsFailed:
    case ErrorCode::kTimeout:
    case ErrorCode::kCancelled:
    case ErrorCode::kShuttingDown:
    case ErrorCode::kOverloaded:
    case ErrorCode::kStorageFull:
    case ErrorCode::kStorageFailed:
    case ErrorCode::kGatewayUnknown:
    case ErrorCode::kGatewayRevoked:
      return true;
    default:
      return false;
  }
}

}  // namespace

struct UploadPool::Stub {
  std::unique_ptr<ecg::v1::UploadService::Stub> service;
};

UploadPool::UploadPool(spool::Spool& spool, std::shared_ptr<grpc::Channel> channel, Enrolment enrolment,
                       Random& random)
    : spool_(spool),
      channel_(std::move(channel)),
      enrolment_(std::move(enrolment)),
      random_(random),
      stub_(new Stub{ecg::v1::UploadService::NewStub(channel_)}),
      backoff_(random, kBackoffFirst, kBackoffCapUrgent) {}

UploadPool::~UploadPool() {
  stop();
}

void UploadPool::start() {
  for (int i = 0; i < kWorkers; ++i) workers_.emplace_back([this, i] { work(i == 0); });
}

void UploadPool::stop() {
  stopping_ = true;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, session] : running_) session->cancel();
  }
  spool_.changes().bump();
  for (std::thread& worker : workers_) {
    if (worker.joinable()) worker.join();
  }
}

void UploadPool::line_is_up() {
  {
    const std::lock_guard lock(mutex_);
    backoff_.reset();
    paused_until_ = Duration{0};
  }
  const auto all = spool::try_all_now(spool_);
  if (!all.ok()) log::warning("retry_not_noted", all.error());
}

Duration UploadPool::pause_left() {
  const std::lock_guard lock(mutex_);
  return paused_until_ - spool_.clock().steady();
}

std::unique_ptr<UploadSession> UploadPool::take(bool urgent_only) {
  const auto waiting = spool::list_outbound(spool_, kListed);
  if (!waiting.ok()) {
    log::error("spool_not_readable", waiting.error());
    return nullptr;
  }
  const std::lock_guard lock(mutex_);
  if (stopping_) return nullptr;
  for (const spool::Outbound& outbound : *waiting) {
    const bool live = !outbound.row.closed_at;
    if (urgent_only && !live && outbound.order != ecg::v1::PRIORITY_STAT) continue;
    if (running_.contains(outbound.row.upload_id.value)) continue;
    auto session =
        std::make_unique<UploadSession>(spool_, *stub_->service, enrolment_, outbound.row.upload_id);
    running_[outbound.row.upload_id.value] = session.get();
    return session;
  }
  return nullptr;
}

// The center cannot complete this upload, while what is stored here is whole. True: it begins anew.
bool UploadPool::start_over(const UploadId& upload, const Error& error, std::chrono::milliseconds wait) {
  if (error.code == ErrorCode::kUploadIdReused) {  // the center kept more than could be saved here
    const auto found = spool::find_outbound(spool_, upload);
    if (!found.ok() || found->row.durable_frames <= found->row.frames) return false;
  } else if (error.code != ErrorCode::kDigestMismatch && error.code != ErrorCode::kStorageDamaged) {
    return false;
  }
  const UploadId renewed(random_id(random_));
  const auto done = spool::renew_upload(spool_, upload, renewed, spool_.clock().now() + wait);
  if (!done.ok()) {
    log::error("upload_not_renewed", done.error(), {{"upload", upload.value}});
    return false;
  }
  log::warning("upload_renewed", error, {{"upload", upload.value}, {"renewed", renewed.value}});
  return true;
}

void UploadPool::failed(const std::string& upload, const Error& error) {
  std::chrono::milliseconds wait{0};
  {
    const std::lock_guard lock(mutex_);
    wait = backoff_.next();
    wait = std::max(wait, std::chrono::milliseconds(error.retry_after_ms));
    if (concerns_the_line(error.code)) paused_until_ = spool_.clock().steady() + wait;
  }
  if (start_over(UploadId(upload), error, wait)) return;
  if (!concerns_the_line(error.code) && facts(error.code).retry == Retry::kPerson) wait = kAfterRefusal;
  log::warning("upload_failed", error, {{"upload", upload}, {"retry_in_ms", wait.count()}});
  const auto noted = spool::note_failure(spool_, UploadId(upload), error, spool_.clock().now() + wait);
  if (!noted.ok()) log::error("failure_not_noted", noted.error());
}

void UploadPool::release(const std::string& upload, const Result<void>& outcome) {
  if (!outcome.ok() && !(stopping_ && outcome.error().code == ErrorCode::kCancelled))
    failed(upload, outcome.error());
  {
    const std::lock_guard lock(mutex_);  // only now may another worker take it
    running_.erase(upload);
    if (outcome.ok()) backoff_.reset();
  }
  if (outcome.ok()) log::info("upload_conversation_ended", {{"upload", upload}});
}

void UploadPool::work(bool urgent_only) {
  while (!stopping_) {
    const std::uint64_t seen = spool_.changes().version();
    const Duration pause = pause_left();
    if (pause > Duration{0}) {
      spool_.changes().wait(seen, std::min<Duration>(pause, kLook));
      continue;
    }
    auto session = take(urgent_only);
    if (!session) {
      spool_.changes().wait(seen, kLook);
      continue;
    }
    const std::string upload = session->upload().value;
    await_connection(*channel_, stopping_);
    const auto outcome = session->run();
    release(upload, outcome);
    if (!outcome.ok()) continue;
    const auto emptied = spool::let_go_of_confirmed(spool_);
    if (!emptied.ok()) log::warning("confirmed_not_emptied", emptied.error());
  }
}

}  // namespace ecg::uplink
