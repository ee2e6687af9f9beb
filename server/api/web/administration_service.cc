#include <string>

#include "ecg/v1/administration.pb.h"

#include "server/admin/backup/backup.h"
#include "server/admin/network_health.h"
#include "server/api/web/projection.h"
#include "server/api/web/services.h"
#include "server/api/web/timestamps.h"

namespace ecg::web {
namespace {

constexpr std::size_t kQuarantinePage = 500;

Result<v1::GetNetworkHealthResponse> network_health(const Parts& parts, const v1::GetNetworkHealthRequest&) {
  return admin::network_health(parts.store, parts.clock, parts.state);
}

Result<v1::AddSiteResponse> add_site(const Parts& parts, const v1::AddSiteRequest& request) {
  const v1::Site& site = request.site();
  ECG_ASSIGN(const auto code, parts.sites.add({SiteId{site.id()}, site.name(), site.phone()}));
  v1::AddSiteResponse response;
  response.set_enrolment_code(code.text);
  put(code.expires_at, *response.mutable_expires_at());
  return response;
}

Result<v1::RevokeGatewayResponse> revoke_gateway(const Parts& parts,
                                                 const v1::RevokeGatewayRequest& request) {
  ECG_TRY(parts.sites.revoke_gateway(GatewayId{request.gateway_id()}, request.reason()));
  return v1::RevokeGatewayResponse{};
}

Result<v1::ListPeopleResponse> list_people(const Parts& parts, const v1::ListPeopleRequest&) {
  ECG_ASSIGN(const auto people, parts.people.list());
  v1::ListPeopleResponse response;
  for (const auto& person : people) *response.add_people() = person_message(person);
  return response;
}

Result<v1::AddPersonResponse> add_person(const Parts& parts, const v1::AddPersonRequest& request) {
  admin::People::NewPerson person;
  person.user_name = request.person().user_name();
  person.display_name = request.person().display_name();
  person.site = SiteId{request.person().site_id()};
  person.password = request.password();
  for (const int role : request.person().roles()) {
    if (role <= v1::ROLE_UNSPECIFIED || !v1::Role_IsValid(role))
      return Error{ErrorCode::kInvalidField, "roles"};
    person.roles |= 1u << static_cast<unsigned>(role);
  }
  ECG_ASSIGN(const auto added, parts.people.add(person));
  v1::AddPersonResponse response;
  *response.mutable_person() = person_message(added);
  return response;
}

Result<v1::SetPasswordResponse> set_password(const Parts& parts, const v1::SetPasswordRequest& request) {
  ECG_TRY(parts.people.set_password(PersonId{request.person_id()}, request.password()));
  return v1::SetPasswordResponse{};
}

Result<v1::SetPersonDisabledResponse> set_disabled(const Parts& parts,
                                                   const v1::SetPersonDisabledRequest& request) {
  ECG_TRY(parts.people.set_disabled(PersonId{request.person_id()}, request.disabled()));
  return v1::SetPersonDisabledResponse{};
}

Result<v1::ListQuarantineResponse> list_quarantine(const Parts& parts, const v1::ListQuarantineRequest&) {
  v1::ListQuarantineResponse response;
  ECG_TRY(parts.store.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(const auto uploads, snapshot.quarantined_uploads(kQuarantinePage));
    for (const auto& upload : uploads) *response.add_uploads() = quarantine_message(upload);
    return {};
  }));
  return response;
}

Result<v1::CreateBackupResponse> create_backup(const Parts& parts, const v1::CreateBackupRequest& request) {
  ECG_ASSIGN(const auto facts, admin::create_backup(parts.store, parts.state.string(), request.path()));
  v1::CreateBackupResponse response;
  response.set_path(request.path());
  response.set_bytes(facts.bytes);
  response.set_studies(facts.studies);
  return response;
}

// What the audit chain names beside the method: whom or what the call was about.
template <class Request>
std::string subject_of([[maybe_unused]] const Request& request) {
  if constexpr (requires { request.person_id(); }) return request.person_id();
  if constexpr (requires { request.gateway_id(); }) return request.gateway_id();
  if constexpr (requires { request.site(); }) return request.site().id();
  if constexpr (requires { request.person(); }) return request.person().user_name();
  if constexpr (requires { request.path(); }) return request.path();
  return {};
}

template <class Request, class Response>
void add(net::Registry& registry, const Parts& parts, const std::string& method,
         Result<Response> (*handler)(const Parts&, const Request&)) {
  registry.unary<Request, Response>("ecg.v1.AdministrationService/" + method,
                                    [&parts, handler](net::CallContext& context, const Request& request) {
                                      context.subject = subject_of(request);
                                      auto answer = handler(parts, request);
                                      if constexpr (requires(const Response& made) { made.person(); }) {
                                        if (answer.ok()) context.subject = answer->person().id();
                                      }
                                      return answer;
                                    });
}

}  // namespace

void add_administration_service(net::Registry& registry, const Parts& parts) {
  add(registry, parts, "GetNetworkHealth", network_health);
  add(registry, parts, "AddSite", add_site);
  add(registry, parts, "RevokeGateway", revoke_gateway);
  add(registry, parts, "ListPeople", list_people);
  add(registry, parts, "AddPerson", add_person);
  add(registry, parts, "SetPassword", set_password);
  add(registry, parts, "SetPersonDisabled", set_disabled);
  add(registry, parts, "ListQuarantine", list_quarantine);
  add(registry, parts, "CreateBackup", create_backup);
}

}  // namespace ecg::web
