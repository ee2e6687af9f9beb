#include "common/net/policy.h"

#include <algorithm>
#include <array>
#include <set>

#include <google/protobuf/descriptor.h>

#include "ecg/v1/administration.pb.h"
#include "ecg/v1/clinic.pb.h"
#include "ecg/v1/enrolment.pb.h"
#include "ecg/v1/events.pb.h"
#include "ecg/v1/exchange.pb.h"
#include "ecg/v1/reading.pb.h"
#include "ecg/v1/sign_in.pb.h"
#include "ecg/v1/upload.pb.h"
#include "ecg/v1/worklist.pb.h"

namespace ecg::net {
namespace {

// Every file of the contract that has services; naming a message of each links its descriptors in.
std::array<const google::protobuf::FileDescriptor*, 9> service_files() {
  return {v1::AddSiteRequest::descriptor()->file(),     v1::GetClinicRequest::descriptor()->file(),
          v1::EnrollRequest::descriptor()->file(),      v1::SubscribeRequest::descriptor()->file(),
          v1::GatewayMessage::descriptor()->file(),     v1::ClaimStudyRequest::descriptor()->file(),
          v1::SignInRequest::descriptor()->file(),      v1::UploadRequest::descriptor()->file(),
          v1::ListWorklistRequest::descriptor()->file()};
}

const google::protobuf::ServiceDescriptor* find_service(std::string_view name) {
  for (const auto* file : service_files())
    for (int i = 0; i < file->service_count(); ++i)
      if (file->service(i)->full_name() == name) return file->service(i);
  return nullptr;
}

}  // namespace

std::vector<std::string> contract_services() {
  std::vector<std::string> names;
  for (const auto* file : service_files())
    for (int i = 0; i < file->service_count(); ++i) names.push_back(file->service(i)->full_name());
  std::ranges::sort(names);
  return names;
}

const PolicyRow* find_policy(std::span<const PolicyRow> table, std::string_view method) {
  const auto row = std::ranges::find(table, method, &PolicyRow::method);
  return row == table.end() ? nullptr : &*row;
}

PolicyGaps policy_gaps(std::span<const PolicyRow> table, std::span<const std::string_view> services) {
  PolicyGaps gaps;
  std::set<std::string, std::less<>> methods;
  for (const auto name : services) {
    const auto* service = find_service(name);
    if (service == nullptr) {
      gaps.without_row.emplace_back(name);
      continue;
    }
    for (int i = 0; i < service->method_count(); ++i)
      methods.insert(service->full_name() + "/" + service->method(i)->name());
  }
  for (const auto& method : methods)
    if (find_policy(table, method) == nullptr) gaps.without_row.push_back(method);
  for (const auto& row : table)
    if (!methods.contains(row.method)) gaps.without_method.emplace_back(row.method);
  return gaps;
}

}  // namespace ecg::net
