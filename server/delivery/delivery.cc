#include "server/delivery/delivery.h"

#include <algorithm>
#include <utility>

#include "common/base/log.h"
#include "server/delivery/clinic_acts.h"
#include "server/delivery/outbox.h"

namespace ecg::delivery {

namespace {

constexpr std::size_t kPendingAtOnce = 64;
constexpr std::size_t kOpenStudiesAtOnce = 200;
constexpr std::chrono::seconds kRetryAfter{1};
constexpr std::uint64_t kSavePositionEvery = 256;
constexpr std::uint64_t kEventsKept = 10'000;  // behind the position, for whoever is slower

v1::CenterMessage as_message(v1::StudyProgress progress) {
  v1::CenterMessage message;
  *message.mutable_progress() = std::move(progress);
  return message;
}

// Whether sending the same act again could never help.
bool is_final(const Error& error) {
  if (error.retry_after_ms > 0) return false;
  switch (error.code) {
    case ErrorCode::kNotFound:
    case ErrorCode::kWrongSite:
    case ErrorCode::kInvalidField:
    case ErrorCode::kEventRefused:
    case ErrorCode::kMalformedRequest:
      return true;
    default:
      return false;
  }
}

}  // namespace

Delivery::Delivery(store::Store& store, const Clock& clock, CenterFacts center, Metrics& metrics)
    : store_(store),
      clock_(clock),
      center_(std::move(center)),
      started_at_(clock.now()),
      connected_(metrics.gauge("ecg_gateways_connected", "Gateways with an exchange stream")),
      sent_(metrics.counter("ecg_deliveries_sent_total", "Items sent to gateways, repeats included")),
      stored_(metrics.counter("ecg_deliveries_stored_total", "Items that gateways have stored")),
      skipped_(metrics.counter("ecg_exchange_messages_skipped_total",
                               "Messages of gateways that can never be taken and were passed over")) {}

Delivery::~Delivery() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  follower_.reset();
  in_flight_.wait();  // answers of the store still come to the delivery thread
}

Result<void> Delivery::start() {
  std::uint64_t position = 0;
  ECG_TRY(store_.write_wait([&](store::Transaction& transaction) -> Result<void> {
    ECG_ASSIGN(position, transaction.position(kStage));
    ECG_ASSIGN(const auto sites, transaction.sites());
    for (const auto& site : sites) {
      ECG_TRY(make_settings_delivery(transaction, center_, site.id, clock_.now()));
    }
    return {};
  }));
  follower_ = std::make_unique<store::EventFollower>(
      store_, kStage, position, [this](const store::EventRecord& event) { on_event(event); });
  return {};
}

void Delivery::on_event(const store::EventRecord& event) {
  const bool concerns = concerns_delivery(event);
  if (concerns || ++unsaved_events_ >= kSavePositionEvery) {
    unsaved_events_ = 0;
    write_until_stored([this, &event, concerns](store::Transaction& transaction) -> Result<void> {
      if (concerns) {
        ECG_TRY(make_deliveries(transaction, center_, event, clock_.now()));
      }
      if (event.seq > kEventsKept && event.seq % kSavePositionEvery == 0) {
        ECG_TRY(transaction.erase_events_before(event.seq - kEventsKept));
      }
      return transaction.put_position(kStage, event.seq);
    });
  }
  post([this, site = event.site, study = event.study, concerns,
        progress = event.kind == store::EventKind::kStudyChanged ||
                   event.kind == store::EventKind::kCriticalChanged] {
    if (progress) push_progress(site, study);
    if (concerns) push_deliveries(site);
  });
}

// A full disk or a long queue passes; what must reach a clinic is not given up for it. A change that is
// refused for any other reason is skipped: the item is still in the study, and everything behind it must not
// wait for ever.
void Delivery::write_until_stored(const store::Store::Change& change) {
  for (;;) {
    const auto outcome = store_.write_wait(change);
    if (outcome.ok()) return;
    log::error("delivery_not_noted", outcome.error());
    if (outcome.error().retry_after_ms == 0) return;
    std::unique_lock lock(mutex_);
    if (stop_.wait_for(lock, kRetryAfter, [this] { return stopping_.load(); })) return;
  }
}

std::shared_ptr<ExchangeSession> Delivery::begin(const GatewayId& gateway, const SiteId& site,
                                                 std::shared_ptr<ExchangePeer> peer) {
  auto session = std::make_shared<ExchangeSession>(*this, gateway, site, std::move(peer));
  post([this, session] {
    auto& present = sessions_[session->gateway()];
    if (const auto older = std::exchange(present, session)) {
      if (const auto old_peer = std::exchange(older->peer_, nullptr)) {
        old_peer->failed({ErrorCode::kStale, "a newer stream of gateway " + older->gateway().value});
      }
    }
    connected_.set(static_cast<double>(sessions_.size()));
    send_progress_of_open_studies(session);
    // Also notices settings that changed without an event.
    write_for(
        session,
        [this, site = session->site()](store::Transaction& transaction) {
          return make_settings_delivery(transaction, center_, site, clock_.now());
        },
        [this, session] { push_deliveries(session); });
  });
  return session;
}

