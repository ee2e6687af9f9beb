// How this gateway became one of a center's: key and certificate in the state folder.
//   gateway.key (0600)  gateway.crt  ca.crt  enrolment.json (the rest of EnrollResponse)
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "ecg/v1/enrolment.pb.h"

#include "common/base/result.h"
#include "gateway/uplink/channel.h"

namespace ecg::gateway {

// Makes a key, sends a certificate request to the center that the code names (trusted by its CA's fingerprint
// in the code), and stores what comes back. The key never leaves. Run again with the same code after a
// failure, it sends the same request. With a new code an enrolled gateway is enrolled anew. Errors:
// kEnrolmentCodeRefused, kEnrolmentRequestBad, kServerUnreachable, kTimeout, kTlsFailed, kDirectoryInUse (the
// gateway runs), storage errors.
Result<ecg::v1::EnrollResponse> enrol(const std::string& code, const std::filesystem::path& state_dir);

// Empty: not enrolled. Errors: kFileUnreadable, kConfigInvalid (files of the folder contradict each other).
struct StoredEnrolment {
  uplink::Enrolment uplink;
  std::string site_name;
};
Result<std::optional<StoredEnrolment>> load_enrolment(const std::filesystem::path& state_dir);

}  // namespace ecg::gateway
