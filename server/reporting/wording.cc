#include "server/reporting/wording.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <iterator>

namespace ecg::reporting {
namespace {

struct Entry {
  Word word;
  std::string_view en, zh;
};
constexpr Entry kWords[] = {
    {Word::kTitle, "12-lead ECG report", "12 导联心电图报告"},
    {Word::kName, "Name", "姓名"},
    {Word::kSex, "Sex", "性别"},
    {Word::kFemale, "female", "女"},
    {Word::kMale, "male", "男"},
    {Word::kSexUnknown, "unknown", "未知"},
    {Word::kAge, "Age", "年龄"},
    {Word::kBirthDate, "Born", "出生日期"},
    {Word::kIdTail, "ID ends", "证件尾号"},
    {Word::kTemporaryId, "Temporary id", "临时编号"},
    {Word::kExamNumber, "Exam no.", "检查号"},
    {Word::kPriority, "Class", "类别"},
    {Word::kSite, "Site", "申请机构"},
    {Word::kDepartment, "Department", "科室"},
    {Word::kSymptoms, "Symptoms", "症状"},
    {Word::kDevice, "Device", "设备"},
    {Word::kAcquired, "Acquired", "采集时间"},
    {Word::kReceived, "Received", "接收时间"},
    {Word::kMeasurements, "Measurements", "测量值"},
    {Word::kFindings, "Report", "诊断意见"},
    {Word::kAutomatic, "Proposed by the analysis", "自动分析提示"},
    {Word::kQuality, "Signal quality", "信号质量"},
    {Word::kFirstReader, "Reader", "报告医师"},
    {Word::kConfirmingReader, "Confirmed by", "审核医师"},
    {Word::kSignature, "Signatures", "签名"},
    {Word::kNotSigned, "not signed", "未签名"},
    {Word::kUnidentified, "Patient not identified", "患者身份待匹配"},
    {Word::kMismatch, "Patient identity to be checked", "患者身份待核对"},
    {Word::kGap, "no signal", "无信号"},
    {Word::kNotRecorded, "not recorded", "未记录"},
    {Word::kNotCalibrated, "not calibrated", "未定标"},
    {Word::kAsRecorded, "as recorded, no filter", "原始波形，滤波 关"},
    {Word::kContinued, "… continued on page 2", "……全文见第 2 页"},
    {Word::kReportText, "Full text", "报告全文"},
    {Word::kPage, "page", "页"},
    {Word::kVersionHash, "version", "版本摘要"},
    {Word::kShown, "shown", "显示"},
    {Word::kDerived, "III aVR aVL aVF derived from I and II", "III、aVR、aVL、aVF 由 I、II 导出"},
    {Word::kNoFindings, "no statement yet", "尚无诊断意见"},
    {Word::kHeartRate, "Rate", "心率"},
    {Word::kAxes, "P/QRS/T axes", "P/QRS/T 电轴"},
};

constexpr bool in_order() {
  for (std::size_t i = 0; i < std::size(kWords); ++i) {
    if (static_cast<std::size_t>(kWords[i].word) != i) return false;
  }
  return true;
}
static_assert(in_order() && std::size(kWords) == static_cast<std::size_t>(Word::kAxes) + 1);

constexpr std::string_view kDash = "—";

std::string number(const dsp::Measured& measured) {
  if (!measured.value || !std::isfinite(*measured.value)) return std::string(kDash);
  return std::to_string(std::lround(*measured.value));
}

}  // namespace

std::string_view word(Word word, Language language) {
  const Entry& entry = kWords[static_cast<std::size_t>(word)];
  return language == Language::kChinese ? entry.zh : entry.en;
}

std::string_view automatic_notice(Language language) {
  return language == Language::kChinese
             ? "自动预分析，不作为诊断，须经医师确认"
             : "Automatic pre-analysis – not a diagnosis – must be confirmed by a physician";
}

std::string_view urgency_text(dsp::Urgency urgency, Language language) {
  const bool zh = language == Language::kChinese;
  switch (urgency) {
    case dsp::Urgency::kUnreadable:
      return zh ? "自动检查无法判断（信号不可读）" : "The automatic check cannot tell (signal not readable)";
    case dsp::Urgency::kNothingCriticalFound:
      return zh ? "自动检查未发现危急图形（不能排除疾病）"
                : "No critical pattern found by the automatic check (does not exclude disease)";
    case dsp::Urgency::kMajorPositive:
      return zh ? "自动检查疑似重大阳性值" : "The automatic check suspects a major positive finding";
    case dsp::Urgency::kCritical:
      return zh ? "自动检查疑似危急值" : "The automatic check suspects a critical value";
  }
  return {};
}

std::string status_text(domain::ReportStatus status, int version, Language language) {
  using R = domain::ReportStatus;
  const bool zh = language == Language::kChinese;
  const std::string n = std::to_string(version);
  switch (status) {
    case R::kPreliminary:
      return zh ? "未审核" : "UNCONFIRMED";
    case R::kFinal:
      return zh ? "已审核" : "confirmed";
    case R::kAmended:
      return zh ? "修订第 " + n + " 版" : "amended, version " + n;
    case R::kCorrected:
      return zh ? "更正第 " + n + " 版" : "corrected, version " + n;
    case R::kEnteredInError:
      return zh ? "录入错误，作废" : "entered in error, void";
  }
  return {};
}

std::string_view watermark_text(domain::ReportStatus status) {
  if (domain::is_confirmed(status)) return {};
  return status == domain::ReportStatus::kEnteredInError ? "作废 VOID" : "未审核 UNCONFIRMED";
}

std::vector<MeasurementLine> measurement_lines(const dsp::Measurements& m, Language language) {
  return {
      {std::string(word(Word::kHeartRate, language)), number(m.ventricular_rate_bpm), "bpm"},
      {"RR", number(m.rr_mean_ms), "ms"},
      {"P", number(m.p_ms), "ms"},
      {"PR", number(m.pr_ms), "ms"},
      {"QRS", number(m.qrs_ms), "ms"},
      {"QT", number(m.qt_ms), "ms"},
      {"QTcB", number(m.qtc_bazett_ms), "ms"},
      {"QTcF", number(m.qtc_fridericia_ms), "ms"},
      {std::string(word(Word::kAxes, language)),
       number(m.p_axis_deg) + "/" + number(m.qrs_axis_deg) + "/" + number(m.t_axis_deg), "°"},
  };
}

std::string local_time(Timestamp at, int utc_offset_minutes) {
  using namespace std::chrono;  // NOLINT: calendar arithmetic only
  const auto local = floor<seconds>(at) + minutes{utc_offset_minutes};
  const auto day = floor<days>(local);
  const year_month_day date{day};
  const hh_mm_ss time{local - day};
  const int offset = std::abs(utc_offset_minutes);
  char text[64];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u %02d:%02d:%02d %c%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()), utc_offset_minutes < 0 ? '-' : '+', offset / 60,
                offset % 60);
  return text;
}

}  // namespace ecg::reporting
