#include "gateway/clinic/clinic_service.h"

#include "common/base/limits.h"
#include "common/wire/convert.h"
#include "gateway/clinic/clinic_state.h"
#include "gateway/clinic/examination.h"
#include "gateway/clinic/policy.h"
#include "gateway/spool/mail.h"
#include "gateway/spool/recordings.h"
#include "gateway/spool/site.h"
#include "gateway/spool/studies.h"

namespace ecg::clinic {
namespace {

constexpr std::uint32_t kSecondsUsual = 10;
constexpr std::size_t kImportsShownMax = 200;

std::string method(const char* name) {
  return std::string("ecg.v1.ClinicService/") + name;
}

void set_time(google::protobuf::Timestamp& out, Timestamp t) {
  const std::int64_t us = to_micros(t);
  out.set_seconds(us / 1'000'000);
  out.set_nanos(static_cast<std::int32_t>(us % 1'000'000) * 1000);
}

// One of our own ids, or kNotFound without a look at the disk.
Result<StudyId> study_id(const std::string& text) {
  if (!is_random_id(text)) return Error{ErrorCode::kNotFound, "study"};
  return StudyId(text);
}

template <class Response>
Result<Response> answer(const Result<void>& outcome) {
  if (!outcome.ok()) return outcome.error();
  return Response();
}

}  // namespace

ClinicService::ClinicService(ClinicParts parts)
    : parts_(std::move(parts)), operators_(parts_.spool, parts_.random), watch_(parts_, operators_) {}

net::Guard ClinicService::guard() {
  return [this](net::CallContext& context) -> Result<void> {
    const net::PolicyRow* row = net::find_policy(policy_table(), context.method);
    if (row == nullptr) return Error{ErrorCode::kNotAllowed, context.method};
    if (context.transport == net::Transport::kUnixSocket && (row->flags & net::kLocalAdmin) != 0) {
      context.caller = {"local", "local", kOperator, parts_.site_id};
      return {};
    }
    ECG_ASSIGN(const auto session, operators_.find(context.session_token));
    if (session) context.caller = {session->operator_id, session->display_name, kOperator, parts_.site_id};
    if ((row->flags & net::kPublic) != 0) return {};
    if (!session) return Error{ErrorCode::kNotSignedIn, context.method};
    if ((row->roles_mask & context.caller.roles) == 0) return Error{ErrorCode::kNotAllowed, context.method};
    return {};
  };
}

void ClinicService::add_to(net::Registry& registry) {
  add_session_methods(registry);
  add_capture_methods(registry);
  add_study_methods(registry);
}

void ClinicService::end_with_session(const net::CallContext& context,
                                     const std::shared_ptr<net::Stream>& stream) {
  if (context.transport != net::Transport::kUnixSocket)
    watch_.end_with_session(stream, context.session_token);
}

void ClinicService::add_session_methods(net::Registry& registry) {
  using namespace ecg::v1;
  registry.unary<SignInOperatorRequest, SignInOperatorResponse>(
      method("SignInOperator"), [this](net::CallContext& context, const SignInOperatorRequest& request) {
        return sign_in(context, request);
      });
  registry.unary<SignOutOperatorRequest, SignOutOperatorResponse>(
      method("SignOutOperator"),
      [this](net::CallContext& context, const SignOutOperatorRequest&) { return sign_out(context); });
  registry.unary<GetClinicRequest, GetClinicResponse>(
      method("GetClinic"),
      [this](net::CallContext& context, const GetClinicRequest&) -> Result<GetClinicResponse> {
        GetClinicResponse response;
        ECG_ASSIGN(*response.mutable_clinic(), clinic_state(parts_, context.caller.name));
        return response;
      });
  registry.server_stream<WatchClinicRequest>(method("WatchClinic"),
                                             [this](net::CallContext& context, const WatchClinicRequest&,
                                                    std::shared_ptr<net::Stream> stream) -> Result<void> {
                                               end_with_session(context, stream);
                                               watch_.add(std::move(stream), context.caller.name);
                                               return {};
                                             });
  registry.server_stream<WatchDeviceRequest>(
      method("WatchDevice"),
      [this](net::CallContext& context, const WatchDeviceRequest&,
             std::shared_ptr<net::Stream> stream) -> Result<void> {
        end_with_session(context, stream);
        parts_.station.subscribe([stream = std::move(stream)](const WatchDeviceResponse& event) {
          if (stream->closed()) return false;
          stream->write(event);  // a page too slow for it misses some of the picture, nothing else
          return true;
        });
        return {};
      });
  registry.unary<ListImportsRequest, ListImportsResponse>(
      method("ListImports"), [this](net::CallContext&, const ListImportsRequest&) { return list_imports(); });
  registry.unary<SetScenarioRequest, SetScenarioResponse>(
      method("SetScenario"),
      [this](net::CallContext&, const SetScenarioRequest& request) { return set_scenario(request); });
}

void ClinicService::add_capture_methods(net::Registry& registry) {
  using namespace ecg::v1;
  registry.unary<RegisterExaminationRequest, RegisterExaminationResponse>(
      method("RegisterExamination"),
      [this](net::CallContext& context, const RegisterExaminationRequest& request) {
        return register_examination(context, request);
      });
  registry.unary<StartCaptureRequest, StartCaptureResponse>(
      method("StartCapture"),
      [this](net::CallContext&, const StartCaptureRequest& request) { return start_capture(request); });
  registry.unary<StopCaptureRequest, StopCaptureResponse>(
      method("StopCapture"),
      [this](net::CallContext&, const StopCaptureRequest& request) -> Result<StopCaptureResponse> {
        ECG_ASSIGN(const StudyId study, study_id(request.study_id()));
        return answer<StopCaptureResponse>(parts_.station.stop_capture(study));
      });
  registry.unary<SendStudyRequest, SendStudyResponse>(
      method("SendStudy"),
      [this](net::CallContext&, const SendStudyRequest& request) -> Result<SendStudyResponse> {
        ECG_ASSIGN(const StudyId study, study_id(request.study_id()));
        return answer<SendStudyResponse>(spool::send_study(parts_.spool, study));
      });
  registry.unary<RetakeStudyRequest, RetakeStudyResponse>(
      method("RetakeStudy"),
      [this](net::CallContext&, const RetakeStudyRequest& request) -> Result<RetakeStudyResponse> {
        ECG_ASSIGN(const StudyId study, study_id(request.study_id()));
        return answer<RetakeStudyResponse>(spool::retake_study(parts_.spool, study));
      });
  registry.unary<CancelExaminationRequest, CancelExaminationResponse>(
      method("CancelExamination"),
      [this](net::CallContext&,
             const CancelExaminationRequest& request) -> Result<CancelExaminationResponse> {
        ECG_ASSIGN(const StudyId study, study_id(request.study_id()));
        return answer<CancelExaminationResponse>(spool::cancel_study(parts_.spool, study));
      });
}

void ClinicService::add_study_methods(net::Registry& registry) {
  using namespace ecg::v1;
  registry.unary<ListClinicStudiesRequest, ListClinicStudiesResponse>(
      method("ListClinicStudies"),
      [this](net::CallContext&,
             const ListClinicStudiesRequest& request) -> Result<ListClinicStudiesResponse> {
        const std::size_t limit = request.limit() == 0
                                      ? kStudiesShownMax
                                      : std::min<std::size_t>(request.limit(), limits::kWorklistPageMax);
        ECG_ASSIGN(auto studies, clinic_studies(parts_.spool, limit));
        ListClinicStudiesResponse response;
        for (auto& study : studies) *response.add_studies() = std::move(study);
        return response;
      });
  registry.unary<GetClinicWaveformRequest, GetClinicWaveformResponse>(
      method("GetClinicWaveform"),
      [this](net::CallContext&, const GetClinicWaveformRequest& request) { return waveform(request); });
  registry.unary<OpenClinicReportRequest, OpenClinicReportResponse>(
      method("OpenClinicReport"), [this](net::CallContext& context, const OpenClinicReportRequest& request) {
        return open_report(context, request);
      });
  registry.unary<AcknowledgeCriticalRequest, AcknowledgeCriticalResponse>(
      method("AcknowledgeCritical"),
      [this](net::CallContext& context, const AcknowledgeCriticalRequest& request) {
        return acknowledge_critical(context, request);
      });
}

Result<ecg::v1::SignInOperatorResponse> ClinicService::sign_in(
    net::CallContext& context, const ecg::v1::SignInOperatorRequest& request) {
  ECG_ASSIGN(auto session, operators_.sign_in(request.user_name(), request.password(), context.peer_address));
  ecg::v1::SignInOperatorResponse response;
  response.set_operator_id(session.operator_id);
  response.set_display_name(session.display_name);
  if (request.want_token()) response.set_token(session.token);
  context.new_session_token = std::move(session.token);
  return response;
}

Result<ecg::v1::SignOutOperatorResponse> ClinicService::sign_out(net::CallContext& context) {
  ECG_TRY(operators_.sign_out(context.session_token));
  context.new_session_token = std::string();
  return ecg::v1::SignOutOperatorResponse();
}

Result<ecg::v1::RegisterExaminationResponse> ClinicService::register_examination(
    net::CallContext& context, const ecg::v1::RegisterExaminationRequest& request) {
  ECG_ASSIGN(auto registration, make_registration(request, parts_.random, parts_.spool.clock().now()));
  registration.set_operator_id(context.caller.id);
  registration.set_operator_name(context.caller.name);
  ECG_TRY(spool::register_study(parts_.spool, registration));
  ecg::v1::RegisterExaminationResponse response;
  response.set_study_id(registration.study_id());
  *response.mutable_patient() = registration.patient();
  const auto earlier =
      spool::recorded_since(parts_.spool, registration.patient().id(),
                            start_of_local_day(parts_.spool.clock().now()), StudyId(registration.study_id()));
  if (!earlier.ok()) return earlier.error();
  if (*earlier) set_time(*response.mutable_earlier_today_at(), **earlier);
  return response;
}

Result<ecg::v1::StartCaptureResponse> ClinicService::start_capture(
    const ecg::v1::StartCaptureRequest& request) {
  if (request.study_id().empty()) return Error{ErrorCode::kNoPatient, ""};
  ECG_ASSIGN(const StudyId study, study_id(request.study_id()));
  const std::uint32_t seconds = request.seconds() == 0 ? kSecondsUsual : request.seconds();
  return answer<ecg::v1::StartCaptureResponse>(
      parts_.station.start_capture(study, seconds, request.send_when_done()));
}

Result<ecg::v1::GetClinicWaveformResponse> ClinicService::waveform(
    const ecg::v1::GetClinicWaveformRequest& request) {
  ECG_ASSIGN(const StudyId study, study_id(request.study_id()));
  ECG_ASSIGN(const auto row, spool::find_study(parts_.spool, study));
  if (!row.recording) return Error{ErrorCode::kNotFound, "recording of study " + study.value};
  ECG_ASSIGN(const auto stored, spool::load_recording(parts_.spool, row.recording->upload_id));
  wire::RecordingAssembler assembler(stored.format);
  for (const wire::Block& block : stored.blocks) ECG_TRY(assembler.add(block));
  ecg::v1::GetClinicWaveformResponse response;
  *response.mutable_waveform() = wire::to_waveform(assembler.recording(), stored.format);
  return response;
}

Result<ecg::v1::OpenClinicReportResponse> ClinicService::open_report(
    const net::CallContext& context, const ecg::v1::OpenClinicReportRequest& request) {
  ECG_ASSIGN(const StudyId study, study_id(request.study_id()));
  ECG_ASSIGN(auto delivered, spool::load_report(parts_.spool, study.value, request.version()));
  ecg::v1::ReportOpened opened;
  opened.set_study_id(study.value);
  opened.set_version(delivered.report().version());
  opened.set_person(context.caller.name);
  set_time(*opened.mutable_at(), parts_.spool.clock().now());
  ECG_TRY(spool::note_report_opened(parts_.spool, opened));
  ecg::v1::OpenClinicReportResponse response;
  response.mutable_report()->Swap(delivered.mutable_report());
  response.set_pdf(delivered.pdf());
  return response;
}

Result<ecg::v1::AcknowledgeCriticalResponse> ClinicService::acknowledge_critical(
    const net::CallContext& context, const ecg::v1::AcknowledgeCriticalRequest& request) {
  ECG_ASSIGN(const StudyId study, study_id(request.study_id()));
  if (request.person().empty() || request.person().size() > limits::kNameBytesMax) {
    return Error{ErrorCode::kInvalidField, "person"};
  }
  if (request.read_back().empty() || request.read_back().size() > limits::kShortTextBytesMax) {
    return Error{ErrorCode::kInvalidField, "read_back"};
  }
  if (request.action().size() > limits::kNameBytesMax) return Error{ErrorCode::kInvalidField, "action"};
  ecg::v1::CriticalAcknowledged message;
  message.set_study_id(study.value);
  message.set_person(request.person());
  message.set_operator_id(context.caller.id);
  message.set_operator_name(context.caller.name);
  message.set_read_back(request.read_back());
  message.set_action(request.action());
  set_time(*message.mutable_at(), parts_.spool.clock().now());
  return answer<ecg::v1::AcknowledgeCriticalResponse>(spool::acknowledge_critical(parts_.spool, message));
}

Result<ecg::v1::ListImportsResponse> ClinicService::list_imports() {
  ECG_ASSIGN(auto files, spool::list_imports(parts_.spool, kImportsShownMax));
  ecg::v1::ListImportsResponse response;
  for (auto& file : files) *response.add_files() = std::move(file);
  return response;
}

Result<ecg::v1::SetScenarioResponse> ClinicService::set_scenario(const ecg::v1::SetScenarioRequest& request) {
  if (parts_.source == nullptr) return Error{ErrorCode::kEventRefused, "device", "there is no device"};
  return answer<ecg::v1::SetScenarioResponse>(parts_.source->set_scenario(request.scenario()));
}

}  // namespace ecg::clinic
