#include "server/api/grpc/gateway_directory.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "common/base/log.h"

namespace ecg::api {

namespace {

constexpr std::int32_t kRetryWhenManyStreamsMs = 2000;
}  // namespace

GatewayDirectory::GatewayDirectory(store::Store& store, const Clock& clock, std::string center)
    : store_(store), clock_(clock), center_(std::move(center)), thread_([this] { run(); }) {}

GatewayDirectory::~GatewayDirectory() {
  end_all();
  thread_.join();
}

Result<KnownGateway> GatewayDirectory::check(const Entry& entry) const {
  if (entry.revoked) return Error{ErrorCode::kGatewayRevoked, entry.gateway.gateway.value};
  if (clock_.now() > entry.expires_at) {
    return Error{ErrorCode::kGatewayUnknown, entry.gateway.gateway.value + ": expired"};
  }
  return entry.gateway;
}

Result<KnownGateway> GatewayDirectory::admit(const net::CertificateFacts& certificate) {
  ECG_ASSIGN(const auto named, identity::read_gateway_uri(center_, certificate));
  std::optional<Entry> entry;
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_certificate_.find(certificate.sha256);
    if (found != by_certificate_.end()) entry = found->second;
  }
  if (!entry) {
    ECG_ASSIGN(entry, read_entry(certificate.sha256));
  }
  if (!entry || entry->gateway.gateway != named.gateway || entry->gateway.site != named.site) {
    return Error{ErrorCode::kGatewayUnknown, certificate.fingerprint.substr(0, 16)};
  }
  return check(*entry);
}

Result<std::optional<GatewayDirectory::Entry>> GatewayDirectory::read_entry(const std::string& sha256) {
  std::optional<store::GatewayRecord> record;
  ECG_TRY(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(record, snapshot.find_gateway_by_certificate(sha256));
    return {};
  }));
  if (!record) return std::optional<Entry>();
  const Entry entry = entry_of(*record);
  const std::lock_guard lock(mutex_);
  by_certificate_.insert_or_assign(sha256, entry);
  return std::optional<Entry>(entry);
}

GatewayDirectory::Entry GatewayDirectory::entry_of(const store::GatewayRecord& record) {
  return {{record.site, record.id}, record.expires_at, record.revoked_at.has_value()};
}

Result<std::uint64_t> GatewayDirectory::stream_opened(const GatewayId& gateway, StreamEnd end) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return Error{ErrorCode::kShuttingDown, "the center"};
  const auto open = std::count_if(streams_.begin(), streams_.end(),
                                  [&](const auto& entry) { return entry.second.gateway == gateway; });
  if (open >= kStreamsPerGateway) {
    return Error{ErrorCode::kOverloaded, "streams of gateway " + gateway.value, {}, kRetryWhenManyStreamsMs};
  }
  streams_.emplace(++last_stream_, OpenStream{gateway, std::move(end), false});
  return last_stream_;
}

void GatewayDirectory::stream_closed(std::uint64_t stream) {
  const std::lock_guard lock(mutex_);
  streams_.erase(stream);
}

void GatewayDirectory::end_all() {
  std::map<std::uint64_t, OpenStream> open;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    open.swap(streams_);
  }
  wake_.notify_all();
  for (const auto& [stream, entry] : open) entry.end.end({ErrorCode::kShuttingDown, "the center", {}, 1000});
}

void GatewayDirectory::run() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (wake_.wait_for(lock, kLookEvery, [this] { return stopping_; })) return;
    }
    if (const auto looked = look(); !looked.ok()) log::warning("gateways_unreadable", looked.error());
  }
}

Result<void> GatewayDirectory::look() {
  std::vector<store::GatewayRecord> records;
  ECG_TRY(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(records, snapshot.gateways());
    return {};
  }));
  std::map<std::string, Entry> now;
  std::map<GatewayId, Error> unwelcome;
  for (const auto& record : records) {
    const Entry entry = entry_of(record);
    now[record.certificate_sha256] = entry;
    if (const auto checked = check(entry); !checked.ok()) unwelcome.emplace(record.id, checked.error());
  }
  {
    const std::lock_guard lock(mutex_);
    by_certificate_ = std::move(now);
  }
  end_streams_of(unwelcome);
  return {};
}

void GatewayDirectory::end_streams_of(const std::map<GatewayId, Error>& unwelcome) {
  std::vector<OpenStream> ending;
  {
    const std::lock_guard lock(mutex_);
    for (auto& [number, stream] : streams_) {
      if (!unwelcome.contains(stream.gateway)) continue;
      ending.push_back(stream);
      stream.ending = true;
    }
  }
  for (const auto& stream : ending) {
    if (stream.ending) {
      stream.end.cut();
      continue;
    }
    const Error& why = unwelcome.at(stream.gateway);
    log::info("stream_of_unwelcome_gateway_ended",
              {{"gateway", stream.gateway.value}, {"error", facts(why.code).name}});
    stream.end.end(why);
  }
}

}  // namespace ecg::api
