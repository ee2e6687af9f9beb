#include "gateway/clinic/password.h"

#include <semaphore>

#include <argon2.h>

namespace ecg::clinic {
namespace {
constexpr std::size_t kPasswordBytesMax = 1024;
}

bool password_matches(const std::string& encoded, const std::string& password) {
  static std::counting_semaphore<2> at_once(2);
  if (!encoded.starts_with("$argon2id$") || password.size() > kPasswordBytesMax) return false;
  at_once.acquire();
  const int outcome = argon2id_verify(encoded.c_str(), password.data(), password.size());
  at_once.release();
  return outcome == ARGON2_OK;
}

}  // namespace ecg::clinic
