#include "gateway/clinic/policy.h"

namespace ecg::clinic {
namespace {

constexpr std::uint32_t kLocal = net::kLocalAdmin;
constexpr net::PolicyRow kTable[] = {
    {"ecg.v1.ClinicService/SignInOperator", 0, net::kPublic | kLocal},
    {"ecg.v1.ClinicService/SignOutOperator", 0, net::kPublic | kLocal},
    {"ecg.v1.ClinicService/GetClinic", 0, net::kPublic | kLocal},  // no patients in it
    {"ecg.v1.ClinicService/WatchClinic", kOperator, kLocal},
    {"ecg.v1.ClinicService/WatchDevice", kOperator, kLocal},
    {"ecg.v1.ClinicService/RegisterExamination", kOperator, kLocal},
    {"ecg.v1.ClinicService/StartCapture", kOperator, kLocal},
    {"ecg.v1.ClinicService/StopCapture", kOperator, kLocal},
    {"ecg.v1.ClinicService/SendStudy", kOperator, kLocal},
    {"ecg.v1.ClinicService/RetakeStudy", kOperator, kLocal},
    {"ecg.v1.ClinicService/CancelExamination", kOperator, kLocal},
    {"ecg.v1.ClinicService/ListClinicStudies", kOperator, kLocal},
    {"ecg.v1.ClinicService/GetClinicWaveform", kOperator, kLocal},
    {"ecg.v1.ClinicService/OpenClinicReport", kOperator, kLocal},
    {"ecg.v1.ClinicService/AcknowledgeCritical", kOperator, kLocal},
    {"ecg.v1.ClinicService/ListImports", kOperator, kLocal},
    {"ecg.v1.ClinicService/SetScenario", kOperator, kLocal},
};

}  // namespace

std::span<const net::PolicyRow> policy_table() {
  return kTable;
}

}  // namespace ecg::clinic
