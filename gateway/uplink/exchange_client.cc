#include "gateway/uplink/exchange_client.h"

#include <deque>
#include <map>

#include <ecg/v1/exchange.grpc.pb.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include "common/base/log.h"
#include "common/net/grpc/status.h"
#include "gateway/spool/mail.h"
#include "gateway/spool/recordings.h"
#include "gateway/spool/studies.h"
#include "gateway/uplink/backoff.h"

namespace ecg::uplink {
namespace {

constexpr std::size_t kOutgoingAtOnce = 64;

void set_time(google::protobuf::Timestamp& out, Timestamp t) {
  const std::int64_t us = to_micros(t);
  out.set_seconds(us / 1'000'000);
  out.set_nanos(static_cast<std::int32_t>(us % 1'000'000) * 1000);
}

Timestamp to_time(const google::protobuf::Timestamp& t) {
  return from_micros(t.seconds() * 1'000'000 + t.nanos() / 1000);
}

}  // namespace

struct ExchangeClient::Conversation {
  grpc::ClientContext context;
  std::unique_ptr<ecg::v1::ExchangeService::Stub> stub;
  std::unique_ptr<grpc::ClientReaderWriter<ecg::v1::GatewayMessage, ecg::v1::CenterMessage>> stream;

  // The running thread only.
  std::int64_t outgoing_sent = 0;  // highest id
  Duration heartbeat_due{0};

  std::mutex mutex;
  std::deque<std::string> to_acknowledge;  // guarded by mutex; delivery ids
  std::map<std::int64_t, std::int64_t>
      outgoing_by_heartbeat;  // guarded by mutex; sent_at -> highest id sent before
  Duration heard_at{0};       // guarded by mutex
  bool heard = false;         // guarded by mutex
  bool ended = false;         // guarded by mutex
};

ExchangeClient::ExchangeClient(spool::Spool& spool, std::shared_ptr<grpc::Channel> channel, Line& line,
                               Random& random, Options options)
    : spool_(spool),
      channel_(std::move(channel)),
      line_(line),
      random_(random),
      options_(std::move(options)) {}

ExchangeClient::~ExchangeClient() {
  stop();
}

void ExchangeClient::start() {
  thread_ = std::thread([this] { run(); });
}

void ExchangeClient::stop() {
  stopping_ = true;
  {
    const std::lock_guard lock(mutex_);
    if (current_ != nullptr) current_->context.TryCancel();
  }
  spool_.changes().bump();
  if (thread_.joinable()) thread_.join();
}

void ExchangeClient::run() {
  Backoff backoff(random_, kBackoffFirst, kBackoffCap);
  while (!stopping_) {
    if (line_.status().state != ecg::v1::LINE_STATE_REFUSED) line_.set(ecg::v1::LINE_STATE_CONNECTING);
    heard_ = false;
    const auto outcome = converse();
    if (stopping_) break;
    const Error error =
        outcome.ok() ? Error{ErrorCode::kCenterUnreachable, "center", "stream ended"} : outcome.error();
    const bool refused = error.code == ErrorCode::kGatewayRevoked || error.code == ErrorCode::kGatewayUnknown;
    line_.set(refused ? ecg::v1::LINE_STATE_REFUSED : ecg::v1::LINE_STATE_DOWN, error);
    if (heard_) backoff.reset();
    const auto counts = spool::count_studies(spool_, spool_.clock().now());
    const bool waiting = counts.ok() && counts->unsent > 0;
    const auto wait = std::max(backoff.next(waiting && !refused ? kBackoffCapUrgent : kBackoffCap),
                               std::chrono::milliseconds(error.retry_after_ms));
    log::warning("line_lost", error, {{"retry_in_ms", wait.count()}});
    const Duration until = spool_.clock().steady() + wait;
    while (!stopping_ && spool_.clock().steady() < until) {
      spool_.changes().wait(spool_.changes().version(), until - spool_.clock().steady());
    }
  }
  line_.set(ecg::v1::LINE_STATE_DOWN);
}

Result<void> ExchangeClient::converse() {
  await_connection(*channel_, stopping_);
  Conversation conversation;
  conversation.stub = ecg::v1::ExchangeService::NewStub(channel_);
  conversation.heard_at = spool_.clock().steady();
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return Error{ErrorCode::kShuttingDown, "gateway"};
    current_ = &conversation;
  }
  conversation.stream = conversation.stub->Exchange(&conversation.context);
  std::thread reader([&] { read(conversation); });
  bool cancel = false;
  while (true) {
    const std::uint64_t seen = spool_.changes().version();
    const Duration now = spool_.clock().steady();
    {
      const std::lock_guard lock(conversation.mutex);
      heard_ = heard_ || conversation.heard;
      // Cancelling a stream that ended would hide its status.
      cancel = stopping_ || now - conversation.heard_at >= options_.silence_max;
      if (cancel || conversation.ended) break;
    }
    if (!send_outgoing(conversation)) break;
    if (now >= conversation.heartbeat_due && !send_heartbeat(conversation)) break;
    spool_.changes().wait(seen,
                          std::min<Duration>(conversation.heartbeat_due - now, std::chrono::seconds(1)));
  }
  if (cancel) conversation.context.TryCancel();
  reader.join();
  {
    const std::lock_guard lock(mutex_);
    current_ = nullptr;
  }
  const grpc::Status status = conversation.stream->Finish();
  if (status.ok()) return {};
  Error error = net::from_status(status);
  if (error.code == ErrorCode::kCancelled && !stopping_) error.code = ErrorCode::kTimeout;
  return error;
}

