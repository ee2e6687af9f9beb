#include "common/wire/enrolment_code.h"

#include "common/base/ids.h"

namespace ecg::wire {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kGroup = 5;
constexpr std::size_t kCodeCharactersMax = 1024;
constexpr std::size_t kFingerprintBytes = 32;

Error refused(const char* why) {
  return {ErrorCode::kEnrolmentCodeRefused, "the code as typed", why};
}

// 0 to 31, or -1.
int value_of(char c) {
  if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  if (c == 'I' || c == 'L') c = '1';
  if (c == 'O') c = '0';
  const std::size_t at = kAlphabet.find(c);
  return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::string write_enrolment_code(const ecg::v1::EnrolmentCode& code) {
  const std::string bytes = code.SerializeAsString();
  std::string text;
  std::uint32_t pending = 0;
  int bits = 0;
  std::size_t written = 0;
  const auto put = [&](std::uint32_t value) {
    if (written > 0 && written % kGroup == 0) text += '-';
    text += kAlphabet[value & 31u];
    ++written;
  };
  for (const char c : bytes) {
    pending = pending << 8 | static_cast<std::uint8_t>(c);
    for (bits += 8; bits >= 5; bits -= 5) put(pending >> (bits - 5));
  }
  if (bits > 0) put(pending << (5 - bits));
  return text;
}

Result<ecg::v1::EnrolmentCode> read_enrolment_code(std::string_view text) {
  if (text.size() > kCodeCharactersMax) return refused("too long");
  std::string bytes;
  std::uint32_t pending = 0;
  int bits = 0;
  for (const char c : text) {
    if (c == '-' || c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    const int value = value_of(c);
    if (value < 0) return refused("a character that is not of the alphabet");
    pending = pending << 5 | static_cast<std::uint32_t>(value);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push_back(static_cast<char>(pending >> bits));
    }
  }
  if ((pending & ((1u << bits) - 1u)) != 0) return refused("bits left over");
  ecg::v1::EnrolmentCode code;
  if (!code.ParseFromString(bytes)) return refused("not complete");
  if (code.address().empty() || code.ca_sha256().size() != kFingerprintBytes ||
      !is_random_id(code.secret())) {
    return refused("a part is missing");
  }
  return code;
}

}  // namespace ecg::wire
