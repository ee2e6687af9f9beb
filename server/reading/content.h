// What a reader writes: findings from the dictionary, free text, advice.
#pragma once

#include <string>
#include <vector>

#include <google/protobuf/repeated_ptr_field.h>

#include "ecg/v1/finding.pb.h"

#include "common/base/ids.h"
#include "common/base/result.h"

namespace ecg::reading {

struct Content {
  std::vector<v1::Finding> findings;
  std::string text;
  std::string advice;
};

// Checks what came from outside and names the author of each finding. Errors: kInvalidField (a code that is
// not in the dictionary, a qualifier or text beyond limits.h), kTooLarge (more than limits::kFindingsMax
// findings).
Result<Content> accept_content(const google::protobuf::RepeatedPtrField<v1::Finding>& findings,
                               std::string text, std::string advice, const PersonId& author);

// Neither a finding nor a word.
bool is_empty(const Content& content);

}  // namespace ecg::reading
