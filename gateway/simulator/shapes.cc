#include "gateway/simulator/shapes.h"

#include <algorithm>
#include <cmath>

namespace ecg::simulator {
namespace {

// Columns: I, II, V1, V2, V3, V4, V5, V6.
constexpr std::array<Bell, 2> kP = {{{-0.016, 0.015, 0.016, {45, 85, 60, 55, 45, 40, 40, 35}},
                                     {0.016, 0.016, 0.015, {55, 75, -35, 15, 35, 40, 40, 40}}}};

constexpr std::array<Bell, 3> kNormalQrs = {
    {{-0.021, 0.008, 0.007, {-70, -55, 230, 380, 300, 60, -70, -90}},
     {0, 0.009, 0.010, {720, 1080, -900, -700, 350, 1350, 1450, 1120}},
     {0.022, 0.008, 0.009, {-90, -130, -200, -950, -800, -420, -190, -60}}}};
constexpr Bell kNormalT = {0.275, 0.048, 0.033, {210, 290, -40, 430, 500, 450, 350, 250}};

constexpr std::array<Bell, 3> kLbbbQrs = {
    {{-0.028, 0.016, 0.016, {260, 300, -120, -180, -100, 60, 260, 330}},
     {0.006, 0.018, 0.020, {520, 480, -1250, -1900, -1600, -500, 650, 780}},
     {0.048, 0.020, 0.018, {470, 260, -450, -700, -600, -150, 560, 690}}}};
constexpr Bell kLbbbT = {0.315, 0.055, 0.038, {-190, -110, 380, 600, 520, 180, -190, -260}};

constexpr std::array<Bell, 4> kRbbbQrs = {
    {{-0.021, 0.008, 0.007, {-70, -55, 230, 300, 260, 60, -70, -90}},
     {0, 0.009, 0.010, {720, 900, -480, -600, 250, 1250, 1400, 1100}},
     {0.026, 0.009, 0.010, {-90, -130, 150, -300, -500, -420, -190, -60}},
     {0.058, 0.017, 0.016, {-330, -180, 880, 560, 160, -180, -380, -360}}}};
constexpr Bell kRbbbT = {0.300, 0.050, 0.035, {200, 270, -230, -150, 300, 400, 330, 250}};

constexpr std::array<Bell, 3> kVentricularQrs = {
    {{-0.042, 0.022, 0.024, {90, 500, -150, -250, -100, 120, 250, 250}},
     {0.006, 0.026, 0.028, {200, 1500, -1100, -1700, -800, 400, 900, 850}},
     {0.050, 0.020, 0.018, {80, 420, -250, -300, -200, 100, 200, 200}}}};
constexpr Bell kVentricularT = {0.325, 0.058, 0.042, {-90, -480, 380, 600, 350, -120, -280, -260}};

constexpr LeadVector kNoSt = {};
const BeatShape kNormal = {kNormalQrs, kNormalT, kNoSt, 0.045};
const BeatShape kLbbb = {kLbbbQrs, kLbbbT, {-60, -40, 110, 160, 130, 40, -60, -90}, 0.092};
const BeatShape kRbbb = {kRbbbQrs, kRbbbT, {0, 0, -30, -20, 0, 0, 0, 0}, 0.094};
const BeatShape kSteInferior = {kNormalQrs,
                                {0.270, 0.060, 0.036, {60, 480, -60, 200, 330, 380, 330, 280}},
                                {-110, 230, -60, -120, -40, 0, 20, 40},
                                0.045};
const BeatShape kSteAnterior = {kNormalQrs,
                                {0.270, 0.065, 0.036, {230, 160, 260, 760, 850, 700, 420, 230}},
                                {60, -70, 160, 380, 420, 300, 120, 30},
                                0.045};
const BeatShape kVentricular = {
    kVentricularQrs, kVentricularT, {-20, -120, 100, 150, 80, -30, -60, -60}, 0.092};

double bell_at(const Bell& bell, double from_center_s, double width_scale) {
  const double sigma = (from_center_s < 0 ? bell.sigma_before_s : bell.sigma_after_s) * width_scale;
  const double z = from_center_s / sigma;
  return std::abs(z) > 5 ? 0 : std::exp(-0.5 * z * z);
}

void add_scaled(const LeadVector& uv, double scale, LeadVector& sum) {
  if (scale == 0) return;
  for (std::size_t lead = 0; lead < sum.size(); ++lead) sum[lead] += scale * uv[lead];
}

}  // namespace

const BeatShape& conducted_shape(Morphology morphology) {
  switch (morphology) {
    case Morphology::kNormal:
      return kNormal;
    case Morphology::kLbbb:
      return kLbbb;
    case Morphology::kRbbb:
      return kRbbb;
    case Morphology::kSteInferior:
      return kSteInferior;
    case Morphology::kSteAnterior:
      return kSteAnterior;
    default:
      break;
  }
  if (const BeatShape* shape = infarction_shape(morphology)) return *shape;
  if (const BeatShape* shape = conduction_shape(morphology)) return *shape;
  return kNormal;
}

const BeatShape& ventricular_shape() {
  return kVentricular;
}

std::span<const Bell> p_shape() {
  return kP;
}

void add_bell(const Bell& bell, double t_s, double scale, LeadVector& sum) {
  add_scaled(bell.peak_uv, scale * bell_at(bell, t_s - bell.center_s, 1), sum);
}

void add_beat(const BeatShape& shape, double t_s, double cycle_s, double scale, LeadVector& sum) {
  for (const Bell& bell : shape.qrs) add_bell(bell, t_s, scale, sum);
  // The J point keeps its place; what follows shrinks with the cube root of the cycle, as QT does.
  const double shrink = std::cbrt(std::clamp(cycle_s, 0.25, 1.6) / 0.833);
  const double t_center = shape.j_s + (shape.t.center_s - shape.j_s) * shrink;
  add_scaled(shape.t.peak_uv, scale * bell_at(shape.t, t_s - t_center, shrink), sum);
  const double rise = 1 / (1 + std::exp(-(t_s - shape.j_s + 0.012) / 0.003));
  const double fall = t_s < t_center ? 1 : bell_at(shape.t, t_s - t_center, shrink);
  if (rise > 1e-6) add_scaled(shape.st_uv, scale * rise * fall, sum);
}

}  // namespace ecg::simulator
