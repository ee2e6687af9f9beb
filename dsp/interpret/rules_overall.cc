// The tracing as a whole.
#include <array>

#include "dsp/interpret/rules.h"

namespace ecg::dsp {
namespace {

constexpr std::array kRules = {
    // For scoring and for the order of a worklist; never shown to people as text. Every lead measured,
    // nothing
    // said that would not be found in the healthy.
    Rule{"NORMAL-1", "1.0.0", "learned from recordings that cardiologists called normal", "NORMAL",
         Certainty::kProbable,
         "good_enough and qrs_ms < 120 and qt_ms > 0 and not findings and normal_score >= 0.5"},
};

}  // namespace

std::span<const Rule> overall_rules() {
  return kRules;
}

}  // namespace ecg::dsp
