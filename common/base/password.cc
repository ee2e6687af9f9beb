#include "common/base/password.h"

#include <array>
#include <cstdlib>
#include <set>
#include <vector>

#include <argon2.h>

namespace ecg {
namespace {

constexpr std::size_t kPasswordCharactersMin = 12;
constexpr std::size_t kPasswordBytesMax = 1024;  // 256 characters of UTF-8
constexpr std::size_t kPasswordCharactersMax = 256;
constexpr std::size_t kDifferentCharactersMin = 5;
constexpr std::size_t kPinDigitsMin = 6;
constexpr std::size_t kPinDigitsMax = 12;
constexpr std::uint32_t kLanes = 1;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::int32_t kOverloadRetryMs = 1000;

std::size_t characters(std::string_view text) {
  std::size_t n = 0;
  for (const char c : text) n += (static_cast<unsigned char>(c) & 0xC0u) != 0x80u ? 1 : 0;
  return n;
}

bool is_pin(std::string_view text) {
  return text.size() >= kPinDigitsMin && text.size() <= kPinDigitsMax &&
         text.find_first_not_of("0123456789") == std::string_view::npos;
}

// 111111, 123456, 987654
bool is_run(std::string_view digits) {
  const int step = digits[1] - digits[0];
  if (step < -1 || step > 1) return false;
  for (std::size_t i = 2; i < digits.size(); ++i)
    if (digits[i] - digits[i - 1] != step) return false;
  return true;
}

}  // namespace

Result<void> check_password(std::string_view password, std::string_view user_name, PasswordKind kind) {
  const Error refused{ErrorCode::kInvalidField, kind == PasswordKind::kPin
                                                    ? "PIN (at least 6 digits, not 111111 or 123456)"
                                                    : "password (at least 12 characters, 5 different ones)"};
  if (kind == PasswordKind::kPin && is_pin(password)) {
    if (is_run(password)) return refused;
    return {};
  }
  const auto length = characters(password);
  const std::set<char> different(password.begin(), password.end());
  if (length < kPasswordCharactersMin || length > kPasswordCharactersMax ||
      password.size() > kPasswordBytesMax || different.size() < kDifferentCharactersMin ||
      password == user_name || password.find('\0') != std::string_view::npos)
    return refused;
  return {};
}

// One of the few places at the hashing bench.
class PasswordHasher::Turn {
 public:
  explicit Turn(PasswordHasher& hasher) : hasher_(hasher) {
    std::unique_lock lock(hasher_.mutex_);
    if (hasher_.busy_ >= hasher_.options_.at_once && hasher_.waiting_ >= hasher_.options_.waiting_max) return;
    ++hasher_.waiting_;
    hasher_.changed_.wait(lock, [this] { return hasher_.busy_ < hasher_.options_.at_once; });
    --hasher_.waiting_;
    ++hasher_.busy_;
    taken_ = true;
  }
  ~Turn() {
    if (!taken_) return;
    const std::scoped_lock lock(hasher_.mutex_);
    --hasher_.busy_;
    hasher_.changed_.notify_one();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;
  bool taken() const { return taken_; }

 private:
  PasswordHasher& hasher_;
  bool taken_ = false;
};

PasswordHasher::PasswordHasher(Options options, Random& random) : options_(options), random_(random) {
  auto made = hash("an account that does not exist");
  if (!made.ok()) std::abort();  // Argon2 refuses our own parameters
  nobody_ = std::move(made).value();
}

Result<std::string> PasswordHasher::hash(std::string_view password) {
  const Turn turn(*this);
  if (!turn.taken()) return Error{ErrorCode::kOverloaded, "password checks", {}, kOverloadRetryMs};
  std::array<std::uint8_t, kSaltBytes> salt{};
  random_.fill(salt);
  std::vector<char> encoded(
      argon2_encodedlen(options_.passes, options_.memory_kib, kLanes, kSaltBytes, kHashBytes, Argon2_id));
  const int failed =
      argon2id_hash_encoded(options_.passes, options_.memory_kib, kLanes, password.data(), password.size(),
                            salt.data(), salt.size(), kHashBytes, encoded.data(), encoded.size());
  if (failed != ARGON2_OK) return Error{ErrorCode::kInternal, "password hash", argon2_error_message(failed)};
  return std::string(encoded.data());
}

Result<bool> PasswordHasher::verify(const std::string& encoded, std::string_view password) {
  const Turn turn(*this);
  if (!turn.taken()) return Error{ErrorCode::kOverloaded, "password checks", {}, kOverloadRetryMs};
  const bool known = encoded.starts_with("$argon2id$");
  const int outcome =
      argon2id_verify(known ? encoded.c_str() : nobody_.c_str(), password.data(), password.size());
  return known && outcome == ARGON2_OK;
}

}  // namespace ecg
