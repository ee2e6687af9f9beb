// The center's receipt key: ECDSA P-256 over SHA-256. Gateways got its public half at enrolment.
#pragma once

#include <string>

#include "common/base/result.h"
#include "server/ingest/receipt_signer.h"

namespace ecg::api {

class ReceiptKey final : public ingest::ReceiptSigner {
 public:
  // Errors: kTlsFailed (not a key).
  static Result<ReceiptKey> load(std::string key_pem);
  Result<v1::StorageReceipt> sign(const std::string& body) const override;

  const std::string& key_id() const { return key_id_; }
  const std::string& public_key_der() const { return public_key_der_; }

 private:
  ReceiptKey(std::string key_pem, std::string public_key_der);
  std::string key_pem_, public_key_der_, key_id_;
};

}  // namespace ecg::api
