// Where things lie on the printed sheet: from seconds and microvolts to millimetres on A4 landscape, exactly
// 1:1. Pure numbers; drawing is elsewhere. Origin top left, x to the right, y downwards, all in millimetres.
#pragma once

#include <vector>

#include "dsp/signal.h"

namespace ecg::reporting {

struct PaperScale {
  double speed_mm_per_s = 25;
  double gain_mm_per_mv = 10;

  double width_mm(double seconds) const { return seconds * speed_mm_per_s; }
  double height_mm(double microvolts) const { return microvolts / 1000 * gain_mm_per_mv; }
};

struct PointMm {
  double x = 0, y = 0;
};

struct RectMm {
  double x = 0, y = 0, width = 0, height = 0;
  double right() const { return x + width; }
  double bottom() const { return y + height; }
};

// The stretch [begin_s, end_s) of one lead, drawn from x_mm on around its zero line.
struct TraceCell {
  dsp::LeadId lead = dsp::LeadId::kOther;
  double begin_s = 0, end_s = 0;
  double x_mm = 0;
  double zero_mm = 0;  // y of 0 uV
  int row = 0;
  PaperScale scale;

  // Microvolts upwards, time to the right.
  PointMm at(double seconds, double microvolts) const {
    return {x_mm + scale.width_mm(seconds - begin_s), zero_mm - scale.height_mm(microvolts)};
  }
  double end_mm() const { return x_mm + scale.width_mm(end_s - begin_s); }
};

// A calibration pulse: 1 mV for 200 ms at its scale.
struct Pulse {
  double x_mm = 0;  // left edge
  double zero_mm = 0;
  PaperScale scale;
};

inline constexpr double kPageWidthMm = 297;
inline constexpr double kPageHeightMm = 210;
inline constexpr double kSheetSeconds = 10;
inline constexpr double kRowHeightMm = 33.75;
inline constexpr double kPulseMicrovolts = 1000;
inline constexpr double kPulseSeconds = 0.2;

// Layout 3x4+1: three rows of four leads, 2.5 s each and running on in time, and one lead over the whole 10
// s.
struct TraceSheet {
  PaperScale scale;
  double chest_gain_mm_per_mv = 10;  // V1 to V6; differs from scale where they would run into other rows
  RectMm grid;                       // whole 5 mm squares
  double row_height_mm = 0;
  std::vector<TraceCell> cells;  // 12 and the rhythm strip, which is last
  std::vector<Pulse> pulses;     // one per row, and a second one where a row has two gains
};

// At 25 mm/s the traces are 250 mm long; other speeds lay out the seconds that fit into them.
TraceSheet sheet_3x4_1(const PaperScale& scale, double chest_gain_mm_per_mv, dsp::LeadId rhythm_lead);

bool is_chest_lead(dsp::LeadId lead);

// Outline of the calibration pulse with 1 mm of zero line on both sides.
std::vector<PointMm> pulse_outline(const Pulse& pulse);

}  // namespace ecg::reporting
