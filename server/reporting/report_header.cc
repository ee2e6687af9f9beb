#include "server/reporting/report_header.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "server/reporting/wording.h"

namespace ecg::reporting {
namespace {

constexpr double kLeft = 13.5;
constexpr double kRight = kPageWidthMm - 13.5;
constexpr double kSmall = 2.6;
constexpr double kNormal = 3.0;
constexpr double kBodyTop = 27.6;
constexpr double kBodyBottom = 54.4;
constexpr Color kRule{0.6, 0.6, 0.6};

// "label value" in a column of its own; the value is set smaller when it is long, and nothing is drawn
// without one.
void field(Canvas& canvas, double x, double y, double width, Word label, std::string_view value,
           Language language) {
  if (value.empty()) return;
  const double used = canvas.text({x, y + 0.25}, word(label, language), {kSmall, kGrey}) + 1.2;
  canvas.text_in({x + used, y}, width - used - 1.5, value, {kNormal});
}

std::string sex_text(const ReportDocument& d) {
  switch (d.sex) {
    case dsp::Sex::kFemale:
      return std::string(word(Word::kFemale, d.language));
    case dsp::Sex::kMale:
      return std::string(word(Word::kMale, d.language));
    case dsp::Sex::kUnknown:
      break;
  }
  return std::string(word(Word::kSexUnknown, d.language));
}

std::string time_text(const ReportDocument& d, const std::optional<Timestamp>& at) {
  return at ? local_time(*at, d.utc_offset_minutes) : std::string();
}

void draw_title(Canvas& canvas, const ReportDocument& d) {
  canvas.text_in({kLeft, 7.6}, 82, d.center_name, {3.6});
  canvas.text({kPageWidthMm / 2, 6.2}, word(Word::kTitle, d.language), {5.4, kBlack, Align::kCenter});
  const std::string status = status_text(d.status, d.version, d.language);
  const bool confirmed = domain::is_confirmed(d.status);
  const TextStyle style{4.0, confirmed ? kBlack : kWarning, Align::kRight};
  const double width = canvas.text({kRight - 2, 7.1}, status, style);
  canvas.frame({kRight - width - 4, 6.4, width + 4, 6.4}, 0.3, style.color);
  std::string identity;
  if (d.identity == domain::IdentityState::kUnidentified) identity = word(Word::kUnidentified, d.language);
  if (d.identity == domain::IdentityState::kMismatch) identity = word(Word::kMismatch, d.language);
  if (!identity.empty()) {
    canvas.text({kRight - width - 8, 7.8}, identity, {3.2, kWarning, Align::kRight});
  }
}

void draw_patient(Canvas& canvas, const ReportDocument& d) {
  const Language l = d.language;
  const auto at = [](double share) { return kLeft + share * (kRight - kLeft); };
  const auto put = [&](double from, double to, double y, Word label, std::string_view value) {
    field(canvas, at(from), y, at(to) - at(from), label, value, l);
  };
  double y = 14.6;
  put(0, 0.24, y, Word::kName, d.patient_name);
  put(0.24, 0.33, y, Word::kSex, sex_text(d));
  put(0.33, 0.43, y, Word::kAge, d.age);
  put(0.43, 0.57, y, Word::kBirthDate, d.birth_date);
  put(0.57, 0.69, y, Word::kIdTail, d.id_tail);
  if (d.identity != domain::IdentityState::kMatched) put(0.57, 0.79, y, Word::kTemporaryId, d.temporary_id);
  put(0.79, 1, y, Word::kExamNumber, d.exam_number);
  y = 18.6;
  put(0, 0.24, y, Word::kSite, d.site_name);
  put(0.24, 0.43, y, Word::kDepartment, d.department);
  put(0.43, 0.79, y, Word::kSymptoms, d.symptoms);
  put(0.79, 1, y, Word::kPriority, domain::text(d.priority, l));
  y = 22.6;
  put(0, 0.24, y, Word::kDevice, d.device);
  put(0.24, 0.57, y, Word::kAcquired, (d.clock_trusted ? "" : "≈ ") + time_text(d, d.acquired_at));
  put(0.57, 0.79, y, Word::kReceived, time_text(d, d.received_at));
  put(0.79, 1, y, Word::kQuality, domain::text(d.quality, l));
}

// Two columns; a long label or value, such as the three axes, takes a line of its own.
void draw_measurements(Canvas& canvas, const ReportDocument& d, const RectMm& box) {
  constexpr double kStep = 4.3;
  const double half = box.width / 2;
  double y = box.y;
  bool right = false;
  for (const MeasurementLine& line : d.measurements) {
    const double used = canvas.text_width(line.label, {kSmall}) + canvas.text_width(line.value, {kNormal}) +
                        canvas.text_width(line.unit, {kSmall}) + 4;
    const bool wide = used > half;
    if (wide && right) {
      y += kStep;
      right = false;
    }
    if (y + kNormal > box.bottom()) break;
    const double x = box.x + (right ? half + 1 : 0);
    const double end = wide ? box.right() : x + half - 2;
    canvas.text({x, y + 0.2}, line.label, {kSmall, kGrey});
    const double unit = line.unit.empty() ? 0 : 7;
    canvas.text({end - unit, y}, line.value, {kNormal, kBlack, Align::kRight});
    canvas.text({end - unit + 1, y + 0.2}, line.unit, {kSmall, kGrey});
    if (wide || right) y += kStep;
    right = !wide && !right;
  }
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
  std::string all;
  for (const std::string& part : parts) {
    if (!all.empty()) all += separator;
    all += part;
  }
  return all;
}

// The analysis's own words stay visible beside the reader's, so that what was changed can be seen.
double draw_automatic(Canvas& canvas, const ReportDocument& d, const RectMm& box) {
  const bool confirmed = domain::is_confirmed(d.status);
  double y = box.bottom();
  const TextStyle style{2.3, kGrey};
  if (!confirmed || !d.automatic_findings.empty()) {
    y -= 3.1;
    canvas.text_in({box.x, y}, box.width, std::string(automatic_notice(d.language)), style);
  }
  if (!d.automatic_findings.empty()) {
    y -= 3.1;
    const std::string separator = d.language == Language::kChinese ? "；" : "; ";
    const std::string colon = d.language == Language::kChinese ? "：" : ": ";
    canvas.text_in(
        {box.x, y}, box.width,
        std::string(word(Word::kAutomatic, d.language)) + colon + joined(d.automatic_findings, separator),
        style);
  }
  return y;
}

bool draw_body(Canvas& canvas, const ReportDocument& d, RectMm box) {
  canvas.text({box.x, box.y}, word(Word::kFindings, d.language), {kSmall, kGrey});
  box.y += 3.7;
  box.height -= 3.7;
  box.height = draw_automatic(canvas, d, box) - box.y;
  const std::string body = report_body(d);
  for (const double size : {3.6, 3.2, 2.8}) {
    const TextStyle style{size};
    if (canvas.paragraph_height(box.width, body, style) <= box.height) {
      return canvas.paragraph(box, body, style);
    }
  }
  const RectMm shorter{box.x, box.y, box.width, box.height - 3.4};
  canvas.paragraph(shorter, body, {2.8});
  canvas.text({box.x + box.width, box.bottom() - 3.4}, word(Word::kContinued, d.language),
              {2.8, kWarning, Align::kRight});
  return false;
}

void draw_signatures(Canvas& canvas, const ReportDocument& d, const RectMm& box) {
  double y = box.y;
  canvas.text({box.x, y}, word(Word::kSignature, d.language), {kSmall, kGrey});
  y += 4.2;
  if (d.signatures.empty()) canvas.text({box.x, y}, word(Word::kNotSigned, d.language), {3.4, kWarning});
  for (const Signature& signature : d.signatures) {
    if (y + 8.4 > box.bottom() + 0.5) break;
    const Word role =
        signature.role == SignerRole::kFirstReader ? Word::kFirstReader : Word::kConfirmingReader;
    const double used = canvas.text({box.x, y + 0.4}, word(role, d.language), {kSmall, kGrey}) + 1.5;
    canvas.text_in({box.x + used, y}, box.width - used, signature.name, {3.6});
    canvas.text({box.x, y + 5.1}, local_time(signature.at, d.utc_offset_minutes), {2.5, kGrey});
    y += 9.6;
  }
}

void draw_ruler(Canvas& canvas, PointMm at) {
  canvas.line(at, {at.x + 50, at.y}, 0.2, kBlack);
  for (int i = 0; i <= 50; i += 5) {
    const double height = i % 10 == 0 ? 2.0 : 1.2;
    canvas.line({at.x + i, at.y}, {at.x + i, at.y - height}, 0.2, kBlack);
  }
  canvas.text({at.x + 51.2, at.y - 2.8}, "50 mm", {2.4});
}

std::string trimmed_number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

}  // namespace

std::string report_body(const ReportDocument& d) {
  std::string body;
  int number = 0;
  for (const std::string& finding : d.findings) {
    body += std::to_string(++number) + ". " + finding + "\n";
  }
  body += d.text;
  while (!body.empty() && body.back() == '\n') body.pop_back();
  if (body.empty()) body = word(Word::kNoFindings, d.language);
  return valid_utf8(body);
}

bool draw_header(Canvas& canvas, const ReportDocument& d) {
  draw_title(canvas, d);
  canvas.line({kLeft, 13.6}, {kRight, 13.6}, 0.2, kRule);
  draw_patient(canvas, d);
  canvas.line({kLeft, 26.8}, {kRight, 26.8}, 0.2, kRule);
  const double height = kBodyBottom - kBodyTop;
  canvas.text({kLeft, kBodyTop}, word(Word::kMeasurements, d.language), {kSmall, kGrey});
  draw_measurements(canvas, d, {kLeft, kBodyTop + 3.6, 54, height - 3.6});
  canvas.line({kLeft + 57, kBodyTop}, {kLeft + 57, kBodyBottom}, 0.15, kRule);
  canvas.line({kRight - 60, kBodyTop}, {kRight - 60, kBodyBottom}, 0.15, kRule);
  draw_signatures(canvas, d, {kRight - 57, kBodyTop, 57, height});
  return draw_body(canvas, d, {kLeft + 60, kBodyTop, kRight - kLeft - 123, height});
}

void draw_scale(Canvas& canvas, const ReportDocument& d, const TraceSheet& sheet,
                const dsp::Recording& recording) {
  const double y = sheet.grid.bottom() + 1.6;
  std::string scale = trimmed_number(sheet.scale.speed_mm_per_s) + " mm/s   " +
                      trimmed_number(sheet.scale.gain_mm_per_mv) + " mm/mV   ";
  if (sheet.chest_gain_mm_per_mv != sheet.scale.gain_mm_per_mv) {
    scale += "(V1–V6: " + trimmed_number(sheet.chest_gain_mm_per_mv) + " mm/mV)   ";
  }
  scale += d.filters.empty() ? std::string(word(Word::kAsRecorded, d.language)) : d.filters;
  scale += "   " + trimmed_number(recording.sampling_frequency.value) + " Hz";
  const double shown = sheet.cells.back().end_s;
  if (recording.duration_s() > shown + 0.05) {
    scale += "   " + std::string(word(Word::kShown, d.language)) + " 0–" + trimmed_number(shown) + " s / " +
             trimmed_number(recording.duration_s()) + " s";
  }
  bool derived = false;
  for (const dsp::Lead& lead : recording.leads) derived = derived || lead.derived;
  if (derived) scale += "   " + std::string(word(Word::kDerived, d.language));
  canvas.text_in({kLeft, y}, 180, scale, {2.9});
  draw_ruler(canvas, {kRight - 64, y + 3.4});
}

void draw_footer(Canvas& canvas, const ReportDocument& d, int page, int pages) {
  constexpr double kTop = 197.8;
  std::string facts = d.algorithm;
  for (const std::string* part : {&d.application, &d.recording_reference}) {
    if (!part->empty()) facts += (facts.empty() ? "" : "   ") + *part;
  }
  if (!d.version_hash.empty()) {
    facts += "   " + std::string(word(Word::kVersionHash, d.language)) + " " + d.version_hash.substr(0, 16);
  }
  canvas.text_in({kLeft, kTop}, 225, facts, {2.4, kGrey});
  const std::string number = std::to_string(page) + "/" + std::to_string(pages);
  const std::string label(word(Word::kPage, d.language));
  canvas.text({kRight, kTop},
              d.language == Language::kChinese ? "第 " + number + " " + label : label + " " + number,
              {2.9, kBlack, Align::kRight});
}

void draw_watermark(Canvas& canvas, const ReportDocument& d, const RectMm& area) {
  const std::string_view mark = watermark_text(d.status);
  if (mark.empty()) return;
  const Color color{kWarning.red, kWarning.green, kWarning.blue, 0.2};
  const double degrees = -12;
  const double size = 11;
  const double width = canvas.text_width(mark, {size});
  const int columns = std::max(1, static_cast<int>(area.width / (width + 12)));
  const int rows = std::max(1, static_cast<int>(area.height / 60));
  for (int row = 0; row < rows; ++row) {
    for (int column = 0; column < columns; ++column) {
      canvas.text_across(
          {area.x + area.width * (column + 0.5) / columns, area.y + area.height * (row + 0.5) / rows},
          degrees, mark, {size, color});
    }
  }
}

namespace {
constexpr RectMm kTextBox{kLeft, 22, kRight - kLeft, 172};
constexpr TextStyle kTextStyle{3.8};
}  // namespace

TextPages text_pages(const Canvas& canvas, const ReportDocument& d) {
  TextPages result;
  const std::string body = report_body(d);
  std::size_t begin = 0, end = 0;
  double height = 0;
  for (const TextLine& line : canvas.wrap(kTextBox.width, body, kTextStyle)) {
    if (height + line.height_mm > kTextBox.height) {
      result.pages.push_back(body.substr(begin, end - begin));
      begin = line.begin;
      height = 0;
    }
    height += line.height_mm;
    end = line.end;
  }
  result.pages.push_back(body.substr(begin, end - begin));
  return result;
}

void draw_text_page(Canvas& canvas, const ReportDocument& d, const std::string& text) {
  draw_title(canvas, d);
  canvas.line({kLeft, 13.6}, {kRight, 13.6}, 0.2, kRule);
  const double width = kRight - kLeft;
  field(canvas, kLeft, 15, width * 0.4, Word::kName, d.patient_name, d.language);
  field(canvas, kLeft + width * 0.4, 15, width * 0.3, Word::kExamNumber, d.exam_number, d.language);
  canvas.text({kRight, 15}, word(Word::kReportText, d.language), {kNormal, kGrey, Align::kRight});
  RectMm box = kTextBox;
  box.height += 5;
  canvas.paragraph(box, text, kTextStyle);
}

}  // namespace ecg::reporting
