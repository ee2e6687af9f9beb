// The proof that lets the gateway give up its own copy.
#pragma once

#include <string>

#include "ecg/v1/upload.pb.h"

#include "common/base/result.h"

namespace ecg::uplink {

struct ReceiptExpected {
  std::string upload_id;
  std::string study_id;
  std::uint64_t frames = 0;
  std::string sha256;
};

// Signed by the enrolled key over exactly what was sent.
// Errors: kReceiptInvalid, with the reason in the detail.
Result<ecg::v1::StorageReceiptBody> verify_receipt(const ecg::v1::StorageReceipt& receipt,
                                                   const std::string& public_key_der,
                                                   const std::string& key_id,
                                                   const ReceiptExpected& expected);

}  // namespace ecg::uplink
