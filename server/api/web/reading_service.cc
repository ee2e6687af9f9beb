#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "common/wire/convert.h"
#include "dsp/interpret/statements.h"
#include "server/api/web/projection.h"
#include "server/api/web/scope.h"
#include "server/api/web/services.h"
#include "server/reading/content.h"
#include "server/store/stored_recording.h"

namespace ecg::web {
namespace {

constexpr int kSkippedMax = 100;

reading::Reader reader_of(const net::Caller& caller) {
  return {PersonId{caller.id}, caller.name, SiteId{caller.site_id}};
}

Result<v1::ClaimStudyResponse> claim_response(const Parts& parts, const reading::Claimed& claimed) {
  v1::ClaimStudyResponse response;
  ECG_TRY(parts.store.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(*response.mutable_study(), study_detail(snapshot, claimed.study));
    return {};
  }));
  *response.mutable_lease() = lease_message(claimed.lease, claimed.study.study);
  return response;
}

Result<v1::ClaimStudyResponse> claim(const Parts& parts, const net::Caller& caller,
                                     const v1::ClaimStudyRequest& request) {
  ECG_ASSIGN(const auto claimed,
             parts.desk.claim(reader_of(caller), StudyId{request.study_id()}, request.take_over()));
  return claim_response(parts, claimed);
}

Result<v1::ClaimStudyResponse> claim_next(const Parts& parts, const net::Caller& caller,
                                          const v1::ClaimNextRequest& request) {
  if (request.skip_study_ids_size() > kSkippedMax) return Error{ErrorCode::kTooLarge, "skip_study_ids"};
  std::vector<StudyId> skip;
  for (const auto& id : request.skip_study_ids()) skip.emplace_back(id);
  ECG_ASSIGN(const auto claimed, parts.desk.claim_next(reader_of(caller), skip));
  return claim_response(parts, claimed);
}

Result<v1::Lease> current_lease(const Parts& parts, const domain::Lease& lease, const std::string& study) {
  v1::Lease message;
  ECG_TRY(parts.store.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto record, snapshot.find_study(StudyId{study}));
    if (!record) return Error{ErrorCode::kNotFound, "study " + study};
    message = lease_message(lease, record->study);
    return {};
  }));
  return message;
}

Result<v1::RenewLeaseResponse> renew(const Parts& parts, const net::Caller& caller,
                                     const v1::RenewLeaseRequest& request) {
  ECG_ASSIGN(const auto lease,
             parts.desk.renew(reader_of(caller), StudyId{request.study_id()}, request.lease_token()));
  v1::RenewLeaseResponse response;
  ECG_ASSIGN(*response.mutable_lease(), current_lease(parts, lease, request.study_id()));
  return response;
}

Result<v1::ReleaseStudyResponse> release(const Parts& parts, const net::Caller& caller,
                                         const v1::ReleaseStudyRequest& request) {
  ECG_TRY(parts.desk.release(reader_of(caller), StudyId{request.study_id()}, request.lease_token()));
  return v1::ReleaseStudyResponse{};
}

Result<v1::GetStudyResponse> get_study(const Parts& parts, const net::Caller& caller,
                                       const v1::GetStudyRequest& request) {
  v1::GetStudyResponse response;
  ECG_TRY(parts.store.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto record, study_in_scope(snapshot, caller, request.study_id()));
    ECG_ASSIGN(*response.mutable_study(), study_detail(snapshot, record));
    ECG_ASSIGN(const auto reports, snapshot.reports(record.study.id));
    for (const auto& report : reports) {
      ECG_ASSIGN(*response.add_reports(), report_message(report));
    }
    return {};
  }));
  return response;
}

Result<v1::GetWaveformResponse> get_waveform(const Parts& parts, const net::Caller& caller,
                                             const v1::GetWaveformRequest& request) {
  v1::GetWaveformResponse response;
  ECG_TRY(parts.store.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto record, study_in_scope(snapshot, caller, request.study_id()));
    ECG_ASSIGN(const auto stored, store::load_recording(snapshot, record.upload));
    *response.mutable_waveform() = wire::to_waveform(stored.recording, stored.format);
    response.mutable_waveform()->set_sha256(stored.upload.sha256);
    return {};
  }));
  return response;
}

Result<v1::SaveDraftResponse> save_draft(const Parts& parts, const net::Caller& caller,
                                         const v1::SaveDraftRequest& request) {
  const v1::Draft& draft = request.draft();
  ECG_ASSIGN(const auto content,
             reading::accept_content(draft.findings(), draft.text(), draft.advice(), PersonId{caller.id}));
  ECG_ASSIGN(const auto saved, parts.desk.save_draft(reader_of(caller), StudyId{request.study_id()},
                                                     request.lease_token(), content, draft.revision()));
  v1::SaveDraftResponse response;
  response.set_revision(saved.revision);
  ECG_ASSIGN(*response.mutable_lease(), current_lease(parts, saved.lease, request.study_id()));
  return response;
}

