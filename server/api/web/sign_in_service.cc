#include <string>

#include "ecg/v1/sign_in.pb.h"

#include "server/api/web/guard.h"
#include "server/api/web/projection.h"
#include "server/api/web/services.h"
#include "server/api/web/timestamps.h"

namespace ecg::web {
namespace {

Result<v1::SignInResponse> sign_in(const Parts& parts, net::CallContext& context,
                                   const v1::SignInRequest& request) {
  context.subject = request.user_name();
  ECG_ASSIGN(const auto signed_in,
             parts.sign_in.sign_in(request.user_name(), request.password(), context.peer_address));
  context.caller.id = signed_in.person.id.value;
  v1::SignInResponse response;
  *response.mutable_person() = person_message(signed_in.person);
  put(signed_in.session.expires_at, *response.mutable_expires_at());
  if (request.want_token()) {
    response.set_token(signed_in.session.token);
  } else {
    context.new_session_token = signed_in.session.token;
  }
  return response;
}

Result<v1::SignOutResponse> sign_out(const Parts& parts, net::CallContext& context) {
  if (!context.session_token.empty()) {
    if (const auto owner = parts.sessions.peek(context.session_token); owner.ok())
      context.caller.id = owner->person.id.value;
    ECG_TRY(parts.sessions.close(context.session_token));
  }
  context.new_session_token = "";
  return v1::SignOutResponse{};
}

Result<v1::GetSessionResponse> get_session(const Parts& parts, const net::CallContext& context) {
  v1::GetSessionResponse response;
  response.set_center_name(parts.center_name);
  if (context.session_token.empty()) {
    response.mutable_person()->set_id(kLocalCaller);
    response.mutable_person()->set_display_name(kLocalCaller);
    response.mutable_person()->add_roles(v1::ROLE_ADMINISTRATOR);
    return response;
  }
  ECG_ASSIGN(const auto owner, parts.sessions.find(context.session_token));
  *response.mutable_person() = person_message(owner.person);
  put(owner.expires_at, *response.mutable_expires_at());
  return response;
}

Result<v1::ChangePasswordResponse> change_password(const Parts& parts, const net::CallContext& context,
                                                   const v1::ChangePasswordRequest& request) {
  ECG_TRY(parts.sign_in.change_password(PersonId{context.caller.id}, request.old_password(),
                                        request.new_password(), context.peer_address));
  return v1::ChangePasswordResponse{};
}

}  // namespace

void add_sign_in_service(net::Registry& registry, const Parts& parts) {
  registry.unary<v1::SignInRequest, v1::SignInResponse>(
      "ecg.v1.SignInService/SignIn",
      [&parts](net::CallContext& context, const auto& request) { return sign_in(parts, context, request); });
  registry.unary<v1::SignOutRequest, v1::SignOutResponse>(
      "ecg.v1.SignInService/SignOut",
      [&parts](net::CallContext& context, const auto&) { return sign_out(parts, context); });
  registry.unary<v1::GetSessionRequest, v1::GetSessionResponse>(
      "ecg.v1.SignInService/GetSession",
      [&parts](net::CallContext& context, const auto&) { return get_session(parts, context); });
  registry.unary<v1::ChangePasswordRequest, v1::ChangePasswordResponse>(
      "ecg.v1.SignInService/ChangePassword", [&parts](net::CallContext& context, const auto& request) {
        return change_password(parts, context, request);
      });
}

}  // namespace ecg::web
