// Who signs the storage receipts; the key stays behind it.
#pragma once

#include <string>

#include "ecg/v1/upload.pb.h"

#include "common/base/result.h"

namespace ecg::ingest {

class ReceiptSigner {
 public:
  virtual ~ReceiptSigner() = default;
  // A receipt over exactly these bytes (a serialised ecg.v1.StorageReceiptBody). Any thread.
  virtual Result<v1::StorageReceipt> sign(const std::string& body) const = 0;
};

}  // namespace ecg::ingest
