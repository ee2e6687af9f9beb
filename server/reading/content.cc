#include "server/reading/content.h"

#include <algorithm>
#include <utility>

#include "common/base/limits.h"
#include "dsp/interpret/statements.h"

namespace ecg::reading {
namespace {

bool blank(const std::string& text) {
  return text.find_first_not_of(" \t\r\n") == std::string::npos;
}

}  // namespace

Result<Content> accept_content(const google::protobuf::RepeatedPtrField<v1::Finding>& findings,
                               std::string text, std::string advice, const PersonId& author) {
  if (findings.size() > static_cast<int>(limits::kFindingsMax))
    return Error{ErrorCode::kTooLarge, "findings"};
  if (text.size() > limits::kReportTextBytesMax) return Error{ErrorCode::kInvalidField, "text: too long"};
  if (advice.size() > limits::kReportTextBytesMax) return Error{ErrorCode::kInvalidField, "advice: too long"};
  Content content;
  for (const auto& given : findings) {
    if (dsp::statement_text(given.code()) == nullptr) {
      return Error{ErrorCode::kInvalidField, "findings: code not in the dictionary"};
    }
    if (given.qualifier().size() > limits::kShortTextBytesMax) {
      return Error{ErrorCode::kInvalidField, "findings: qualifier too long"};
    }
    v1::Finding finding;
    finding.set_code(given.code());
    finding.set_certainty(given.certainty());
    finding.set_qualifier(given.qualifier());
    finding.set_author(author.value);
    content.findings.push_back(std::move(finding));
  }
  content.text = std::move(text);
  content.advice = std::move(advice);
  return content;
}

bool is_empty(const Content& content) {
  return content.findings.empty() && blank(content.text);
}

}  // namespace ecg::reading
