#include "common/base/try_throttle.h"

#include <algorithm>

namespace ecg {
namespace {

constexpr Duration kMinute = std::chrono::minutes(1);

std::string key_of(const std::string& account, const std::string& address) {
  return address + '\n' + account;
}

Error too_many(Duration wait) {
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(wait).count();
  return Error{
      ErrorCode::kTooManyTries, "sign-in", {}, static_cast<std::int32_t>(std::max<std::int64_t>(ms, 1))};
}

Duration last_use(const std::deque<Duration>& tries) {
  return tries.empty() ? Duration{} : tries.back();
}

}  // namespace

Duration TryThrottle::delay(int failures) const {
  if (failures < options_.free_failures) return Duration{0};
  Duration wait = options_.first_delay;
  for (int i = options_.free_failures; i < failures && wait < options_.delay_max; ++i) wait *= 2;
  return std::min(wait, options_.delay_max);
}

template <class Map>
void TryThrottle::make_room(Map& map) const {
  if (map.size() < options_.keys_max) return;
  const auto age = [](const auto& entry) {
    if constexpr (requires { entry.second.last; })
      return entry.second.last;
    else
      return last_use(entry.second);
  };
  map.erase(std::ranges::min_element(map, {}, age));
}

Result<void> TryThrottle::admit(const std::string& account, const std::string& address) {
  const std::scoped_lock lock(mutex_);
  const auto now = clock_.steady();
  if (!addresses_.contains(address)) make_room(addresses_);
  auto& tries = addresses_[address];
  while (!tries.empty() && tries.front() + kMinute <= now) tries.pop_front();
  if (static_cast<int>(tries.size()) >= options_.tries_per_minute)
    return too_many(tries.front() + kMinute - now);
  const auto known = failures_.find(key_of(account, address));
  if (known != failures_.end()) {
    if (known->second.last + options_.forget_after <= now)
      failures_.erase(known);
    else if (const auto until = known->second.last + delay(known->second.count); until > now)
      return too_many(until - now);
  }
  tries.push_back(now);
  return {};
}

void TryThrottle::failed(const std::string& account, const std::string& address) {
  const std::scoped_lock lock(mutex_);
  const auto key = key_of(account, address);
  if (!failures_.contains(key)) make_room(failures_);
  auto& failures = failures_[key];
  ++failures.count;
  failures.last = clock_.steady();
}

void TryThrottle::succeeded(const std::string& account, const std::string& address) {
  const std::scoped_lock lock(mutex_);
  failures_.erase(key_of(account, address));
}

}  // namespace ecg
