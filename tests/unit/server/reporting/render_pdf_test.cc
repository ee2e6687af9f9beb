#include "server/reporting/render_pdf.h"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "server/reporting/trace_geometry.h"
#include "server/reporting/wording.h"

// Fontconfig keeps its caches until the process ends; they do not grow with the number of documents.
extern "C" const char* __lsan_default_suppressions();  // NOLINT: the sanitizer's own name
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libfontconfig";
}

namespace ecg::reporting {
namespace {

using dsp::LeadId;

constexpr double kHz = 500;
constexpr double kPixelsPerMm = 10;  // 254 dots per inch

dsp::Recording recording_of(const std::function<double(LeadId, double)>& microvolts, double seconds = 10) {
  dsp::Recording recording;
  recording.sampling_frequency = {kHz};
  for (const LeadId id : {LeadId::kI, LeadId::kII, LeadId::kV1, LeadId::kV2, LeadId::kV3, LeadId::kV4,
                          LeadId::kV5, LeadId::kV6}) {
    dsp::Lead lead;
    lead.id = id;
    lead.label = dsp::lead_name(id);
    lead.uv_per_lsb = 2.5;
    for (int i = 0; i < static_cast<int>(seconds * kHz); ++i) {
      lead.samples.push_back(
          static_cast<std::int32_t>(std::lround(microvolts(id, i / kHz) / lead.uv_per_lsb)));
    }
    recording.leads.push_back(std::move(lead));
  }
  return recording;
}

double bump(double t, double at, double width, double height) {
  const double x = (t - at) / width;
  return height * std::exp(-x * x);
}

// Sinus rhythm at 72/min, plausible enough to look at.
double beat(LeadId id, double seconds) {
  constexpr double kR[] = {700, 1100, 0, 0, 0, 0, 0, 150, 400, 800, 1500, 1400, 1000};
  constexpr double kS[] = {80, 100, 0, 0, 0, 0, 900, 1400, 900, 400, 200, 100, 100};
  const std::size_t lead = static_cast<std::size_t>(id);
  const double r = id == LeadId::kV1 ? 150 : kR[std::min<std::size_t>(lead, 12)];
  const double s = kS[std::min<std::size_t>(lead, 12)];
  const double t = std::fmod(seconds, 0.833) - 0.3;
  return bump(t, -0.16, 0.03, 110) + bump(t, -0.022, 0.009, -60) + bump(t, 0, 0.012, r) +
         bump(t, 0.026, 0.012, -s) + bump(t, 0.27, 0.06, 260 * (id == LeadId::kV1 ? -0.3 : 1));
}

ReportDocument document() {
  ReportDocument d;
  d.center_name = "毕节市心血管病中心";
  d.site_name = "百市镇卫生院";
  d.department = "全科";
  d.patient_name = "王小兰";
  d.sex = dsp::Sex::kFemale;
  d.age = "63 岁";
  d.birth_date = "1963-05-01";
  d.id_tail = "****1527";
  d.exam_number = "BS-20261121-0007";
  d.symptoms = "胸痛、心悸";
  d.priority = domain::Priority::kUrgent;
  d.device = "ECG-1200 #A10237";
  d.acquired_at = parse_iso8601("2026-11-21T06:02:31Z");
  d.received_at = parse_iso8601("2026-11-21T06:02:44Z");
  dsp::Measurements m;
  m.ventricular_rate_bpm = {72.0, ""};
  m.rr_mean_ms = {833.0, ""};
  m.pr_ms = {160.0, ""};
  m.qrs_ms = {92.0, ""};
  m.qt_ms = {384.0, ""};
  m.qtc_bazett_ms = {421.0, ""};
  m.qtc_fridericia_ms = {408.0, ""};
  m.qrs_axis_deg = {58.0, ""};
  d.measurements = measurement_lines(m, d.language);
  d.findings = {"窦性心律", "左心室高电压"};
  d.text = "请结合临床，必要时复查。";
  d.automatic_findings = {"窦性心律", "一度房室传导阻滞（可能）"};
  d.status = domain::ReportStatus::kFinal;
  d.signatures = {{SignerRole::kFirstReader, "李医师", *parse_iso8601("2026-11-21T06:05:10Z")},
                  {SignerRole::kConfirmingReader, "张主任", *parse_iso8601("2026-11-21T06:07:45Z")}};
  d.created_at = *parse_iso8601("2026-11-21T06:07:45Z");
  d.quality = domain::QualityState::kGood;
  d.algorithm = "ecg-dsp 0.1.0";
  d.version_hash = "9f2c61d07ab3e5c4";
  d.application = "ecg-server 0.1.0";
  return d;
}

class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "ecg-report-XXXXXX").string();
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path_); }
  std::filesystem::path operator/(const char* name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

std::string rendered(const ReportDocument& d, const dsp::Recording& recording) {
  auto pdf = render_pdf(d, recording);
  EXPECT_TRUE(pdf.ok()) << (pdf.ok() ? "" : pdf.error().detail);
  return pdf.ok() ? *pdf : std::string();
}

void save(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

std::string load(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream all;
  all << file.rdbuf();
  return all.str();
}

bool have_poppler() {
  return std::system("command -v pdftotext pdftoppm pdfinfo >/dev/null 2>&1") == 0;
}
#define ECG_NEEDS_POPPLER() \
  if (!have_poppler()) GTEST_SKIP() << "poppler-utils is not installed"

std::string run(const TemporaryFolder& folder, const std::string& command) {
  const std::string out = (folder / "out").string();
  EXPECT_EQ(std::system((command + " >" + out).c_str()), 0) << command;
  return load(out);
}

std::string text_of(const std::string& pdf) {
  TemporaryFolder folder;
  save(folder / "report.pdf", pdf);
  return run(folder, "pdftotext -layout " + (folder / "report.pdf").string() + " -");
}

struct Picture {
  int width = 0, height = 0;
  std::string rgb;
  int brightest(int x, int y) const {
    const auto at = static_cast<std::size_t>(3 * (y * width + x));
    return std::max({static_cast<unsigned char>(rgb[at]), static_cast<unsigned char>(rgb[at + 1]),
                     static_cast<unsigned char>(rgb[at + 2])});
  }
  // Traces and words are black; every colour of the grid has red above 200.
  bool dark(int x, int y) const { return brightest(x, y) < 110; }
};

Picture picture_of(const std::string& pdf) {
  TemporaryFolder folder;
  save(folder / "report.pdf", pdf);
  run(folder, "pdftoppm -r 254 -f 1 -l 1 -singlefile " + (folder / "report.pdf").string() + " " +
                  (folder / "page").string());
  std::istringstream file(load(folder / "page.ppm"));
  Picture picture;
  std::string magic;
  int most = 0;
  file >> magic >> picture.width >> picture.height >> most;
  file.get();
  EXPECT_EQ(magic, "P6");
  picture.rgb.resize(static_cast<std::size_t>(3 * picture.width * picture.height));
  file.read(picture.rgb.data(), static_cast<std::streamsize>(picture.rgb.size()));
  return picture;
}

// Dark pixels within a rectangle of the page, as first and last column and row, in millimetres of their
// middles.
struct Extent {
  double left = 1e9, right = -1, top = 1e9, bottom = -1;
};
Extent dark_extent(const Picture& picture, const RectMm& rect) {
  Extent extent;
  const auto pixel = [](double mm) { return static_cast<int>(std::lround(mm * kPixelsPerMm)); };
  for (int y = pixel(rect.y); y < pixel(rect.bottom()); ++y) {
    for (int x = pixel(rect.x); x < pixel(rect.right()); ++x) {
      if (!picture.dark(x, y)) continue;
      extent.left = std::min(extent.left, (x + 0.5) / kPixelsPerMm);
      extent.right = std::max(extent.right, (x + 0.5) / kPixelsPerMm);
      extent.top = std::min(extent.top, (y + 0.5) / kPixelsPerMm);
      extent.bottom = std::max(extent.bottom, (y + 0.5) / kPixelsPerMm);
    }
  }
  return extent;
}

TEST(RenderPdf, SaysWhoWhatAndByWhomInChinese) {
  ECG_NEEDS_POPPLER();
  const std::string text = text_of(rendered(document(), recording_of(beat)));
  for (const char* expected : {"12 导联心电图报告",
                               "王小兰",
                               "63 岁",
                               "百市镇卫生院",
                               "BS-20261121-0007",
                               "窦性心律",
                               "左心室高电压",
                               "请结合临床",
                               "李医师",
                               "张主任",
                               "2026-11-21 14:05:10 +08:00",
                               "已审核",
                               "25 mm/s",
                               "10 mm/mV",
                               "aVR",
                               "V6",
                               "第 1/1 页",
                               "9f2c61d07ab3e5c4",
                               "不作为诊断",
                               "50 mm"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected << "\n" << text;
  }
}

TEST(RenderPdf, SpeaksEnglishWhenAsked) {
  ECG_NEEDS_POPPLER();
  ReportDocument d = document();
  d.language = Language::kEnglish;
  d.status = domain::ReportStatus::kCorrected;
  d.version = 2;
  const std::string text = text_of(rendered(d, recording_of(beat)));
  for (const char* expected : {"12-lead ECG report", "corrected, version 2", "Confirmed by", "page 1/1"}) {
    EXPECT_NE(text.find(expected), std::string::npos) << expected;
  }
}

// Pixels of a mark of 20 % red on white; the grid has none of this colour.
int marked_pixels(const Picture& picture, const RectMm& area) {
  int count = 0;
  for (int y = static_cast<int>(area.y * kPixelsPerMm); y < static_cast<int>(area.bottom() * kPixelsPerMm);
       ++y) {
    for (int x = static_cast<int>(area.x * kPixelsPerMm); x < static_cast<int>(area.right() * kPixelsPerMm);
         ++x) {
      const auto* at =
          reinterpret_cast<const unsigned char*>(picture.rgb.data()) + 3 * (y * picture.width + x);
      const bool marked =
          std::abs(at[0] - 241) <= 2 && std::abs(at[1] - 208) <= 2 && std::abs(at[2] - 208) <= 2;
      count += marked ? 1 : 0;
    }
  }
  return count;
}

TEST(RenderPdf, MarkedUnconfirmedExactlyUntilItIsConfirmed) {
  ECG_NEEDS_POPPLER();
  ReportDocument d = document();
  const dsp::Recording recording = recording_of(beat);
  const RectMm grid = sheet_3x4_1(PaperScale{}, 10, LeadId::kII).grid;
  for (const domain::ReportStatus status : domain::kReportStatuses) {
    d.status = status;
    const std::string pdf = rendered(d, recording);
    const Picture picture = picture_of(pdf);
    const int marked = marked_pixels(picture, {0, 0, kPageWidthMm, grid.y - 0.5});
    if (domain::is_confirmed(status)) {
      EXPECT_EQ(marked, 0) << domain::name(status);
    } else {
      EXPECT_GT(marked, 20'000) << domain::name(status);
    }
    EXPECT_EQ(marked_pixels(picture, grid), 0) << "the mark stays off the traces";
    EXPECT_NE(text_of(pdf).find(status_text(status, d.version, d.language)), std::string::npos);
  }
}

TEST(RenderPdf, IsOneA4LandscapePageBelow200Kilobytes) {
  ECG_NEEDS_POPPLER();
  const std::string pdf = rendered(document(), recording_of(beat));
  EXPECT_LT(pdf.size(), 200'000u);
  TemporaryFolder folder;
  save(folder / "report.pdf", pdf);
  const std::string info = run(folder, "pdfinfo " + (folder / "report.pdf").string());
  EXPECT_NE(info.find("Pages:           1\n"), std::string::npos) << info;
  double width = 0, height = 0;
  const std::size_t size = info.find("Page size:");
  ASSERT_NE(size, std::string::npos);
  ASSERT_EQ(std::sscanf(info.c_str() + size, "Page size: %lf x %lf", &width, &height), 2);
  EXPECT_NEAR(width, 297 * 72 / 25.4, 0.5);
  EXPECT_NEAR(height, 210 * 72 / 25.4, 0.5);
  EXPECT_EQ(info.find("王小兰"), std::string::npos) << "no patient in the file's properties";
}

TEST(RenderPdf, SameInputGivesTheSameBytes) {
  const dsp::Recording recording = recording_of(beat);
  EXPECT_EQ(rendered(document(), recording), rendered(document(), recording));
}

TEST(RenderPdf, ThreadsRenderBesideOneAnother) {
  const dsp::Recording recording = recording_of(beat);
  const std::string expected = rendered(document(), recording);
  std::array<std::string, 3> results;
  {
    std::vector<std::jthread> threads;
    for (std::string& result : results) {
      threads.emplace_back([&result, &recording] {
        for (int i = 0; i < 3; ++i) {
          auto pdf = render_pdf(document(), recording);
          if (pdf.ok()) result = std::move(pdf).value();
        }
      });
    }
  }
  for (const std::string& result : results) EXPECT_EQ(result, expected);
}

TEST(RenderPdf, PulseIs10MillimetresHighAndTheTrace250Long) {
  ECG_NEEDS_POPPLER();
  const TraceSheet sheet = sheet_3x4_1(PaperScale{}, 10, LeadId::kII);
  const Picture picture = picture_of(rendered(document(), recording_of([](LeadId, double) { return 0.0; })));
  EXPECT_NEAR(picture.width, 2970, 1);
  EXPECT_NEAR(picture.height, 2100, 1);
  // Seen within 0.03 mm; 0.05 mm is the 0.5 % that print allows.
  constexpr double kLine = 0.3 - 1 / kPixelsPerMm;  // width of the line less one pixel between middles
  for (const Pulse& each : sheet.pulses) {
    const double zero = each.zero_mm;
    const Extent pulse = dark_extent(picture, {each.x_mm - 0.5, zero - 12, 6, 14});
    EXPECT_NEAR(pulse.bottom - pulse.top - kLine, 10.0, 0.05);
    EXPECT_NEAR(pulse.top + kLine / 2, zero - 10, 0.06);
    const Extent upper = dark_extent(picture, {each.x_mm - 0.5, zero - 9, 6, 8});
    EXPECT_NEAR(upper.right - upper.left - kLine, 5.0, 0.11) << "within one pixel";
  }
  const TraceCell& strip = sheet.cells.back();
  const Extent trace = dark_extent(picture, {strip.x_mm - 2, strip.zero_mm - 1, 256, 2});
  EXPECT_NEAR(trace.left, strip.x_mm, 0.1);
  EXPECT_NEAR(trace.right - trace.left, 250, 250 * 0.005);
}

TEST(RenderPdf, MillivoltOfSignalIsAsHighAsThePulse) {
  ECG_NEEDS_POPPLER();
  const TraceSheet sheet = sheet_3x4_1(PaperScale{}, 10, LeadId::kII);
  // 1 mV steps of 0.4 s; the offset of 20 mV must not push the trace out of its row.
  const Picture picture = picture_of(rendered(document(), recording_of([](LeadId id, double t) {
                                                return id == LeadId::kII
                                                           ? 20'000 + (std::fmod(t, 2.0) < 0.4 ? 1000.0 : 0.0)
                                                           : 0.0;
                                              })));
  const TraceCell& strip = sheet.cells.back();
  const Extent trace = dark_extent(picture, {strip.x_mm + 10, strip.zero_mm - 12, 235, 20});
  EXPECT_NEAR(trace.bottom - trace.top - 0.2, 10.0, 0.05);
  EXPECT_NEAR(trace.bottom - 0.1, strip.zero_mm, 0.06);
}

TEST(RenderPdf, ChestLeadsHigherThanTheirRowAreHalvedAndSaySo) {
  ECG_NEEDS_POPPLER();
  const auto height = [](double microvolts) {
    return recording_of([microvolts](LeadId id, double t) {
      return id == LeadId::kV2 && std::fmod(t, 1.0) < 0.1 ? microvolts : 0.0;
    });
  };
  EXPECT_EQ(text_of(rendered(document(), height(3300))).find("5 mm/mV"), std::string::npos);
  const std::string text = text_of(rendered(document(), height(3400)));
  EXPECT_NE(text.find("V1–V6: 5 mm/mV"), std::string::npos);
  EXPECT_NE(text.find("V2 5 mm/mV"), std::string::npos) << text;
}

TEST(RenderPdf, GapIsMarkedAndNeverDrawnAsAFlatLine) {
  ECG_NEEDS_POPPLER();
  dsp::Recording recording = recording_of([](LeadId, double) { return 0.0; });
  for (dsp::Lead& lead : recording.leads) {
    if (lead.id == LeadId::kII) lead.gaps = {{1500, 3500}};
  }
  const std::string pdf = rendered(document(), recording);
  EXPECT_NE(text_of(pdf).find("无信号"), std::string::npos);
  const Picture picture = picture_of(pdf);
  const TraceCell strip = sheet_3x4_1(PaperScale{}, 10, LeadId::kII).cells.back();
  int dark_columns = 0;
  const int from = static_cast<int>((strip.x_mm + 76) * kPixelsPerMm), to = from + 380;
  for (int x = from; x < to; ++x) {
    bool dark = false;
    for (int y = static_cast<int>((strip.zero_mm - 0.3) * kPixelsPerMm);
         y <= static_cast<int>((strip.zero_mm + 0.3) * kPixelsPerMm); ++y) {
      dark = dark || picture.dark(x, y);
    }
    dark_columns += dark ? 1 : 0;
  }
  EXPECT_LT(dark_columns, 190) << "hatching crosses the zero line, a trace would follow it";
}

TEST(RenderPdf, MissingLeadsAreNamedAsMissing) {
  ECG_NEEDS_POPPLER();
  dsp::Recording recording = recording_of(beat);
  recording.leads.resize(2);  // limb leads only: aVR and others are derived, V1 to V6 are not there
  const std::string text = text_of(rendered(document(), recording));
  std::size_t count = 0;
  for (std::size_t at = text.find("未记录"); at != std::string::npos; at = text.find("未记录", at + 1))
    ++count;
  EXPECT_EQ(count, 6u);
  EXPECT_NE(text.find("由 I、II 导出"), std::string::npos);
  recording.leads.clear();
  EXPECT_TRUE(render_pdf(document(), recording).ok());
}

TEST(RenderPdf, LeadOfUnknownSensitivityIsDrawnWithAWarning) {
  ECG_NEEDS_POPPLER();
  dsp::Recording recording = recording_of(beat);
  recording.leads[2].uv_per_lsb = 0;
  EXPECT_NE(text_of(rendered(document(), recording)).find("未定标"), std::string::npos);
}

TEST(RenderPdf, UnmatchedPatientBearsABannerAndTheTemporaryId) {
  ECG_NEEDS_POPPLER();
  ReportDocument d = document();
  d.identity = domain::IdentityState::kUnidentified;
  d.patient_name.clear();
  d.id_tail.clear();
  d.temporary_id = "T-4711";
  const std::string text = text_of(rendered(d, recording_of(beat)));
  EXPECT_NE(text.find("患者身份待匹配"), std::string::npos);
  EXPECT_NE(text.find("T-4711"), std::string::npos);
}

TEST(RenderPdf, LongTextGoesOnInFullOnFurtherPages) {
  ECG_NEEDS_POPPLER();
  ReportDocument d = document();
  d.text.clear();
  for (int i = 1; i <= 120; ++i) d.text += "第" + std::to_string(i) + "句，供核对全文。\n";
  const std::string text = text_of(rendered(d, recording_of(beat)));
  EXPECT_NE(text.find("全文见第 2 页"), std::string::npos);
  for (int i = 1; i <= 120; ++i) {
    EXPECT_NE(text.find("第" + std::to_string(i) + "句"), std::string::npos) << i;
  }
  EXPECT_NE(text.find("第 2/"), std::string::npos);
}

TEST(RenderPdf, LongRecordingSaysWhichPartIsShown) {
  ECG_NEEDS_POPPLER();
  const std::string text = text_of(rendered(document(), recording_of(beat, 30)));
  EXPECT_NE(text.find("0–10 s / 30 s"), std::string::npos);
}

TEST(RenderPdf, BytesThatAreNotUtf8DoNotStopTheReport) {
  ReportDocument d = document();
  d.text =
      "ab\xff\xfe"
      "cd";
  EXPECT_TRUE(render_pdf(d, recording_of(beat)).ok());
}

}  // namespace
}  // namespace ecg::reporting
