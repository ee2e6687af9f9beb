#include "server/identity/enrolment.h"

#include <optional>
#include <utility>

#include "common/base/ids.h"
#include "common/wire/enrolment_code.h"
#include "server/identity/gateways.h"

namespace ecg::identity {
namespace {

constexpr std::size_t kCsrBytesMax = 4096;

Error refused(const char* why) {
  return Error{ErrorCode::kEnrolmentCodeRefused, "", why};
}

// What may be done with a code that was found: nullopt to go on, or the answer it already got.
Result<std::optional<v1::EnrollResponse>> judge(const store::EnrolmentCodeRecord& code,
                                                const std::string& request_sha256, Timestamp now) {
  if (code.expires_at <= now) return refused("expired");
  if (!code.response.empty() && code.request_sha256 == request_sha256) {
    v1::EnrollResponse answer;
    if (!answer.ParseFromString(code.response)) return Error{ErrorCode::kStorageDamaged, "enrolment code"};
    return std::optional<v1::EnrollResponse>(std::move(answer));
  }
  if (code.ended || code.wrong_tries >= kWrongTriesMax) return refused("ended");
  return std::optional<v1::EnrollResponse>();
}

TryThrottle::Options per_address() {
  TryThrottle::Options options;
  options.free_failures = kWrongTriesMax;
  options.first_delay = std::chrono::minutes(1);
  return options;
}

}  // namespace

Enrolment::Enrolment(store::Store& store, const net::CertificateAuthority& authority, const Clock& clock,
                     Random& random, EnrolmentOptions options)
    : store_(store),
      authority_(authority),
      clock_(clock),
      random_(random),
      options_(std::move(options)),
      throttle_(per_address(), clock) {}

Enrolment::PreparedCode Enrolment::prepare_code(const SiteId& site) {
  v1::EnrolmentCode code;
  code.set_address(options_.enrolment_address);
  code.set_ca_sha256(authority_.fingerprint());
  code.set_secret(random_id(random_));
  const auto now = clock_.now();
  PreparedCode prepared;
  prepared.code = {wire::write_enrolment_code(code), now + options_.code_lifetime};
  prepared.record.secret_sha256 = net::sha256(code.secret());
  prepared.record.site = site;
  prepared.record.created_at = now;
  prepared.record.expires_at = prepared.code.expires_at;
  return prepared;
}

Result<NewCode> Enrolment::make_code(store::Transaction& transaction, const SiteId& site) {
  auto prepared = prepare_code(site);
  ECG_TRY(transaction.end_enrolment_codes(site));
  ECG_TRY(transaction.put_enrolment_code(prepared.record));
  return std::move(prepared.code);
}

Result<v1::EnrollResponse> Enrolment::enroll(const v1::EnrollRequest& request, const std::string& address) {
  ECG_TRY(throttle_.admit({}, address));
  if (!is_random_id(request.code())) {
    throttle_.failed({}, address);
    return refused("not a secret");
  }
  if (request.csr_der().size() > kCsrBytesMax)
    return Error{ErrorCode::kEnrolmentRequestBad, "certificate request"};
  const auto secret_sha256 = net::sha256(request.code());
  const auto request_sha256 = net::sha256(request.csr_der());
  std::optional<store::EnrolmentCodeRecord> code;
  std::optional<store::SiteRecord> site;
  ECG_TRY(store_.read([&](const store::Snapshot& snapshot) -> Result<void> {
    ECG_ASSIGN(code, snapshot.find_enrolment_code(secret_sha256));
    if (!code) return {};
    ECG_ASSIGN(site, snapshot.find_site(code->site));
    return {};
  }));
  if (!code || !site || !net::equal_in_constant_time(code->secret_sha256, secret_sha256)) {
    throttle_.failed({}, address);
    return refused("unknown");
  }
  auto judged = judge(*code, request_sha256, clock_.now());
  if (!judged.ok()) {
    throttle_.failed({}, address);
    return judged.error();
  }
  if (*judged) return **judged;

  store::GatewayRecord gateway;
  auto answer = issue(*code, *site, request.csr_der(), gateway);
  if (!answer.ok()) {
    if (answer.error().code == ErrorCode::kEnrolmentRequestBad) ECG_TRY(count_wrong_try(secret_sha256));
    return answer.error();
  }
  std::optional<v1::EnrollResponse> earlier;  // another call with this code was first
  ECG_TRY(store_.write_wait(
      [&, serialised = answer->SerializeAsString()](store::Transaction& transaction) -> Result<void> {
        ECG_ASSIGN(auto current, transaction.find_enrolment_code(secret_sha256));
        if (!current) return refused("unknown");
        ECG_ASSIGN(earlier, judge(*current, request_sha256, clock_.now()));
        if (earlier) return {};
        current->ended = true;
        current->gateway = gateway.id;
        current->request_sha256 = request_sha256;
        current->response = serialised;
        ECG_TRY(transaction.put_gateway(gateway));
        return transaction.put_enrolment_code(*current);
      }));
  throttle_.succeeded({}, address);
  return earlier ? std::move(*earlier) : std::move(answer).value();
}

Result<v1::EnrollResponse> Enrolment::issue(const store::EnrolmentCodeRecord& code,
                                            const store::SiteRecord& site, const std::string& csr_der,
                                            store::GatewayRecord& gateway) {
  gateway.id = GatewayId(random_id(random_));
  gateway.site = code.site;
  gateway.enrolled_at = clock_.now();
  ECG_ASSIGN(const auto pem,
             authority_.issue_gateway(csr_der, gateway_uri(options_.center, {code.site, gateway.id}),
                                      gateway.id.value, options_.certificate_lifetime, clock_));
  ECG_ASSIGN(const auto facts, net::read_certificate(pem));
  gateway.certificate_sha256 = facts.sha256;
  gateway.expires_at = facts.not_after;
  v1::EnrollResponse answer;
  answer.set_gateway_id(gateway.id.value);
  answer.set_site_id(code.site.value);
  answer.set_site_name(site.name);
  answer.set_certificate_pem(pem);
  answer.set_ca_pem(authority_.certificate_pem());
  answer.set_center_address(options_.gateway_address);
  answer.set_receipt_key_id(net::key_id(options_.receipt_public_key_der));
  answer.set_receipt_key_der(options_.receipt_public_key_der);
  const auto expires_us = to_micros(facts.not_after);
  answer.mutable_expires_at()->set_seconds(expires_us / 1'000'000);
  return answer;
}

Result<void> Enrolment::count_wrong_try(const std::string& secret_sha256) {
  return store_.write_wait([&](store::Transaction& transaction) -> Result<void> {
    ECG_ASSIGN(auto code, transaction.find_enrolment_code(secret_sha256));
    if (!code) return {};
    ++code->wrong_tries;
    return transaction.put_enrolment_code(*code);
  });
}

}  // namespace ecg::identity
