#include "server/api/grpc/receipt_key.h"

#include <utility>

#include "common/net/tls.h"

namespace ecg::api {

Result<ReceiptKey> ReceiptKey::load(std::string key_pem) {
  ECG_ASSIGN(auto public_key, net::public_key_der(key_pem));
  return ReceiptKey(std::move(key_pem), std::move(public_key));
}

ReceiptKey::ReceiptKey(std::string key_pem, std::string public_key_der)
    : key_pem_(std::move(key_pem)),
      public_key_der_(std::move(public_key_der)),
      key_id_(net::key_id(public_key_der_)) {}

Result<v1::StorageReceipt> ReceiptKey::sign(const std::string& body) const {
  ECG_ASSIGN(auto signature, net::sign(key_pem_, body));
  v1::StorageReceipt receipt;
  receipt.set_body(body);
  receipt.set_signature(std::move(signature));
  receipt.set_key_id(key_id_);
  return receipt;
}

}  // namespace ecg::api