bool ExchangeClient::send_heartbeat(Conversation& conversation) {
  ecg::v1::GatewayMessage message;
  ecg::v1::Heartbeat* beat = message.mutable_heartbeat();
  const Timestamp now = spool_.clock().now();
  set_time(*beat->mutable_sent_at(), now);
  beat->set_version(options_.version);
  if (const auto counts = spool::count_studies(spool_, now); counts.ok()) {
    beat->set_unsent_studies(static_cast<std::uint32_t>(counts->unsent));
    if (counts->oldest_unsent_at) set_time(*beat->mutable_oldest_unsent_at(), *counts->oldest_unsent_at);
  }
  if (const auto usage = spool_.usage(); usage.ok()) beat->set_spool_used_fraction(usage->used_fraction);
  beat->set_device_connected(options_.device_connected && options_.device_connected());
  const LineStatus line = line_.status();
  beat->set_clock_offset_ms(line.clock_offset_ms);
  beat->set_clock_uncertainty_ms(line.clock_uncertainty_ms);
  beat->set_round_trip_ms(line.round_trip_ms);
  {
    const std::lock_guard lock(conversation.mutex);
    conversation.outgoing_by_heartbeat[to_micros(now)] = conversation.outgoing_sent;
    if (conversation.outgoing_by_heartbeat.size() > 16) {
      conversation.outgoing_by_heartbeat.erase(conversation.outgoing_by_heartbeat.begin());
    }
  }
  conversation.heartbeat_due = spool_.clock().steady() + options_.heartbeat;
  return conversation.stream->Write(message);
}

// False: the stream broke. A heartbeat follows what was sent, so that its answer tells it was heard.
bool ExchangeClient::send_outgoing(Conversation& conversation) {
  std::deque<std::string> acknowledge;
  {
    const std::lock_guard lock(conversation.mutex);
    acknowledge.swap(conversation.to_acknowledge);
  }
  for (const std::string& id : acknowledge) {
    ecg::v1::GatewayMessage message;
    message.mutable_delivery_acknowledged()->set_delivery_id(id);
    if (!conversation.stream->Write(message)) return false;
  }
  const auto waiting = spool::list_outgoing(spool_, conversation.outgoing_sent, kOutgoingAtOnce);
  if (!waiting.ok()) {
    log::error("outgoing_not_readable", waiting.error());
    return true;
  }
  for (const spool::Outgoing& item : *waiting) {
    if (!conversation.stream->Write(item.message)) return false;
    conversation.outgoing_sent = item.id;
    conversation.heartbeat_due = spool_.clock().steady();
  }
  return true;
}

void ExchangeClient::read(Conversation& conversation) {
  ecg::v1::CenterMessage message;
  while (conversation.stream->Read(&message)) {
    const auto taken = take(message, conversation);
    if (!taken.ok()) {
      // Not acknowledged, so it comes again with the next stream.
      log::error("delivery_not_stored", taken.error());
      conversation.context.TryCancel();
      break;
    }
  }
  {
    const std::lock_guard lock(conversation.mutex);
    conversation.ended = true;
  }
  spool_.changes().bump();
}

Result<void> ExchangeClient::take(const ecg::v1::CenterMessage& message, Conversation& conversation) {
  {
    const std::lock_guard lock(conversation.mutex);
    conversation.heard_at = spool_.clock().steady();
    conversation.heard = true;
  }
  if (message.has_tick()) take_tick(message.tick(), conversation);
  line_.set(ecg::v1::LINE_STATE_CONNECTED);
  if (message.has_progress()) ECG_TRY(options_.on_progress(message.progress()));
  if (message.has_delivery()) {
    ECG_TRY(options_.on_delivery(message.delivery()));
    {
      const std::lock_guard lock(conversation.mutex);
      conversation.to_acknowledge.push_back(message.delivery().delivery_id());
    }
    spool_.changes().bump();
  }
  return {};
}

void ExchangeClient::take_tick(const ecg::v1::Tick& tick, Conversation& conversation) {
  const Timestamp sent = to_time(tick.heartbeat_sent_at());
  std::optional<std::int64_t> heard;
  {
    const std::lock_guard lock(conversation.mutex);
    const auto it = conversation.outgoing_by_heartbeat.find(to_micros(sent));
    if (it == conversation.outgoing_by_heartbeat.end()) return;  // not an answer to one of ours
    heard = it->second;
    conversation.outgoing_by_heartbeat.erase(conversation.outgoing_by_heartbeat.begin(), std::next(it));
  }
  line_.note_exchange(sent, spool_.clock().now(), to_time(tick.center_now()));
  if (heard && *heard > 0) {
    const auto noted = spool::outgoing_heard(spool_, *heard);
    if (!noted.ok()) log::error("outgoing_not_settled", noted.error());
  }
}

}  // namespace ecg::uplink
