// The last seconds of every lead of a stream, addressed by absolute frame number.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "dsp/signal.h"

namespace ecg::dsp {

class Ring {
 public:
  Ring(std::size_t leads, std::size_t capacity)
      : leads_(leads), capacity_(capacity), values_(leads * capacity, 0.0F), off_(capacity, 0) {}

  // One frame: a value per lead and the lead-off bits.
  void push(std::span<const float> frame, std::uint32_t lead_off) {
    const std::size_t at = slot(end_);
    for (std::size_t lead = 0; lead < leads_; ++lead) values_[lead * capacity_ + at] = frame[lead];
    off_[at] = lead_off;
    ++end_;
  }

  SampleIndex end() const { return end_; }
  SampleIndex begin() const {
    return end_ > static_cast<SampleIndex>(capacity_) ? end_ - static_cast<SampleIndex>(capacity_) : 0;
  }

  // Require begin() <= frame < end().
  float value(std::size_t lead, SampleIndex frame) const { return values_[lead * capacity_ + slot(frame)]; }
  bool off(std::size_t lead, SampleIndex frame) const { return (off_[slot(frame)] >> lead & 1U) != 0; }

 private:
  std::size_t slot(SampleIndex frame) const { return static_cast<std::size_t>(frame) % capacity_; }

  std::size_t leads_, capacity_;
  std::vector<float> values_;
  std::vector<std::uint32_t> off_;
  SampleIndex end_ = 0;
};

}  // namespace ecg::dsp
