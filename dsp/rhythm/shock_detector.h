// Ventricular fibrillation, flutter and tachycardia, second by second, from at most four leads. The same
// object judges finished recordings and streams.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "dsp/model/trees.h"
#include "dsp/rhythm/shock_features.h"
#include "dsp/rhythm/shock_signal.h"

namespace ecg::dsp {

// The last kShockWindowS seconds of one lead.
class ShockLead {
 public:
  // calibrated: values are microvolts, so that too small a movement counts as none.
  ShockLead(Hertz sampling_frequency, bool calibrated);

  // missing: the value has no meaning; the last one is held.
  void push(float raw, bool missing) {
    if (!missing) held_ = raw;
    missing_in_value_ += missing ? 1 : 0;
    if (const auto value = signal_.push(held_)) store(*value);
  }

  struct Score {
    float log_odds = 0;  // of a shockable rhythm, within +-6
    float regularity = 0, cycle_s = 0;
  };
  // Of the window that ends now. Empty: too short, or too much missing.
  std::optional<Score> score(const Forest& model) const;
  // The features score() uses, for training.
  std::optional<ShockWindow> window() const;

 private:
  void store(const ShockSignal::Value& value);

  ShockSignal signal_;
  bool calibrated_;
  float held_ = 0;
  int missing_in_value_ = 0;
  std::size_t length_, at_ = 0, filled_ = 0, missing_ = 0;
  // Twice the length: every value is kept in both halves, so that a window is always in one piece.
  std::vector<float> wave_, qrs_;
  std::vector<std::uint8_t> lost_;
};

// What a second adds to the picture.
struct ShockSecond {
  bool known = false;      // at least one lead could be judged
  float level = -6;        // mean log odds of the last three seconds
  bool shockable = false;  // with hysteresis
  bool began = false;      // shockable only now
  std::string_view code;   // "VF", "VFL" or "VT" of this second, whether shockable or not
};

// Turns scores of seconds into a state. An unknown second keeps the last score: what cannot be seen neither
// begins nor ends an alarm.
class ShockState {
 public:
  ShockSecond second(std::span<const ShockLead::Score> leads);

 private:
  std::array<float, 3> last_{-6, -6, -6};
  bool any_ = false;
  bool shockable_ = false;
};

// Positions of the leads that are watched: II, V1, V5, I as far as there are, else the first ones.
std::vector<std::size_t> shock_leads(std::span<const LeadId> leads);

// What the beginning of the shockable state lies behind the beginning of the rhythm, seconds, typically.
inline constexpr double kShockLagS = 5;

}  // namespace ecg::dsp
