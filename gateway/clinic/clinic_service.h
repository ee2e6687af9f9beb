// ClinicService (proto/ecg/v1/clinic.proto): what the clinic page and ecgctl ask of this gateway.
#pragma once

#include "ecg/v1/clinic.pb.h"

#include "common/net/rpc.h"
#include "gateway/clinic/clinic_parts.h"
#include "gateway/clinic/clinic_watch.h"
#include "gateway/clinic/operators.h"

namespace ecg::clinic {

// Handlers run on any thread.
class ClinicService {
 public:
  explicit ClinicService(ClinicParts parts);

  void start() { watch_.start(); }
  void stop() { watch_.stop(); }
  // Every method of the service. The service outlives the registry's use.
  void add_to(net::Registry& registry);
  // Who calls (operator by session, "local" on the Unix socket), and whether the policy lets them.
  net::Guard guard();

 private:
  template <class T>
  using Answer = Result<T>;
  Answer<ecg::v1::SignInOperatorResponse> sign_in(net::CallContext&, const ecg::v1::SignInOperatorRequest&);
  Answer<ecg::v1::SignOutOperatorResponse> sign_out(net::CallContext&);
  Answer<ecg::v1::RegisterExaminationResponse> register_examination(
      net::CallContext&, const ecg::v1::RegisterExaminationRequest&);
  Answer<ecg::v1::StartCaptureResponse> start_capture(const ecg::v1::StartCaptureRequest&);
  Answer<ecg::v1::GetClinicWaveformResponse> waveform(const ecg::v1::GetClinicWaveformRequest&);
  Answer<ecg::v1::OpenClinicReportResponse> open_report(const net::CallContext&,
                                                        const ecg::v1::OpenClinicReportRequest&);
  Answer<ecg::v1::AcknowledgeCriticalResponse> acknowledge_critical(
      const net::CallContext&, const ecg::v1::AcknowledgeCriticalRequest&);
  Answer<ecg::v1::ListImportsResponse> list_imports();
  Answer<ecg::v1::SetScenarioResponse> set_scenario(const ecg::v1::SetScenarioRequest&);
  // Over the Unix socket there is no session.
  void end_with_session(const net::CallContext&, const std::shared_ptr<net::Stream>&);
  void add_session_methods(net::Registry& registry);
  void add_capture_methods(net::Registry& registry);
  void add_study_methods(net::Registry& registry);

  ClinicParts parts_;
  Operators operators_;
  ClinicWatch watch_;
};

}  // namespace ecg::clinic
