// Where a wave may begin and end in one lead: several rules, none of them right everywhere. Positions are
// milliseconds from the R peak; the beat has 500 samples a second.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "dsp/beats/median.h"
#include "dsp/signal.h"

namespace ecg::dsp {

inline constexpr Hertz kGridHz{500};
inline constexpr float kGridMs = 2;

// The beat at 500 Hz, linearly interpolated.
MedianBeat on_grid(const MedianBeat& beat, Hertz sampling_frequency);

enum class Side : std::uint8_t { kOnset, kOffset };

// Where the slope has fallen to 40, 20, 10 and 5 % of its greatest; where the tangent of the outermost steep
// place meets the level outside; where the distance from that level falls below 15 and 30 % of the height.
inline constexpr int kSlopeRules = 4, kEdgeRules = 7;
using EdgeRules = std::array<float, kEdgeRules>;  // ms from R

// How coarse to look at a wave.
struct WaveScale {
  int half_step;     // of the slope, samples
  int smooth;        // width of the mean before it, samples
  int hold;          // so long must the slope stay low, samples
  double outer;      // share of the greatest slope that the outermost steep place must have
  double rest_skip;  // ms between the edge and the level outside
};
extern const WaveScale kQrsScale, kPScale, kTScale;

// One lead as seen at one scale.
struct ScaledLead {
  std::vector<float> smooth, speed;  // speed: size of the slope, per 2 half steps
};
ScaledLead scaled(std::span<const float> lead, const WaveScale& scale);

// Root mean square speed of the leads.
std::vector<float> joint_speed(std::span<const ScaledLead> leads, std::span<const std::uint8_t> used);

// Samples of the beat: the wave lies in [begin, end), its edges in [least, most].
struct WaveRegion {
  int begin = 0, end = 0, least = 0, most = 0;
};

struct LeadWave {
  int peak = 0;       // sample farthest from the line between the levels beside the wave
  float height = 0;   // of the peak over that line, signed
  float fastest = 0;  // greatest speed in the wave
  EdgeRules onset{}, offset{};
};
LeadWave lead_wave(const ScaledLead& lead, const WaveRegion& region, const WaveScale& scale, int r);

// The slope rules alone, on a joint speed.
std::array<float, kSlopeRules> joint_edge(const std::vector<float>& speed, const WaveRegion& region,
                                          Side side, const WaveScale& scale, int r);

}  // namespace ecg::dsp