void Delivery::forget(const Session& session) {
  session->peer_ = nullptr;
  const auto found = sessions_.find(session->gateway());
  if (found == sessions_.end() || found->second != session) return;
  sessions_.erase(found);
  connected_.set(static_cast<double>(sessions_.size()));
}

void Delivery::fail(const Session& session, const Error& error) {
  const auto peer = std::exchange(session->peer_, nullptr);
  forget(session);
  if (peer != nullptr) peer->failed(error);
}

void Delivery::send(const Session& session, const v1::CenterMessage& message) {
  if (session->peer_ != nullptr && !session->peer_->send(message)) {
    fail(session, {ErrorCode::kOverloaded, "messages to gateway " + session->gateway().value, {}, 1000});
  }
}

void Delivery::handle(const Session& session, const v1::GatewayMessage& message) {
  if (session->peer_ == nullptr) return;
  const Timestamp now = clock_.now();
  const SiteId site = session->site();
  switch (message.message_case()) {
    case v1::GatewayMessage::kHeartbeat:
      return heartbeat(session, message.heartbeat());
    case v1::GatewayMessage::kDeliveryAcknowledged: {
      const std::string id = message.delivery_acknowledged().delivery_id();
      const auto sent =
          session->sent_bare_.contains(id) ? store::PdfChoice::kWithout : store::PdfChoice::kWith;
      return write_for(
          session,
          [site, id, sent, now](store::Transaction& t) { return delivery_stored(t, site, id, sent, now); },
          [this, session, id] {
            stored_.add();
            session->sent_.erase(id);
            session->sent_bare_.erase(id);
            push_deliveries(session);
          });
    }
    case v1::GatewayMessage::kReportOpened:
      return write_for(
          session,
          [site, opened = message.report_opened(), now](store::Transaction& t) {
            return report_opened(t, site, opened, now);
          },
          [] {}, WhenRefused::kSkip);
    case v1::GatewayMessage::kCriticalAcknowledged:
      return write_for(
          session,
          [site, acknowledged = message.critical_acknowledged(), now](store::Transaction& t) {
            return critical_acknowledged(t, site, acknowledged, now);
          },
          [] {}, WhenRefused::kSkip);
    default:
      skip(session, {ErrorCode::kMalformedRequest, "an exchange message of unknown kind"});
      return session->peer_->ready();
  }
}

void Delivery::heartbeat(const Session& session, const v1::Heartbeat& message) {
  const Timestamp now = clock_.now();
  v1::CenterMessage answer;
  *answer.mutable_tick()->mutable_heartbeat_sent_at() = message.sent_at();
  const auto us = to_micros(now);
  answer.mutable_tick()->mutable_center_now()->set_seconds(us / 1'000'000);
  answer.mutable_tick()->mutable_center_now()->set_nanos(static_cast<std::int32_t>(us % 1'000'000 * 1000));
  send(session, answer);
  write_for(
      session,
      [gateway = session->gateway(), site = session->site(), now,
       bytes = message.SerializeAsString()](store::Transaction& transaction) -> Result<void> {
        ECG_TRY(transaction.put_heartbeat(gateway, now, bytes));
        store::EventRecord changed;
        changed.kind = store::EventKind::kSiteChanged;
        changed.site = site;
        changed.at = now;
        return transaction.append_event(changed);
      },
      [this, session] { push_deliveries(session); });
}

// The next message of the gateway is taken when this one is stored. A refused one ends the stream: the
// gateway knows by the error what was wrong, and repeats the rest on the next stream. What a clinic did waits
// in its gateway until it is heard, though: an act that can never be taken is passed over, or it would hold
// up everything behind it for ever.
void Delivery::write_for(const Session& session, store::Store::Change change, std::function<void()> then,
                         WhenRefused when_refused) {
  auto hold = in_flight_.enter();
  if (stopping_) return;
  store_.write(std::move(change), [this, hold = std::move(hold), session, then = std::move(then),
                                   when_refused](const Result<void>& outcome) {
    post([this, session, then, when_refused, outcome] {
      if (session->peer_ == nullptr) return;
      if (!outcome.ok() && when_refused == WhenRefused::kSkip && is_final(outcome.error())) {
        skip(session, outcome.error());
        return session->peer_->ready();
      }
      if (!outcome.ok()) {
        log::warning("exchange_message_refused", outcome.error(), {{"gateway", session->gateway().value}});
        return fail(session, outcome.error());
      }
      then();
      if (session->peer_ != nullptr) session->peer_->ready();
    });
  });
}

