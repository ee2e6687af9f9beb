// The last stage: reports, critical results and settings to the clinics, until each gateway has stored them;
// progress of its studies to whoever is connected; and back what the clinic did with them.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "common/base/clock.h"
#include "common/base/in_flight.h"
#include "common/base/metrics.h"
#include "common/base/workers.h"
#include "server/delivery/exchange_session.h"
#include "server/delivery/messages.h"
#include "server/store/event_follower.h"
#include "server/store/store.h"

namespace ecg::delivery {

class Delivery {
 public:
  // A report is held back for its PDF this long after signing, or after the start of the stage; then it goes
  // without, and once more when the PDF is there.
  static constexpr std::chrono::seconds kPdfWait{60};
  // Reports on one stream that the gateway has not acknowledged yet; critical results and settings always go.
  static constexpr std::size_t kReportsInFlight = 4;

  // All arguments outlive it; every stream has ended before it does.
  Delivery(store::Store& store, const Clock& clock, CenterFacts center, Metrics& metrics);
  ~Delivery();
  Delivery(const Delivery&) = delete;
  Delivery& operator=(const Delivery&) = delete;

  // Takes up the outbox where it was left, and notices settings that changed meanwhile. Once, before begin().
  Result<void> start();

  // A gateway has opened its stream; everything pending for its site follows. An older stream of the same
  // gateway fails with kStale. Any thread.
  std::shared_ptr<ExchangeSession> begin(const GatewayId& gateway, const SiteId& site,
                                         std::shared_ptr<ExchangePeer> peer);

 private:
  friend class ExchangeSession;
  using Session = std::shared_ptr<ExchangeSession>;

  void post(std::function<void()> work) { thread_.post(std::move(work)); }
  // On the follower's thread:
  void on_event(const store::EventRecord& event);
  void write_until_stored(const store::Store::Change& change);
  // On the delivery thread:
  void handle(const Session& session, const v1::GatewayMessage& message);
  void heartbeat(const Session& session, const v1::Heartbeat& heartbeat);
  enum class WhenRefused : std::uint8_t { kFail, kSkip };
  void write_for(const Session& session, store::Store::Change change, std::function<void()> then,
                 WhenRefused when_refused = WhenRefused::kFail);
  void skip(const Session& session, const Error& error);
  void forget(const Session& session);
  void fail(const Session& session, const Error& error);
  void send_progress_of_open_studies(const Session& session);
  void push_progress(const SiteId& site, const StudyId& study);
  void push_deliveries(const SiteId& site);
  void push_deliveries(const Session& session);
  Result<std::optional<v1::CenterMessage>> message_of(const store::Snapshot& snapshot,
                                                      const store::DeliveryRecord& delivery) const;
  void send(const Session& session, const v1::CenterMessage& message);

  store::Store& store_;
  const Clock& clock_;
  const CenterFacts center_;
  const Timestamp started_at_;
  Gauge connected_;
  Counter sent_, stored_, skipped_;

  std::map<GatewayId, Session> sessions_;  // the delivery thread only
  std::uint64_t unsaved_events_ = 0;       // the follower's thread only

  std::mutex mutex_;
  std::condition_variable stop_;
  std::atomic<bool> stopping_ = false;  // set under mutex_

  InFlight in_flight_;
  Workers thread_{1};
  std::unique_ptr<store::EventFollower> follower_;
};

}  // namespace ecg::delivery
