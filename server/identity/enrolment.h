// How a clinic's gateway becomes part of the network: a one-time code from the center, exchanged for a
// certificate.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "ecg/v1/enrolment.pb.h"

#include "common/base/clock.h"
#include "common/base/random.h"
#include "common/base/result.h"
#include "common/base/try_throttle.h"
#include "common/net/tls.h"
#include "server/store/store.h"

namespace ecg::identity {

struct EnrolmentOptions {
  std::string center;             // the name in the certificates' URIs: letters, digits, '.' and '-'
  std::string enrolment_address;  // host:port of the enrolment listener, as gateways reach it
  std::string gateway_address;    // host:port of the gateways' gRPC
  std::chrono::hours certificate_lifetime{24 * 30};
  Duration code_lifetime = std::chrono::hours(24);
  std::string receipt_public_key_der;
};

inline constexpr int kWrongTriesMax = 5;

struct NewCode {
  std::string text;  // shown once
  Timestamp expires_at;
};

// Any thread; blocks on the store.
class Enrolment {
 public:
  Enrolment(store::Store& store, const net::CertificateAuthority& authority, const Clock& clock,
            Random& random, EnrolmentOptions options);

  // Inside the caller's change; earlier codes of the site end. The site exists.
  Result<NewCode> make_code(store::Transaction& transaction, const SiteId& site);
  // Keep the two apart when the code is wanted before the change is queued.
  struct PreparedCode {
    NewCode code;
    store::EnrolmentCodeRecord record;
  };
  PreparedCode prepare_code(const SiteId& site);

  // As EnrolmentService.Enroll promises: once per code, and the same answer for a repeat with the same
  // request. A secret that fits no code counts against the address (five, then it must wait); a spent or
  // expired code against the code. Errors: kEnrolmentCodeRefused, kEnrolmentRequestBad, kTooManyTries.
  Result<v1::EnrollResponse> enroll(const v1::EnrollRequest& request, const std::string& address);

 private:
  Result<v1::EnrollResponse> issue(const store::EnrolmentCodeRecord& code, const store::SiteRecord& site,
                                   const std::string& csr_der, store::GatewayRecord& gateway);
  Result<void> count_wrong_try(const std::string& secret_sha256);

  store::Store& store_;
  const net::CertificateAuthority& authority_;
  const Clock& clock_;
  Random& random_;
  const EnrolmentOptions options_;
  TryThrottle throttle_;
};

}  // namespace ecg::identity
