// The printed words of a report around its traces: header, measurements, statements, signatures, footer,
// watermark.
#pragma once

#include <string>

#include "dsp/signal.h"
#include "server/reporting/canvas.h"
#include "server/reporting/report_document.h"
#include "server/reporting/trace_geometry.h"

namespace ecg::reporting {

// Statements and free text as one text, one paragraph per line.
std::string report_body(const ReportDocument& document);

// Everything above the grid. Returns false when the body did not fit and goes on elsewhere.
bool draw_header(Canvas& canvas, const ReportDocument& document);

// Below the grid: scale, filters, 50 mm ruler.
void draw_scale(Canvas& canvas, const ReportDocument& document, const TraceSheet& sheet,
                const dsp::Recording& recording);

// On every page: what made it, digest of the version, page n/m.
void draw_footer(Canvas& canvas, const ReportDocument& document, int page, int pages);

// Across the header of the first page, or the whole of a text page; nothing when the status is confirmed.
void draw_watermark(Canvas& canvas, const ReportDocument& document, const RectMm& area);

// The lines of the full text that fit on one further page, and how many such pages there are.
struct TextPages {
  std::vector<std::string> pages;
};
TextPages text_pages(const Canvas& canvas, const ReportDocument& document);
void draw_text_page(Canvas& canvas, const ReportDocument& document, const std::string& text);

}  // namespace ecg::reporting
