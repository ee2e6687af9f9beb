#include "gateway/uplink/receipt.h"

#include "common/net/tls.h"

namespace ecg::uplink {
Result<ecg::v1::StorageReceiptBody> verify_receipt(const ecg::v1::StorageReceipt& receipt,
                                                   const std::string& public_key_der,
                                                   const std::string& key_id,
                                                   const ReceiptExpected& expected) {
  const auto invalid = [&](const char* why) {
    return Error{ErrorCode::kReceiptInvalid, "upload " + expected.upload_id, why};
  };
  if (receipt.key_id() != key_id) return invalid("signed by another key");
  if (!net::verify(public_key_der, receipt.body(), receipt.signature())) return invalid("signature");
  ecg::v1::StorageReceiptBody body;
  if (!body.ParseFromString(receipt.body())) return invalid("body cannot be parsed");
  if (body.upload_id() != expected.upload_id || body.study_id() != expected.study_id)
    return invalid("other ids");
  if (body.frames() != expected.frames || body.sha256() != expected.sha256) return invalid("other content");
  return body;
}

}  // namespace ecg::uplink
