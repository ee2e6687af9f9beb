#include "server/delivery/outbox.h"

#include <variant>

#include "common/wire/sha256.h"
#include "server/delivery/clinic_acts.h"

namespace ecg::delivery {

namespace {

using store::EventKind;

Result<void> put_new(store::Transaction& transaction, const store::DeliveryRecord& delivery) {
  ECG_ASSIGN(const auto found, transaction.find_delivery(delivery.id));
  if (found) return {};
  return transaction.put_delivery(delivery);
}

std::string report_delivery_id(const StudyId& study, int version) {
  return "report." + study.value + "." + std::to_string(version);
}

Result<void> make_report_delivery(store::Transaction& transaction, const store::EventRecord& event,
                                  int version, Timestamp now) {
  store::DeliveryRecord delivery;
  delivery.id = report_delivery_id(event.study, version);
  delivery.site = event.site;
  delivery.kind = store::DeliveryKind::kReport;
  delivery.study = event.study;
  delivery.version = version;
  delivery.created_at = now;
  return put_new(transaction, delivery);
}

Result<void> deliver_again(store::Transaction& transaction, const StudyId& study, int version) {
  ECG_ASSIGN(auto delivery, transaction.find_delivery(report_delivery_id(study, version)));
  if (!delivery || !delivery->stored_at) return {};
  delivery->stored_at.reset();
  return transaction.put_delivery(*delivery);
}

// A suspicion goes as progress only; the clinic is called when a reader confirmed or refuted it, or nobody
// did in time.
bool calls_the_clinic(const store::CriticalRecord& critical) {
  switch (critical.result.state) {
    case domain::CriticalState::kConfirmed:
    case domain::CriticalState::kNotified:
      return true;
    case domain::CriticalState::kRefuted:
      return true;
    default:
      return critical.result.confirmed && critical.result.state != domain::CriticalState::kClosed;
  }
}

Result<void> make_critical_delivery(store::Transaction& transaction, const StudyId& study, Timestamp now) {
  ECG_TRY(close_handled_critical(transaction, study, now));
  ECG_ASSIGN(const auto critical, transaction.find_critical(study));
  if (!critical || !calls_the_clinic(*critical)) return {};
  store::DeliveryRecord delivery;
  // One call for each word about it: the machine's, and each of a reader.
  const auto& result = critical->result;
  const auto word_at = result.state == domain::CriticalState::kRefuted
                           ? result.closed_at.value_or(result.detected_at)
                           : result.confirmed_at.value_or(result.detected_at);
  const char* word = result.state == domain::CriticalState::kRefuted ? "refuted"
                     : result.confirmed                              ? "confirmed"
                                                                     : "suspected";
  delivery.id = "critical." + study.value + "." + word + "." + std::to_string(to_micros(word_at));
  delivery.site = critical->site;
  delivery.kind = store::DeliveryKind::kCritical;
  delivery.study = study;
  delivery.item = notice_of(*critical).SerializeAsString();
  delivery.created_at = now;
  return put_new(transaction, delivery);
}

}  // namespace

bool concerns_delivery(const store::EventRecord& event) {
  switch (event.kind) {
    case EventKind::kEffect:
      return event.effect && std::holds_alternative<domain::DeliverReport>(*event.effect);
    case EventKind::kReportRendered:
    case EventKind::kCriticalChanged:
    case EventKind::kSettingsChanged:
      return true;
    default:
      return false;
  }
}

Result<void> make_deliveries(store::Transaction& transaction, const CenterFacts& center,
                             const store::EventRecord& event, Timestamp now) {
  switch (event.kind) {
    case EventKind::kEffect:
      return make_report_delivery(transaction, event, std::get<domain::DeliverReport>(*event.effect).version,
                                  now);
    case EventKind::kReportRendered:
      return deliver_again(transaction, event.study, event.version);
    case EventKind::kCriticalChanged:
      return make_critical_delivery(transaction, event.study, now);
    case EventKind::kSettingsChanged:
      return make_settings_delivery(transaction, center, event.site, now);
    default:
      return {};
  }
}

Result<void> make_settings_delivery(store::Transaction& transaction, const CenterFacts& center,
                                    const SiteId& site, Timestamp now) {
  ECG_ASSIGN(const auto record, transaction.find_site(site));
  if (!record) return {};
  ECG_ASSIGN(const auto people, transaction.people());
  auto settings = settings_of(center, *record, people);
  const std::string fingerprint = wire::as_hex(wire::sha256(settings.SerializeAsString()));
  const std::string last = "site_settings_sent." + site.value;
  ECG_ASSIGN(const auto sent, transaction.setting(last));
  if (sent == fingerprint) return {};
  ECG_TRY(transaction.put_setting(last, fingerprint));
  settings.set_revision(static_cast<std::uint64_t>(to_micros(now)));
  store::DeliveryRecord delivery;
  delivery.id = "settings." + site.value + "." + std::to_string(to_micros(now));
  delivery.site = site;
  delivery.kind = store::DeliveryKind::kSettings;
  delivery.item = settings.SerializeAsString();
  delivery.created_at = now;
  return transaction.put_delivery(delivery);
}

}  // namespace ecg::delivery
