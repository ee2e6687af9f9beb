#include "gateway/uplink/line.h"

#include <algorithm>

namespace ecg::uplink {

LineStatus Line::status() const {
  const std::lock_guard lock(mutex_);
  return status_;
}

void Line::on_change(std::function<void(ecg::v1::LineState)> callback) {
  const std::lock_guard lock(mutex_);
  callbacks_.push_back(std::move(callback));
}

void Line::set(ecg::v1::LineState state, std::optional<Error> failed) {
  std::vector<std::function<void(ecg::v1::LineState)>> callbacks;
  {
    const std::lock_guard lock(mutex_);
    if (failed) status_.error_code = static_cast<std::uint32_t>(facts(failed->code).catalogue);
    if (state == ecg::v1::LINE_STATE_CONNECTED) status_.error_code = 0;
    if (status_.state == state) return;
    status_.state = state;
    status_.since = clock_.now();
    callbacks = callbacks_;
  }
  for (const auto& callback : callbacks) callback(state);
}

void Line::note_exchange(Timestamp sent, Timestamp received, Timestamp center) {
  constexpr std::size_t kKept = 8;
  if (received < sent) return;  // our clock was stepped back in between
  const std::lock_guard lock(mutex_);
  measured_.push_back(
      {to_micros(sent) + (received - sent).count() / 2 - to_micros(center), (received - sent).count()});
  if (measured_.size() > kKept) measured_.erase(measured_.begin());
  const Measured newest = measured_.back();
  const Measured best = *std::min_element(
      measured_.begin(), measured_.end(),
      [](const Measured& a, const Measured& b) { return a.round_trip_us < b.round_trip_us; });
  // A clock that was set since then shows as a change beyond what both round trips allow.
  const std::int64_t allowed = (best.round_trip_us + newest.round_trip_us) / 2 + 50'000;
  const bool stepped = std::abs(best.offset_us - newest.offset_us) > allowed;
  if (stepped) measured_ = {newest};
  const Measured& used = stepped ? newest : best;
  status_.clock_offset_ms = used.offset_us / 1000;
  status_.clock_uncertainty_ms = static_cast<std::uint32_t>(used.round_trip_us / 2000 + 1);
  status_.round_trip_ms = static_cast<std::uint32_t>(newest.round_trip_us / 1000);
}

}  // namespace ecg::uplink
