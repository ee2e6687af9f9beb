// Draws the traces of one sheet: grid, calibration pulses, leads, gaps.
#pragma once

#include "common/base/error.h"
#include "dsp/signal.h"
#include "server/reporting/canvas.h"
#include "server/reporting/trace_geometry.h"

namespace ecg::reporting {

// Lead II, else the first lead of the recording.
dsp::LeadId rhythm_lead(const dsp::Recording& recording);

// The offset that is taken from a lead before drawing, in LSB: the median of its samples outside gaps in
// [begin, end), so that an electrode's steady voltage does not push the trace out of its row. 0 when there is
// no sample.
double drawing_offset(const dsp::Lead& lead, dsp::SampleIndex begin, dsp::SampleIndex end);

// Half of the gain when a chest lead is higher from peak to peak than its row, so that it would run through
// the leads above and below; else the gain itself.
double chest_gain(const dsp::Recording& recording, const PaperScale& scale, double row_height_mm);

// The recording has all leads that can be derived. Only its first ten seconds are drawn.
void draw_sheet(Canvas& canvas, const TraceSheet& sheet, const dsp::Recording& recording, Language language);

}  // namespace ecg::reporting
