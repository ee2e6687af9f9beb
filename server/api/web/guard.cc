#include "server/api/web/guard.h"

#include <algorithm>
#include <array>
#include <string>

#include "common/base/log.h"
#include "server/audit/audit.h"
#include "server/identity/policy.h"

namespace ecg::web {
namespace {

// They show nothing of anybody; recording them would hide the acts that matter.
constexpr std::array<std::string_view, 4> kNotRecorded = {
    "ecg.v1.SignInService/GetSession", "ecg.v1.ReadingService/ListStatements",
    "ecg.v1.ReadingService/RenewLease", "ecg.v1.AdministrationService/GetNetworkHealth"};

// At a character's boundary of UTF-8.
std::string shortened(const std::string& text) {
  std::size_t size = std::min(text.size(), net::CallContext::kSubjectBytesMax);
  while (size > 0 && size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0u) == 0x80u) --size;
  return text.substr(0, size);
}

// What nobody in particular does is written down only when a secret was tried or spent; the tries are
// throttled. The rest is counted, or anyone could fill the store and keep its one writer busy.
bool is_recorded(const net::CallContext& context, const Error* failed) {
  if (std::ranges::find(kNotRecorded, context.method) != kNotRecorded.end()) return false;
  if (!context.caller.id.empty()) return true;
  if (failed == nullptr) return context.method == "ecg.v1.EnrolmentService/Enroll";
  return failed->code == ErrorCode::kSignInRefused || failed->code == ErrorCode::kEnrolmentCodeRefused;
}

Result<void> find_caller(identity::Sessions& sessions, net::CallContext& context, identity::Proof& proof) {
  if (!context.session_token.empty()) {
    ECG_ASSIGN(const auto owner, sessions.find(context.session_token));
    context.caller = {owner.person.id.value, owner.person.display_name, owner.person.roles,
                      owner.person.site.value};
    proof = identity::Proof::kSession;
  } else if (context.transport == net::Transport::kUnixSocket) {
    context.caller = {kLocalCaller, kLocalCaller, identity::kAdministrator, ""};
    proof = identity::Proof::kUnixSocket;
  }
  return {};
}

}  // namespace

net::Guard make_guard(identity::Sessions& sessions) {
  return [&sessions](net::CallContext& context) -> Result<void> {
    identity::Proof proof = identity::Proof::kNone;
    if (!identity::is_public(context.method)) ECG_TRY(find_caller(sessions, context, proof));
    return identity::check_policy(context.method, proof, context.caller.roles);
  };
}

net::Observer make_observer(store::Store& store, const Clock& clock, Metrics& metrics) {
  return [&store, &clock, &metrics](const net::CallContext& context, const Error* failed,
                                    std::chrono::microseconds took) {
    metrics
        .histogram("ecg_call_seconds", "Calls of people, by method", Metrics::latency_bounds(),
                   {{"method", context.method}})
        .observe(std::chrono::duration<double>(took).count());
    if (failed != nullptr && context.caller.id.empty())
      metrics.counter("ecg_calls_refused_total", "Calls refused to callers who are not signed in").add();
    if (!is_recorded(context, failed)) return;
    audit::Act act;
    act.actor = context.caller.id.empty() ? "nobody" : context.caller.id;
    act.action = context.method;
    act.study = StudyId{context.study_id};
    act.site = SiteId{context.caller.site_id};
    act.place = context.peer_address;
    act.detail = shortened(context.subject);
    if (failed != nullptr) act.outcome = "E" + std::to_string(facts(failed->code).catalogue);
    store.write([act, now = clock.now()](
                    store::Transaction& transaction) { return audit::record(transaction, act, now); },
                [](const Result<void>& outcome) {
                  if (!outcome.ok()) log::error("audit_not_written", outcome.error());
                });
  };
}

}  // namespace ecg::web