Result<v1::SignReportResponse> sign(const Parts& parts, const net::Caller& caller,
                                    const v1::SignReportRequest& request) {
  ECG_ASSIGN(const auto content, reading::accept_content(request.findings(), request.text(), request.advice(),
                                                         PersonId{caller.id}));
  v1::SignReportResponse response;
  ECG_ASSIGN(*response.mutable_report(),
             parts.desk.sign(reader_of(caller), StudyId{request.study_id()}, request.lease_token(), content));
  return response;
}

Result<v1::AmendReportResponse> amend(const Parts& parts, const net::Caller& caller,
                                      const v1::AmendReportRequest& request) {
  reading::Desk::Amendment amendment;
  amendment.version = static_cast<int>(request.version());
  amendment.correction = request.correction();
  amendment.reason = request.reason();
  ECG_ASSIGN(amendment.content, reading::accept_content(request.findings(), request.text(), request.advice(),
                                                        PersonId{caller.id}));
  v1::AmendReportResponse response;
  ECG_ASSIGN(*response.mutable_report(),
             parts.desk.amend(reader_of(caller), StudyId{request.study_id()}, amendment));
  return response;
}

Result<v1::ReturnStudyResponse> send_back(const Parts& parts, const net::Caller& caller,
                                          const v1::ReturnStudyRequest& request) {
  ECG_TRY(parts.desk.send_back(reader_of(caller), StudyId{request.study_id()}, request.lease_token(),
                               request.reason_code(), request.note()));
  return v1::ReturnStudyResponse{};
}

Result<v1::DecideCriticalResponse> decide_critical(const Parts& parts, const net::Caller& caller,
                                                   const v1::DecideCriticalRequest& request) {
  const reading::Desk::Decision decision{
      request.confirm(), {request.codes().begin(), request.codes().end()}, request.text()};
  ECG_ASSIGN(const auto state, parts.desk.decide_critical(reader_of(caller), StudyId{request.study_id()},
                                                          request.lease_token(), decision));
  v1::DecideCriticalResponse response;
  response.set_critical(critical_code(state));
  return response;
}

Result<v1::GetReportResponse> get_report(const Parts& parts, const net::Caller& caller,
                                         const v1::GetReportRequest& request) {
  v1::GetReportResponse response;
  ECG_TRY(parts.store.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto record, study_in_scope(snapshot, caller, request.study_id()));
    ECG_ASSIGN(auto report, snapshot.find_report(record.study.id, static_cast<int>(request.version()),
                                                 store::PdfChoice::kWith));
    if (!report) return Error{ErrorCode::kNotFound, "report of study " + request.study_id()};
    ECG_ASSIGN(*response.mutable_report(), report_message(*report));
    if (request.with_pdf()) response.set_pdf(std::move(report->pdf));
    return {};
  }));
  return response;
}

Result<v1::ListStatementsResponse> list_statements() {
  v1::ListStatementsResponse response;
  for (const auto& statement : dsp::statement_texts()) {
    auto& entry = *response.add_statements();
    entry.set_code(std::string(statement.code));
    entry.set_text_zh(std::string(statement.zh));
    entry.set_text_en(std::string(statement.en));
    entry.set_initials(std::string(statement.pinyin));
  }
  return response;
}

// A handler that needs who calls.
template <class Request, class Response>
void add(net::Registry& registry, const Parts& parts, const std::string& method,
         Result<Response> (*handler)(const Parts&, const net::Caller&, const Request&)) {
  registry.unary<Request, Response>("ecg.v1.ReadingService/" + method,
                                    [&parts, handler](net::CallContext& context, const Request& request) {
                                      if constexpr (requires { request.study_id(); }) {
                                        context.study_id = request.study_id();
                                      }
                                      auto answer = handler(parts, context.caller, request);
                                      if constexpr (std::is_same_v<Response, v1::ClaimStudyResponse>) {
                                        if (answer.ok()) context.study_id = answer->study().summary().id();
                                      }
                                      return answer;
                                    });
}

}  // namespace

void add_reading_service(net::Registry& registry, const Parts& parts) {
  add(registry, parts, "ClaimStudy", claim);
  add(registry, parts, "ClaimNext", claim_next);
  add(registry, parts, "RenewLease", renew);
  add(registry, parts, "ReleaseStudy", release);
  add(registry, parts, "GetStudy", get_study);
  add(registry, parts, "GetWaveform", get_waveform);
  add(registry, parts, "SaveDraft", save_draft);
  add(registry, parts, "SignReport", sign);
  add(registry, parts, "AmendReport", amend);
  add(registry, parts, "ReturnStudy", send_back);
  add(registry, parts, "DecideCritical", decide_critical);
  add(registry, parts, "GetReport", get_report);
  registry.unary<v1::ListStatementsRequest, v1::ListStatementsResponse>(
      "ecg.v1.ReadingService/ListStatements",
      [](net::CallContext&, const v1::ListStatementsRequest&) { return list_statements(); });
}

}  // namespace ecg::web
