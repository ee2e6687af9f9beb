#include "gateway/clinic/policy.h"

#include <utility>

namespace ecg::clinic {
namespace {

constexpr std::pair<std::string_view, Access> kTable[] = {
    {"ecg.v1.ClinicService/SignInOperator", Access::kAnyone},
    {"ecg.v1.ClinicService/SignOutOperator", Access::kAnyone},
    {"ecg.v1.ClinicService/GetClinic", Access::kAnyone},  // no patients in it
    {"ecg.v1.ClinicService/WatchClinic", Access::kOperator},
    {"ecg.v1.ClinicService/WatchDevice", Access::kOperator},
    {"ecg.v1.ClinicService/RegisterExamination", Access::kOperator},
    {"ecg.v1.ClinicService/StartCapture", Access::kOperator},
    {"ecg.v1.ClinicService/StopCapture", Access::kOperator},
    {"ecg.v1.ClinicService/SendStudy", Access::kOperator},
    {"ecg.v1.ClinicService/RetakeStudy", Access::kOperator},
    {"ecg.v1.ClinicService/CancelExamination", Access::kOperator},
    {"ecg.v1.ClinicService/ListClinicStudies", Access::kOperator},
    {"ecg.v1.ClinicService/GetClinicWaveform", Access::kOperator},
    {"ecg.v1.ClinicService/OpenClinicReport", Access::kOperator},
    {"ecg.v1.ClinicService/AcknowledgeCritical", Access::kOperator},
    {"ecg.v1.ClinicService/ListImports", Access::kOperator},
    {"ecg.v1.ClinicService/SetScenario", Access::kOperator},
};

}  // namespace

std::optional<Access> access_of(std::string_view method) {
  for (const auto& [name, access] : kTable) {
    if (name == method) return access;
  }
  return std::nullopt;
}

}  // namespace ecg::clinic
