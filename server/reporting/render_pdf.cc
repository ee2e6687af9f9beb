#include "server/reporting/render_pdf.h"

#include "server/reporting/canvas.h"
#include "server/reporting/report_header.h"
#include "server/reporting/trace_geometry.h"
#include "server/reporting/trace_sheet.h"
#include "server/reporting/wording.h"

namespace ecg::reporting {

Result<std::string> render_pdf(const ReportDocument& document, const dsp::Recording& recording) {
  const dsp::Recording full = dsp::with_derived_limb_leads(recording);
  const PaperScale scale;
  const TraceSheet sheet = sheet_3x4_1(scale, chest_gain(full, scale, kRowHeightMm), rhythm_lead(full));
  // The file's own properties name no patient: they survive where the page is not even opened.
  const Canvas::Facts facts{std::string(word(Word::kTitle, document.language)), document.exam_number,
                            document.application, document.created_at};
  ECG_ASSIGN(Canvas canvas, Canvas::create(kPageWidthMm, kPageHeightMm, facts));

  const RectMm above{sheet.grid.x, 14, sheet.grid.width, sheet.grid.y - 16};
  draw_watermark(canvas, document, above);
  const bool whole = draw_header(canvas, document);
  const TextPages more = whole ? TextPages{} : text_pages(canvas, document);
  const int pages = 1 + static_cast<int>(more.pages.size());
  draw_sheet(canvas, sheet, full, document.language);
  draw_scale(canvas, document, sheet, full);
  draw_footer(canvas, document, 1, pages);
  for (std::size_t i = 0; i < more.pages.size(); ++i) {
    canvas.next_page();
    draw_watermark(canvas, document, {sheet.grid.x, 20, sheet.grid.width, 170});
    draw_text_page(canvas, document, more.pages[i]);
    draw_footer(canvas, document, static_cast<int>(i) + 2, pages);
  }
  return canvas.finish();
}

}  // namespace ecg::reporting
