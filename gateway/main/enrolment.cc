#include "gateway/main/enrolment.h"

#include <google/protobuf/util/json_util.h>

#include "common/base/file.h"
#include "common/base/version.h"
#include "common/net/connect_client.h"
#include "common/net/tls.h"
#include "common/sqlite/directory_lock.h"
#include "common/wire/enrolment_code.h"

namespace ecg::gateway {
namespace {

namespace fs = std::filesystem;
constexpr std::size_t kFileBytesMax = 64 * 1024;
constexpr mode_t kPublic = 0644;

struct Pending {
  std::string key_pem;
  std::string csr_der;
};

// Kept until the answer is stored, so that a repeat is the same request.
Result<Pending> pending_request(const fs::path& folder, const std::string& secret) {
  const std::string name = "pending-" + net::hex(net::sha256(secret)).substr(0, 16);
  const fs::path key_file = folder / (name + ".key"), csr_file = folder / (name + ".csr");
  const auto key = read_file(key_file, kFileBytesMax);
  const auto csr = read_file(csr_file, kFileBytesMax);
  if (key.ok() && csr.ok()) return Pending{*key, *csr};
  Pending made;
  made.key_pem = net::make_key_pem();
  ECG_ASSIGN(made.csr_der, net::make_csr_der(made.key_pem, "ecg-gateway"));
  ECG_TRY(write_file_durably(key_file, made.key_pem, 0600));
  ECG_TRY(write_file_durably(csr_file, made.csr_der, 0600));
  return made;
}

void forget_pending(const fs::path& folder) {
  std::error_code failed;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, failed)) {
    if (entry.path().filename().string().starts_with("pending-")) files.push_back(entry.path());
  }
  for (const fs::path& file : files) fs::remove(file, failed);
}

Result<net::Endpoint> endpoint_of(const ecg::v1::EnrolmentCode& code) {
  ECG_ASSIGN(auto endpoint, net::parse_endpoint("https://" + code.address()));
  endpoint.ca_pem.clear();
  endpoint.ca_sha256 = code.ca_sha256();
  return endpoint;
}

Result<void> check_answer(const ecg::v1::EnrollResponse& answer, const ecg::v1::EnrolmentCode& code) {
  const auto bad = [](const char* what) { return Error{ErrorCode::kTlsFailed, what}; };
  ECG_ASSIGN(const auto ca, net::read_certificate(answer.ca_pem()));
  if (ca.fingerprint != net::hex(code.ca_sha256()))
    return bad("the center's CA is not the one the code names");
  ECG_TRY(net::read_certificate(answer.certificate_pem()).ok() ? Result<void>()
                                                               : bad("the gateway's certificate"));
  if (answer.center_address().empty() || answer.receipt_key_der().empty())
    return bad("the answer is not complete");
  return {};
}

}  // namespace

Result<ecg::v1::EnrollResponse> enrol(const std::string& code_text, const fs::path& state_dir) {
  ECG_ASSIGN(const auto code, wire::read_enrolment_code(code_text));
  ECG_ASSIGN(const auto lock, sqlite::DirectoryLock::acquire(state_dir.string()));
  ECG_ASSIGN(const Pending pending, pending_request(state_dir, code.secret()));
  ECG_ASSIGN(const auto endpoint, endpoint_of(code));
  ecg::v1::EnrollRequest request;
  request.set_code(code.secret());
  request.set_csr_der(pending.csr_der);
  request.set_version(std::string(kVersion));
  const net::ConnectClient client(endpoint, {});
  ECG_ASSIGN(auto answer, client.call<ecg::v1::EnrollResponse>("ecg.v1.EnrolmentService/Enroll", request));
  ECG_TRY(check_answer(answer, code));

  ecg::v1::EnrollResponse kept = answer;
  kept.clear_certificate_pem();
  kept.clear_ca_pem();
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = true;
  options.preserve_proto_field_names = true;
  if (!google::protobuf::util::MessageToJsonString(kept, &json, options).ok()) {
    return Error{ErrorCode::kInternal, "enrolment.json"};
  }
  ECG_TRY(write_file_durably(state_dir / "enrolment.json", json, kPublic));
  ECG_TRY(write_file_durably(state_dir / "ca.crt", answer.ca_pem(), kPublic));
  ECG_TRY(write_file_durably(state_dir / "gateway.key", pending.key_pem, 0600));
  ECG_TRY(write_file_durably(state_dir / "gateway.crt", answer.certificate_pem(), kPublic));
  forget_pending(state_dir);
  return answer;
}

Result<std::optional<StoredEnrolment>> load_enrolment(const fs::path& state_dir) {
  std::error_code failed;
  if (!fs::exists(state_dir / "gateway.crt", failed)) return std::optional<StoredEnrolment>();
  StoredEnrolment out;
  ECG_ASSIGN(out.uplink.certificate_pem, read_file(state_dir / "gateway.crt", kFileBytesMax));
  ECG_ASSIGN(out.uplink.key_pem, read_file(state_dir / "gateway.key", kFileBytesMax));
  ECG_ASSIGN(out.uplink.ca_pem, read_file(state_dir / "ca.crt", kFileBytesMax));
  ECG_ASSIGN(const std::string json, read_file(state_dir / "enrolment.json", kFileBytesMax));
  ecg::v1::EnrollResponse kept;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  if (!google::protobuf::util::JsonStringToMessage(json, &kept, options).ok()) {
    return Error{ErrorCode::kConfigInvalid, (state_dir / "enrolment.json").string()};
  }
  out.uplink.gateway_id = kept.gateway_id();
  out.uplink.site_id = kept.site_id();
  out.uplink.center_address = kept.center_address();
  out.uplink.receipt_key_id = kept.receipt_key_id();
  out.uplink.receipt_key_der = kept.receipt_key_der();
  out.site_name = kept.site_name();
  return std::optional(std::move(out));
}

}  // namespace ecg::gateway
