#include "gateway/uplink/receipt.h"

#include <memory>

#include <openssl/evp.h>
#include <openssl/x509.h>

namespace ecg::uplink {
namespace {

bool signature_holds(const std::string& public_key_der, const std::string& message,
                     const std::string& signature) {
  const auto* at = reinterpret_cast<const unsigned char*>(public_key_der.data());
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      d2i_PUBKEY(nullptr, &at, static_cast<long>(public_key_der.size())), EVP_PKEY_free);
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  if (!key || !context) return false;
  if (EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1) return false;
  return EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature.data()),
                          signature.size(), reinterpret_cast<const unsigned char*>(message.data()),
                          message.size()) == 1;
}

}  // namespace

Result<ecg::v1::StorageReceiptBody> verify_receipt(const ecg::v1::StorageReceipt& receipt,
                                                   const std::string& public_key_der,
                                                   const std::string& key_id,
                                                   const ReceiptExpected& expected) {
  const auto invalid = [&](const char* why) {
    return Error{ErrorCode::kReceiptInvalid, "upload " + expected.upload_id, why};
  };
  if (receipt.key_id() != key_id) return invalid("signed by another key");
  if (!signature_holds(public_key_der, receipt.body(), receipt.signature())) return invalid("signature");
  ecg::v1::StorageReceiptBody body;
  if (!body.ParseFromString(receipt.body())) return invalid("body cannot be parsed");
  if (body.upload_id() != expected.upload_id || body.study_id() != expected.study_id)
    return invalid("other ids");
  if (body.frames() != expected.frames || body.sha256() != expected.sha256) return invalid("other content");
  return body;
}

}  // namespace ecg::uplink
