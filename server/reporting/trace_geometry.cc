#include "server/reporting/trace_geometry.h"

namespace ecg::reporting {
namespace {

using L = dsp::LeadId;
constexpr L kRows[3][4] = {
    {L::kI, L::kAVR, L::kV1, L::kV4}, {L::kII, L::kAVL, L::kV2, L::kV5}, {L::kIII, L::kAVF, L::kV3, L::kV6}};

constexpr RectMm kGrid{13.5, 56, 270, 135};
constexpr double kPulseFromGrid = 5;  // pulse, then traces, each on a heavy line
constexpr double kTraceFromGrid = 15;
constexpr double kTraceWidth = 250;

}  // namespace

TraceSheet sheet_3x4_1(const PaperScale& scale, dsp::LeadId rhythm_lead) {
  TraceSheet sheet;
  sheet.scale = scale;
  sheet.grid = kGrid;
  sheet.row_height_mm = kGrid.height / 4;
  sheet.pulse_x_mm = kGrid.x + kPulseFromGrid;
  const double x0 = kGrid.x + kTraceFromGrid;
  const double seconds = kTraceWidth / scale.speed_mm_per_s;
  for (int row = 0; row < 4; ++row) {
    const double zero = kGrid.y + (row + 0.5) * sheet.row_height_mm;
    sheet.zero_mm[static_cast<std::size_t>(row)] = zero;
    if (row == 3) {
      sheet.cells.push_back({rhythm_lead, 0, seconds, x0, zero, row});
      continue;
    }
    for (int column = 0; column < 4; ++column) {
      const double begin = seconds * column / 4;
      sheet.cells.push_back(
          {kRows[row][column], begin, seconds * (column + 1) / 4, x0 + scale.width_mm(begin), zero, row});
    }
  }
  return sheet;
}

std::vector<PointMm> pulse_outline(double x_mm, double zero_mm, const PaperScale& scale) {
  const double right = x_mm + scale.width_mm(kPulseSeconds);
  const double top = zero_mm - scale.height_mm(kPulseMicrovolts);
  return {{x_mm - 1, zero_mm}, {x_mm, zero_mm},  {x_mm, top},
          {right, top},        {right, zero_mm}, {right + 1, zero_mm}};
}

}  // namespace ecg::reporting
