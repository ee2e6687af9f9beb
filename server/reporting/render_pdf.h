// The report as a PDF: A4 landscape, 1:1, layout 3x4+1 at 25 mm/s and 10 mm/mV; chest leads at 5 mm/mV, with
// a pulse and a label that say so, when they would run into other rows.
#pragma once

#include <string>

#include "common/base/result.h"
#include "dsp/signal.h"
#include "server/reporting/report_document.h"

namespace ecg::reporting {

// One page with header, measurements, statements, signatures and the first ten seconds of the recording; text
// that does not fit goes on in full on further pages. Leads III, aVR, aVL and aVF are derived when the
// recording lacks them. Missing signal is drawn as a marked gap, a missing lead is named as missing, never as
// a flat line. Until the status is a confirmed one every page bears a mark across it, outside the traces. The
// same input gives the same bytes. Any thread; takes some tens of milliseconds. Errors: kMissingPackage (font
// WenQuanYi Micro Hei is not installed), kInternal (the drawing library failed).
Result<std::string> render_pdf(const ReportDocument& document, const dsp::Recording& recording);

}  // namespace ecg::reporting
