#include "server/reporting/trace_geometry.h"

#include <cmath>

#include <gtest/gtest.h>

namespace ecg::reporting {
namespace {

using dsp::LeadId;

TEST(TraceGeometry, OneSecondIs25MillimetresAndOneMillivoltIs10) {
  const PaperScale scale;
  EXPECT_DOUBLE_EQ(scale.width_mm(1), 25);
  EXPECT_DOUBLE_EQ(scale.height_mm(1000), 10);
  const PaperScale other{50, 5};
  EXPECT_DOUBLE_EQ(other.width_mm(0.2), 10);
  EXPECT_DOUBLE_EQ(other.height_mm(-400), -2);
}

TEST(TraceGeometry, PositiveVoltageGoesUpAndTimeToTheRight) {
  const TraceCell cell{LeadId::kII, 2.5, 5, 100, 50, 1, PaperScale{}};
  const PointMm point = cell.at(3.5, 1500);
  EXPECT_DOUBLE_EQ(point.x, 125);
  EXPECT_DOUBLE_EQ(point.y, 35);
}

TEST(TraceGeometry, PulseIsOneMillivoltFor200Milliseconds) {
  const auto outline = pulse_outline({20, 80, PaperScale{}});
  ASSERT_EQ(outline.size(), 6u);
  EXPECT_DOUBLE_EQ(outline[3].x - outline[2].x, 5);
  EXPECT_DOUBLE_EQ(outline[1].y - outline[2].y, 10);
  EXPECT_DOUBLE_EQ(outline[5].y, 80);
}

TEST(TraceGeometry, SheetHolds12LeadsInOrderAndAStripOfTenSeconds) {
  const TraceSheet sheet = sheet_3x4_1(PaperScale{}, 10, LeadId::kII);
  ASSERT_EQ(sheet.cells.size(), 13u);
  const LeadId first_column[] = {LeadId::kI, LeadId::kII, LeadId::kIII};
  const LeadId last_column[] = {LeadId::kV4, LeadId::kV5, LeadId::kV6};
  for (std::size_t row = 0; row < 3; ++row) {
    EXPECT_EQ(sheet.cells[row * 4].lead, first_column[row]);
    EXPECT_EQ(sheet.cells[row * 4 + 3].lead, last_column[row]);
    for (std::size_t column = 0; column + 1 < 4; ++column) {
      const TraceCell& cell = sheet.cells[row * 4 + column];
      const TraceCell& next = sheet.cells[row * 4 + column + 1];
      EXPECT_DOUBLE_EQ(cell.end_s, next.begin_s);
      EXPECT_DOUBLE_EQ(cell.end_mm(), next.x_mm);
    }
  }
  const TraceCell& strip = sheet.cells.back();
  EXPECT_DOUBLE_EQ(strip.end_mm() - strip.x_mm, 250);
  EXPECT_DOUBLE_EQ(strip.end_s, 10);
}

TEST(TraceGeometry, EverythingLiesInsideTheGridAndTheGridInsideThePage) {
  const TraceSheet sheet = sheet_3x4_1(PaperScale{}, 10, LeadId::kII);
  EXPECT_DOUBLE_EQ(std::fmod(sheet.grid.width, 5), 0);
  EXPECT_DOUBLE_EQ(std::fmod(sheet.grid.height, 5), 0);
  EXPECT_GE(sheet.grid.x, 5);
  EXPECT_LE(sheet.grid.right(), kPageWidthMm - 5);
  EXPECT_LE(sheet.grid.bottom(), kPageHeightMm - 5);
  for (const TraceCell& cell : sheet.cells) {
    EXPECT_GE(cell.x_mm, sheet.pulses.front().x_mm + 5 + 1) << "clear of the pulse";
    EXPECT_LE(cell.end_mm(), sheet.grid.right());
    EXPECT_GE(cell.zero_mm - sheet.row_height_mm / 2, sheet.grid.y);
    EXPECT_LE(cell.zero_mm + sheet.row_height_mm / 2, sheet.grid.bottom());
  }
}

TEST(TraceGeometry, HalfGainOfTheChestLeadsHasAPulseOfItsOwn) {
  const TraceSheet sheet = sheet_3x4_1(PaperScale{}, 5, LeadId::kII);
  ASSERT_EQ(sheet.pulses.size(), 7u);
  EXPECT_DOUBLE_EQ(sheet.pulses[1].zero_mm - pulse_outline(sheet.pulses[1])[2].y, 5);
  EXPECT_DOUBLE_EQ(sheet.pulses[1].x_mm, sheet.pulses[0].x_mm + 5);
  for (const TraceCell& cell : sheet.cells) {
    EXPECT_EQ(cell.scale.gain_mm_per_mv, is_chest_lead(cell.lead) ? 5 : 10);
    EXPECT_GE(cell.x_mm, sheet.pulses[1].x_mm + 5 + 1);
  }
}

TEST(TraceGeometry, HalfSpeedShowsTwiceTheTimeOnTheSamePaper) {
  const TraceSheet sheet = sheet_3x4_1(PaperScale{12.5, 10}, 10, LeadId::kII);
  EXPECT_DOUBLE_EQ(sheet.cells.back().end_s, 20);
  EXPECT_DOUBLE_EQ(sheet.cells.back().end_mm() - sheet.cells.back().x_mm, 250);
}

}  // namespace
}  // namespace ecg::reporting
