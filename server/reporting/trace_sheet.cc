#include "server/reporting/trace_sheet.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "server/reporting/wording.h"

namespace ecg::reporting {
namespace {

constexpr Color kMajor{0xE8 / 255.0, 0xA7 / 255.0, 0x9F / 255.0};
constexpr Color kMinor{0xF6 / 255.0, 0xD5 / 255.0, 0xD0 / 255.0};
constexpr Color kGapFill{0.90, 0.90, 0.90};
constexpr double kTraceWidth = 0.3;
constexpr double kLabelSize = 3.2;
constexpr double kLabelAbove = 14.5;  // label's top over the zero line
constexpr double kGapHalfHeight = 5;
constexpr double kUncalibratedHeight = 20;  // a lead of unknown sensitivity is drawn as high as this

struct LeadScale {
  double offset = 0;  // LSB at the zero line
  double microvolts_per_lsb = 0;
  bool calibrated = true;
};

dsp::SampleIndex frame_at(const dsp::Recording& recording, double seconds) {
  const auto frame =
      static_cast<dsp::SampleIndex>(std::ceil(seconds * recording.sampling_frequency.value - 1e-9));
  return std::clamp<dsp::SampleIndex>(frame, 0, recording.frames());
}

LeadScale lead_scale(const dsp::Recording& recording, const dsp::Lead& lead, double gain_mm_per_mv) {
  const dsp::SampleIndex end = frame_at(recording, kSheetSeconds);
  LeadScale scale{drawing_offset(lead, 0, end), lead.uv_per_lsb, lead.uv_per_lsb > 0};
  if (scale.calibrated) return scale;
  double most = 1;
  for (dsp::SampleIndex i = 0; i < end; ++i) {
    most = std::max(most,
                    std::abs(static_cast<double>(lead.samples[static_cast<std::size_t>(i)]) - scale.offset));
  }
  scale.microvolts_per_lsb = kUncalibratedHeight / 2 / gain_mm_per_mv * 1000 / most;
  return scale;
}

void draw_gap(Canvas& canvas, const TraceCell& cell, double from_mm, double to_mm, Language language) {
  const RectMm box{from_mm, cell.zero_mm - kGapHalfHeight, to_mm - from_mm, 2 * kGapHalfHeight};
  canvas.rectangle(box, kGapFill);
  canvas.push_clip(box);
  for (double x = box.x - box.height; x < box.right(); x += 2.5) {
    canvas.line({x, box.bottom()}, {x + box.height, box.y}, 0.12, kGrey);
  }
  canvas.pop_clip();
  const std::string_view label = word(Word::kGap, language);
  const TextStyle style{2.6, kBlack, Align::kCenter};
  const double width = canvas.text_width(label, style);
  if (width + 2 > box.width) return;
  const double middle = (from_mm + to_mm) / 2;
  canvas.rectangle({middle - width / 2 - 0.6, cell.zero_mm - 2, width + 1.2, 4}, {1, 1, 1});
  canvas.text({middle, cell.zero_mm - 1.9}, label, style);
}

// The signal between gaps as one polyline through its samples.
void draw_signal(Canvas& canvas, const TraceCell& cell, const dsp::Lead& lead, const LeadScale& scale,
                 double hz, dsp::Interval frames) {
  std::vector<PointMm> points;
  points.reserve(static_cast<std::size_t>(frames.end - frames.begin));
  for (dsp::SampleIndex i = frames.begin; i < frames.end; ++i) {
    const double lsb = static_cast<double>(lead.samples[static_cast<std::size_t>(i)]) - scale.offset;
    points.push_back(cell.at(static_cast<double>(i) / hz, lsb * scale.microvolts_per_lsb));
  }
  if (points.size() == 1) points.push_back({points[0].x + 0.05, points[0].y});
  canvas.polyline(points, kTraceWidth, kBlack);
}

void draw_cell(Canvas& canvas, const TraceSheet& sheet, const TraceCell& cell,
               const dsp::Recording& recording, Language language) {
  std::string label(dsp::lead_name(cell.lead));
  const TextStyle label_style{kLabelSize};
  const TextStyle note_style{2.6, kGrey};
  const PointMm label_at{cell.x_mm + 1, cell.zero_mm - kLabelAbove};
  const int position = recording.find(cell.lead);
  if (position < 0) {
    const double width = canvas.text(label_at, label, label_style);
    canvas.text({label_at.x + width + 1.5, label_at.y + 0.4}, word(Word::kNotRecorded, language), note_style);
    return;
  }
  const dsp::Lead& lead = recording.leads[static_cast<std::size_t>(position)];
  const double hz = recording.sampling_frequency.value;
  const LeadScale scale = lead_scale(recording, lead, cell.scale.gain_mm_per_mv);
  const double width = canvas.text(label_at, label, label_style);  // first: a trace may cross it, never hide
  dsp::SampleIndex at = frame_at(recording, cell.begin_s);
  const dsp::SampleIndex end = frame_at(recording, cell.end_s);
  for (const dsp::Interval& gap : lead.gaps) {
    if (gap.end <= at || gap.begin >= end) continue;
    draw_signal(canvas, cell, lead, scale, hz, {at, std::max(at, gap.begin)});
    const dsp::SampleIndex from = std::max(at, gap.begin), to = std::min(end, gap.end);
    draw_gap(canvas, cell, cell.at(static_cast<double>(from) / hz, 0).x,
             cell.at(static_cast<double>(to) / hz, 0).x, language);
    at = to;
  }
  if (at < end) draw_signal(canvas, cell, lead, scale, hz, {at, end});
  std::string note;
  if (cell.scale.gain_mm_per_mv != sheet.scale.gain_mm_per_mv) {
    note = std::to_string(std::lround(cell.scale.gain_mm_per_mv)) + " mm/mV";
  }
  if (!scale.calibrated) note = word(Word::kNotCalibrated, language);
  canvas.text({label_at.x + width + 1.5, label_at.y + 0.4}, note, {2.6, kWarning});
}

void draw_grid(Canvas& canvas, const RectMm& grid) {
  for (const bool vertical : {true, false}) canvas.ruling(grid, 1, vertical, 0.10, kMinor);
  for (const bool vertical : {true, false}) canvas.ruling(grid, 5, vertical, 0.18, kMajor);
}

}  // namespace

dsp::LeadId rhythm_lead(const dsp::Recording& recording) {
  if (recording.find(dsp::LeadId::kII) >= 0 || recording.leads.empty()) return dsp::LeadId::kII;
  return recording.leads.front().id;
}

double drawing_offset(const dsp::Lead& lead, dsp::SampleIndex begin, dsp::SampleIndex end) {
  std::vector<std::int32_t> values;
  dsp::SampleIndex at = begin;
  const auto take = [&](dsp::SampleIndex until) {
    for (; at < std::min(until, end); ++at) values.push_back(lead.samples[static_cast<std::size_t>(at)]);
  };
  for (const dsp::Interval& gap : lead.gaps) {
    take(gap.begin);
    at = std::max(at, gap.end);
  }
  take(end);
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return static_cast<double>(*middle);
}

double chest_gain(const dsp::Recording& recording, const PaperScale& scale, double row_height_mm) {
  const dsp::SampleIndex end = frame_at(recording, kSheetSeconds);
  for (const dsp::Lead& lead : recording.leads) {
    if (!is_chest_lead(lead.id) || lead.uv_per_lsb <= 0) continue;
    double low = 1e300, high = -1e300;
    std::size_t gap = 0;
    for (dsp::SampleIndex i = 0; i < end; ++i) {
      while (gap < lead.gaps.size() && lead.gaps[gap].end <= i) ++gap;
      if (gap < lead.gaps.size() && lead.gaps[gap].begin <= i) continue;
      low = std::min(low, lead.microvolts(i));
      high = std::max(high, lead.microvolts(i));
    }
    if (scale.height_mm(high - low) > row_height_mm) return scale.gain_mm_per_mv / 2;
  }
  return scale.gain_mm_per_mv;
}

void draw_sheet(Canvas& canvas, const TraceSheet& sheet, const dsp::Recording& recording, Language language) {
  draw_grid(canvas, sheet.grid);
  canvas.push_clip(sheet.grid);
  for (const Pulse& pulse : sheet.pulses) canvas.polyline(pulse_outline(pulse), kTraceWidth, kBlack);
  for (const TraceCell& cell : sheet.cells) {
    draw_cell(canvas, sheet, cell, recording, language);
    if (cell.begin_s > 0) {  // where one lead ends and the next begins
      canvas.line({cell.x_mm, cell.zero_mm - 4}, {cell.x_mm, cell.zero_mm + 4}, 0.2, kGrey);
    }
  }
  canvas.pop_clip();
}

}  // namespace ecg::reporting
