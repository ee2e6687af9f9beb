#include "server/delivery/clinic_acts.h"

#include <algorithm>

#include "common/base/limits.h"
#include "server/audit/audit.h"
#include "server/store/study_change.h"

namespace ecg::delivery {

namespace {

using domain::CriticalEvent;
using domain::CriticalState;

// A gateway's clock may be wrong; what a clinic did cannot have happened in the center's future.
Timestamp at_clinic(const google::protobuf::Timestamp& at, Timestamp now) {
  const Timestamp stated{std::chrono::seconds{at.seconds()} +
                         std::chrono::duration_cast<Duration>(std::chrono::nanoseconds{at.nanos()})};
  return at.seconds() > 0 ? std::min(stated, now) : now;
}

Result<store::StudyRecord> study_of_site(store::Transaction& transaction, const StudyId& id,
                                         const SiteId& site) {
  ECG_ASSIGN(auto study, transaction.find_study(id));
  if (!study) return Error{ErrorCode::kNotFound, "study " + id.value};
  if (study->study.site != site) return Error{ErrorCode::kWrongSite, "study " + id.value};
  return std::move(*study);
}

Result<void> append_event(store::Transaction& transaction, store::EventKind kind, const StudyId& study,
                          const SiteId& site, Timestamp now) {
  store::EventRecord event;
  event.kind = kind;
  event.study = study;
  event.site = site;
  event.at = now;
  return transaction.append_event(event);
}

Result<void> advance_report(store::Transaction& transaction, const StudyId& study, const SiteId& site,
                            int version, domain::DeliveryEvent event, const std::string& person, Timestamp at,
                            Timestamp now) {
  ECG_ASSIGN(const auto report, transaction.find_report(study, version, store::PdfChoice::kWithout));
  if (!report) return Error{ErrorCode::kNotFound, "report of study " + study.value};
  ECG_ASSIGN(const auto delivery, domain::apply(report->delivery, event, PersonId(person), at));
  if (delivery == report->delivery) return {};
  const std::string& opened_by = report->opened_by.empty() ? person : report->opened_by;
  ECG_TRY(transaction.put_report_delivery(study, report->version, delivery, opened_by));
  return append_event(transaction, store::EventKind::kStudyChanged, study, site, now);
}

// Applies what is possible now; a repeat, or a step already behind, changes nothing.
Result<void> advance_critical(store::CriticalRecord& critical, CriticalEvent event, const std::string& person,
                              const std::string& words, Timestamp now) {
  auto after = domain::apply(critical.result, {event, PersonId(person), words}, now);
  if (!after.ok()) {
    if (after.error().code == ErrorCode::kEventRefused) return {};
    return after.error();
  }
  critical.result = *after;
  return {};
}

Result<void> put_changed_critical(store::Transaction& transaction, const store::CriticalRecord& critical,
                                  Timestamp now) {
  ECG_TRY(transaction.put_critical(critical));
  return append_event(transaction, store::EventKind::kCriticalChanged, critical.study, critical.site, now);
}

// The name in the acknowledgement is free text; who was signed in stands in the audit chain.
Result<void> record_acknowledgement(store::Transaction& transaction, const SiteId& site,
                                    const v1::CriticalAcknowledged& message, Timestamp now) {
  audit::Act act;
  act.actor = message.operator_id().empty() ? "clinic" : message.operator_id();
  act.action = "ecg.v1.CriticalAcknowledged";
  act.study = StudyId(message.study_id());
  act.site = site;
  act.detail = message.operator_name();
  return audit::record(transaction, act, now);
}

}  // namespace

Result<void> delivery_stored(store::Transaction& transaction, const SiteId& site,
                             const std::string& delivery_id, store::PdfChoice sent, Timestamp now) {
  ECG_ASSIGN(auto delivery, transaction.find_delivery(delivery_id));
  if (!delivery) return Error{ErrorCode::kNotFound, "delivery " + delivery_id};
  if (delivery->site != site) return Error{ErrorCode::kWrongSite, "delivery " + delivery_id};
  if (delivery->stored_at) return {};
  bool complete = true;
  if (delivery->kind == store::DeliveryKind::kReport && sent == store::PdfChoice::kWithout) {
    ECG_ASSIGN(const auto report,
               transaction.find_report(delivery->study, delivery->version, store::PdfChoice::kWith));
    complete = !report || report->pdf.empty();
  }
  if (complete) {
    delivery->stored_at = now;
    ECG_TRY(transaction.put_delivery(*delivery));
  }
  if (delivery->kind == store::DeliveryKind::kReport) {
    return advance_report(transaction, delivery->study, site, delivery->version,
                          domain::DeliveryEvent::kStored, {}, now, now);
  }
  if (delivery->kind == store::DeliveryKind::kCritical) {
    ECG_ASSIGN(auto critical, transaction.find_critical(delivery->study));
    if (!critical || critical->result.state != CriticalState::kConfirmed) return {};
    ECG_TRY(advance_critical(*critical, CriticalEvent::kNotify, {}, {}, now));
    return put_changed_critical(transaction, *critical, now);
  }
  return {};
}

Result<void> report_opened(store::Transaction& transaction, const SiteId& site,
                           const v1::ReportOpened& message, Timestamp now) {
  if (message.person().empty() || message.person().size() > limits::kNameBytesMax) {
    return Error{ErrorCode::kInvalidField, "report_opened.person"};
  }
  const StudyId id(message.study_id());
  ECG_ASSIGN(const auto study, study_of_site(transaction, id, site));
  const int version = static_cast<int>(message.version());
  ECG_TRY(advance_report(transaction, id, site, version, domain::DeliveryEvent::kOpenedByPerson,
                         message.person(), at_clinic(message.at(), now), now));
  if (version != 0 && version != study.study.report_version) return {};
  domain::Event event;
  event.kind = domain::StudyEvent::kAllAcknowledged;
  event.version = study.study.report_version;
  ECG_ASSIGN(const auto changed, store::change_study(transaction, study, event, now));
  (void)changed;
  return {};
}

Result<void> critical_acknowledged(store::Transaction& transaction, const SiteId& site,
                                   const v1::CriticalAcknowledged& message, Timestamp now) {
  for (const auto* text : {&message.person(), &message.read_back(), &message.action(), &message.operator_id(),
                           &message.operator_name()}) {
    if (text->size() > limits::kShortTextBytesMax)
      return Error{ErrorCode::kInvalidField, "critical_acknowledged"};
  }
  const StudyId id(message.study_id());
  ECG_ASSIGN(const auto study, study_of_site(transaction, id, site));
  ECG_ASSIGN(auto critical, transaction.find_critical(id));
  if (!critical) return Error{ErrorCode::kNotFound, "critical result of study " + study.study.id.value};
  const auto before = critical->result;
  const Timestamp at = at_clinic(message.at(), now);
  // Who acknowledges was told, whatever became of the delivery's own acknowledgement.
  ECG_TRY(advance_critical(*critical, CriticalEvent::kNotify, {}, {}, at));
  ECG_TRY(
      advance_critical(*critical, CriticalEvent::kAcknowledge, message.person(), message.read_back(), at));
  if (critical->result.state == CriticalState::kAcknowledged && critical->acknowledged_by.empty()) {
    critical->acknowledged_by = message.person();
    critical->read_back = message.read_back();
  }
  if (!message.action().empty()) {
    ECG_TRY(advance_critical(*critical, CriticalEvent::kHandle, message.person(), message.action(), at));
    if (critical->result.state == CriticalState::kHandled && critical->action.empty()) {
      critical->action = message.action();
    }
  }
  if (critical->result == before) return {};
  ECG_TRY(put_changed_critical(transaction, *critical, now));
  ECG_TRY(record_acknowledgement(transaction, site, message, now));
  return close_handled_critical(transaction, id, now);
}

Result<void> close_handled_critical(store::Transaction& transaction, const StudyId& study, Timestamp now) {
  ECG_ASSIGN(auto critical, transaction.find_critical(study));
  // An automatic suspicion stays open until a reader has had a word.
  if (!critical || critical->result.state != CriticalState::kHandled || !critical->result.confirmed)
    return {};
  ECG_TRY(advance_critical(*critical, CriticalEvent::kClose, critical->acknowledged_by, {}, now));
  ECG_TRY(put_changed_critical(transaction, *critical, now));
  domain::Event event;
  event.kind = domain::StudyEvent::kCriticalClosed;
  ECG_ASSIGN(const auto changed, store::change_study(transaction, study, event, now));
  (void)changed;
  return {};
}

}  // namespace ecg::delivery