void Delivery::skip(const Session& session, const Error& error) {
  log::warning("exchange_message_skipped", error, {{"gateway", session->gateway().value}});
  skipped_.add();
}

void Delivery::send_progress_of_open_studies(const Session& session) {
  std::vector<v1::CenterMessage> messages;
  const auto outcome = store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto studies, snapshot.open_studies(session->site(), kOpenStudiesAtOnce));
    for (const auto& study : studies) {
      ECG_ASSIGN(const auto critical, snapshot.find_critical(study.study.id));
      messages.push_back(as_message(progress_of(study, critical)));
    }
    return {};
  });
  if (!outcome.ok()) return fail(session, outcome.error());
  for (const auto& message : messages) send(session, message);
}

void Delivery::push_progress(const SiteId& site, const StudyId& study) {
  const bool anyone = std::any_of(sessions_.begin(), sessions_.end(),
                                  [&](const auto& entry) { return entry.second->site() == site; });
  if (!anyone) return;
  std::optional<v1::CenterMessage> message;
  const auto outcome = store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto record, snapshot.find_study(study));
    if (!record) return {};
    ECG_ASSIGN(const auto critical, snapshot.find_critical(study));
    message = as_message(progress_of(*record, critical));
    return {};
  });
  if (!outcome.ok()) return log::warning("progress_unreadable", outcome.error());
  if (!message) return;
  const auto sessions = sessions_;  // a failing send takes its session out
  for (const auto& [gateway, session] : sessions) {
    if (session->site() == site) send(session, *message);
  }
}

void Delivery::push_deliveries(const SiteId& site) {
  const auto sessions = sessions_;
  for (const auto& [gateway, session] : sessions) {
    if (session->site() == site) push_deliveries(session);
  }
}

void Delivery::push_deliveries(const Session& session) {
  if (session->peer_ == nullptr) return;
  struct Item {
    std::string id;
    bool bare = false;  // a report without its PDF
    v1::CenterMessage message;
  };
  std::vector<Item> items;
  const auto outcome = store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto pending, snapshot.pending_deliveries(session->site(), kPendingAtOnce));
    std::size_t reports = 0;
    for (const auto& delivery : pending) {
      const bool report = delivery.kind == store::DeliveryKind::kReport;
      if (session->sent_.contains(delivery.id)) {
        reports += report ? 1 : 0;
        continue;
      }
      if (report && reports >= kReportsInFlight) continue;
      auto message = message_of(snapshot, delivery);
      if (!message.ok()) {  // everything else still goes
        log::warning("delivery_unreadable", message.error(), {{"delivery", delivery.id}});
        continue;
      }
      if (!*message) continue;
      reports += report ? 1 : 0;
      const bool bare = report && (*message)->delivery().report().pdf().empty();
      items.push_back({delivery.id, bare, std::move(**message)});
    }
    return {};
  });
  if (!outcome.ok()) log::warning("deliveries_unreadable", outcome.error());
  for (const auto& item : items) {
    send(session, item.message);
    session->sent_.insert(item.id);
    if (item.bare) session->sent_bare_.insert(item.id);
    sent_.add();
  }
}

// Empty: not yet.
Result<std::optional<v1::CenterMessage>> Delivery::message_of(const store::Snapshot& snapshot,
                                                              const store::DeliveryRecord& delivery) const {
  v1::CenterMessage message;
  auto* out = message.mutable_delivery();
  out->set_delivery_id(delivery.id);
  bool parsed = true;
  switch (delivery.kind) {
    case store::DeliveryKind::kCritical:
      parsed = out->mutable_critical()->ParseFromString(delivery.item);
      break;
    case store::DeliveryKind::kSettings:
      parsed = out->mutable_settings()->ParseFromString(delivery.item);
      break;
    case store::DeliveryKind::kReport: {
      ECG_ASSIGN(const auto report,
                 snapshot.find_report(delivery.study, delivery.version, store::PdfChoice::kWith));
      if (!report) return Error{ErrorCode::kStorageDamaged, "delivery " + delivery.id};
      if (report->pdf.empty() && clock_.now() < std::max(report->signed_at, started_at_) + kPdfWait)
        return std::optional<v1::CenterMessage>();
      ECG_ASSIGN(*out->mutable_report(), delivered_report(*report));
      break;
    }
  }
  if (!parsed) return Error{ErrorCode::kStorageDamaged, "delivery " + delivery.id};
  return std::optional<v1::CenterMessage>(std::move(message));
}

}  // namespace ecg::delivery
