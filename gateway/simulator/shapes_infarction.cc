// Beats of acute and old infarction, of what equals them, and of what is taken for them.
#include "gateway/simulator/shapes.h"

namespace ecg::simulator {
namespace {

// Columns: I, II, V1, V2, V3, V4, V5, V6.
constexpr std::array<Bell, 3> kNormalQrs = {
    {{-0.021, 0.008, 0.007, {-70, -55, 230, 380, 300, 60, -70, -90}},
     {0, 0.009, 0.010, {720, 1080, -900, -700, 350, 1350, 1450, 1120}},
     {0.022, 0.008, 0.009, {-90, -130, -200, -950, -800, -420, -190, -60}}}};
// Tall broad R in V1 and V2: the mirror of posterior Q waves.
constexpr std::array<Bell, 3> kPosteriorQrs = {
    {{-0.021, 0.008, 0.007, {-70, -55, 100, 120, 100, 40, -70, -90}},
     {0, 0.013, 0.012, {720, 1000, 420, 900, 950, 1300, 1350, 1050}},
     {0.026, 0.008, 0.009, {-60, -90, -250, -350, -350, -250, -150, -60}}}};
constexpr std::array<Bell, 3> kLbbbQrs = {
    {{-0.028, 0.016, 0.016, {260, 300, -120, -180, -100, 60, 260, 330}},
     {0.006, 0.018, 0.020, {520, 480, -1250, -1900, -1600, -500, 650, 780}},
     {0.048, 0.020, 0.018, {470, 260, -450, -700, -600, -150, 560, 690}}}};
constexpr std::array<Bell, 3> kSmallChestQrs = {
    {{-0.021, 0.008, 0.007, {-70, -55, 150, 250, 250, 60, -50, -60}},
     {0, 0.009, 0.010, {620, 900, -500, -350, 250, 650, 800, 750}},
     {0.022, 0.008, 0.009, {-60, -90, -150, -450, -400, -250, -120, -40}}}};
constexpr std::array<Bell, 3> kOldInferiorQrs = {
    {{-0.020, 0.010, 0.010, {70, -330, 230, 380, 300, 60, -70, -90}},
     {0.004, 0.009, 0.010, {420, 900, -900, -700, 350, 1350, 1450, 1120}},
     {0.021, 0.007, 0.008, {-40, -60, -200, -950, -800, -420, -190, -60}}}};
constexpr std::array<Bell, 2> kOldAnteriorQrs = {
    {{-0.020, 0.013, 0.012, {-50, -40, -350, -550, -450, -160, -50, -60}},
     {0.003, 0.010, 0.013, {650, 900, -800, -1300, -900, 600, 1100, 1000}}}};
// A second summit of QRS in V1 and V2 that falls slowly through ST.
constexpr std::array<Bell, 4> kBrugadaQrs = {
    {kNormalQrs[0],
     kNormalQrs[1],
     {0.022, 0.008, 0.009, {-90, -130, -100, -600, -800, -420, -190, -60}},
     {0.040, 0.012, 0.045, {-40, -20, 420, 400, 60, 0, 0, 0}}}};
constexpr std::array<Bell, 4> kEarlyRepolarisationQrs = {
    {kNormalQrs[0],
     kNormalQrs[1],
     kNormalQrs[2],
     {0.036, 0.008, 0.008, {60, 280, 0, 30, 60, 200, 280, 260}}}};

struct Named {
  Morphology morphology;
  BeatShape shape;
};
const std::array<Named, 13> kShapes = {{
    {Morphology::kSteLateral,
     {kNormalQrs,
      {0.270, 0.060, 0.036, {330, 150, -60, 250, 350, 400, 480, 430}},
      {190, -60, -60, -40, 20, 80, 170, 180},
      0.045}},
    {Morphology::kSteSeptal,
     {kNormalQrs,
      {0.270, 0.060, 0.036, {200, 220, 350, 700, 450, 400, 330, 250}},
      {0, -60, 200, 330, 90, 0, 0, 0},
      0.045}},
    {Morphology::kStePosterior,
     {kPosteriorQrs,
      {0.280, 0.050, 0.036, {200, 250, 200, 520, 480, 380, 300, 230}},
      {0, 20, -110, -190, -180, -90, 0, 10},
      0.048}},
    {Morphology::kLbbbConcordant,
     {kLbbbQrs,
      {0.315, 0.055, 0.038, {260, 240, 250, 400, 350, 200, 260, 280}},
      {150, 60, 60, 90, 80, 60, 190, 220},
      0.092}},
    {Morphology::kDeWinter,
     {kNormalQrs,
      {0.270, 0.075, 0.045, {230, 250, 250, 1000, 1150, 1050, 700, 350}},
      {-40, -60, -40, -190, -220, -200, -150, -60},
      0.045}},
    {Morphology::kHyperacuteT,
     {kSmallChestQrs,
      {0.270, 0.065, 0.050, {220, 250, 300, 1200, 1400, 1300, 700, 300}},
      {0, 0, 20, 50, 50, 40, 20, 0},
      0.045}},
    {Morphology::kWellens,
     {kNormalQrs, {0.290, 0.045, 0.040, {150, 220, -60, -420, -560, -430, -150, 120}}, {}, 0.045}},
    {Morphology::kBrugada,
     {kBrugadaQrs, {0.285, 0.048, 0.036, {210, 290, -260, -230, 250, 450, 350, 250}}, {}, 0.045}},
    {Morphology::kPericarditis,
     {kNormalQrs,
      {0.275, 0.050, 0.033, {190, 260, 60, 330, 350, 350, 300, 230}},
      {95, 150, 20, 110, 140, 150, 140, 120},
      0.045}},
    {Morphology::kEarlyRepolarisation,
     {kEarlyRepolarisationQrs, {0.275, 0.050, 0.033, {260, 420, -20, 500, 650, 700, 550, 400}}, {}, 0.050}},
    {Morphology::kIschaemia,
     {kNormalQrs,
      {0.275, 0.048, 0.033, {60, 80, 60, 150, 100, 60, 40, 40}},
      {-170, -210, 40, -60, -160, -240, -260, -220},
      0.045}},
    {Morphology::kOldInferior,
     {kOldInferiorQrs, {0.275, 0.048, 0.033, {230, 130, -40, 430, 500, 450, 350, 250}}, {}, 0.047}},
    {Morphology::kOldAnterior,
     {kOldAnteriorQrs, {0.275, 0.048, 0.033, {200, 270, 60, -120, -150, -90, 150, 200}}, {}, 0.047}},
}};

}  // namespace

const BeatShape* infarction_shape(Morphology morphology) {
  for (const Named& named : kShapes) {
    if (named.morphology == morphology) return &named.shape;
  }
  return nullptr;
}

}  // namespace ecg::simulator
