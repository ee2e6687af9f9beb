#include "server/reporting/trace_geometry.h"

namespace ecg::reporting {
namespace {

using L = dsp::LeadId;
constexpr L kRows[3][4] = {
    {L::kI, L::kAVR, L::kV1, L::kV4}, {L::kII, L::kAVL, L::kV2, L::kV5}, {L::kIII, L::kAVF, L::kV3, L::kV6}};

constexpr RectMm kGrid{13.5, 56, 270, 4 * kRowHeightMm};
constexpr double kTraceFromGrid = 15;  // pulse and traces begin on heavy lines
constexpr double kTraceWidth = 250;
constexpr double kPulseFromGrid = 5;
constexpr double kFirstOfTwoFromGrid = 2;  // two pulses side by side stay clear of the traces

}  // namespace

bool is_chest_lead(dsp::LeadId lead) {
  return lead >= L::kV1 && lead <= L::kV6;
}

TraceSheet sheet_3x4_1(const PaperScale& scale, double chest_gain_mm_per_mv, dsp::LeadId rhythm_lead) {
  TraceSheet sheet;
  sheet.scale = scale;
  sheet.chest_gain_mm_per_mv = chest_gain_mm_per_mv;
  sheet.grid = kGrid;
  sheet.row_height_mm = kRowHeightMm;
  const PaperScale chest{scale.speed_mm_per_s, chest_gain_mm_per_mv};
  const auto scale_of = [&](L lead) { return is_chest_lead(lead) ? chest : scale; };
  const double x0 = kGrid.x + kTraceFromGrid;
  const double seconds = kTraceWidth / scale.speed_mm_per_s;
  for (int row = 0; row < 4; ++row) {
    const double zero = kGrid.y + (row + 0.5) * sheet.row_height_mm;
    if (row == 3) {
      sheet.cells.push_back({rhythm_lead, 0, seconds, x0, zero, row, scale_of(rhythm_lead)});
      sheet.pulses.push_back({kGrid.x + kPulseFromGrid, zero, scale_of(rhythm_lead)});
      continue;
    }
    for (int column = 0; column < 4; ++column) {
      const L lead = kRows[row][column];
      const double begin = seconds * column / 4;
      sheet.cells.push_back(
          {lead, begin, seconds * (column + 1) / 4, x0 + scale.width_mm(begin), zero, row, scale_of(lead)});
    }
    const bool two = chest_gain_mm_per_mv != scale.gain_mm_per_mv;
    const double x = kGrid.x + (two ? kFirstOfTwoFromGrid : kPulseFromGrid);
    sheet.pulses.push_back({x, zero, scale});
    if (two) sheet.pulses.push_back({x + scale.width_mm(kPulseSeconds), zero, chest});
  }
  return sheet;
}

std::vector<PointMm> pulse_outline(const Pulse& pulse) {
  const double right = pulse.x_mm + pulse.scale.width_mm(kPulseSeconds);
  const double top = pulse.zero_mm - pulse.scale.height_mm(kPulseMicrovolts);
  return {{pulse.x_mm - 1, pulse.zero_mm}, {pulse.x_mm, pulse.zero_mm}, {pulse.x_mm, top}, {right, top},
          {right, pulse.zero_mm},          {right + 1, pulse.zero_mm}};
}

}  // namespace ecg::reporting
