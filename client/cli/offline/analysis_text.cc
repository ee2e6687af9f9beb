#include <cmath>

#include "client/cli/offline/analysis_output.h"
#include "dsp/interpret/statements.h"

namespace ecg::cli {
namespace {

struct Words {
  Language language;
  std::string_view of(std::string_view en, std::string_view zh) const {
    return language == Language::kChinese ? zh : en;
  }
};

std::string phrase_text(std::string_view code, Words words) {
  const auto* phrase = dsp::phrase(code);
  return std::string(phrase == nullptr ? code : words.of(phrase->en, phrase->zh));
}

std::string fixed(double value, int decimals) {
  const double scale = decimals == 0 ? 1 : 10;
  const auto units = std::llround(value * scale);
  std::string text = std::to_string(units / static_cast<long long>(scale));
  if (decimals > 0) text += "." + std::to_string(std::llabs(units) % 10);
  return units < 0 && units > -static_cast<long long>(scale) ? "-" + text : text;
}

// "  QT       402 ms" or "  QT       - (no T wave)".
std::string number_line(std::string_view name, const dsp::Measured& measured, std::string_view unit,
                        Words words) {
  std::string line = "  " + std::string(name);
  line.resize(std::max<std::size_t>(line.size() + 1, 18), ' ');
  if (measured.value) return line + fixed(*measured.value, 0) + " " + std::string(unit) + "\n";
  return line + "- (" + phrase_text(measured.reason, words) + ")\n";
}

std::string_view urgency_text(dsp::Urgency urgency, Words words) {
  switch (urgency) {
    case dsp::Urgency::kUnreadable:
      return words.of("unreadable: cannot tell", "无法判读");
    case dsp::Urgency::kNothingCriticalFound:
      return words.of("nothing critical found", "未见危急表现");
    case dsp::Urgency::kMajorPositive:
      return words.of("major positive finding", "重大阳性");
    case dsp::Urgency::kCritical:
      return words.of("critical", "危急值");
  }
  return "";
}

std::string_view certainty_text(dsp::Certainty certainty, Words words) {
  switch (certainty) {
    case dsp::Certainty::kPossible:
      return words.of("possible", "可能");
    case dsp::Certainty::kProbable:
      return words.of("probable", "考虑");
    case dsp::Certainty::kDefinite:
      return words.of("definite", "确定");
  }
  return "";
}

// "    II st_j_uv 210 (100), III st_j_uv 250 (100)": value and limit, by the names the JSON uses too.
std::string evidence_line(const dsp::Statement& statement) {
  std::string line;
  for (const auto& item : statement.evidence) {
    line += line.empty() ? "    " : ", ";
    if (!item.lead.empty()) line += item.lead + " ";
    line += item.measure + " " + fixed(item.value, std::abs(item.value) < 10 ? 1 : 0);
    if (item.limit != 0) line += " (" + fixed(item.limit, std::abs(item.limit) < 10 ? 1 : 0) + ")";
  }
  return line.empty() ? line : line + "\n";
}

std::string quality_lines(const AnalyzedFile& file, Words words) {
  std::string out;
  const auto& leads = file.imported.recording.leads;
  for (const auto& quality : file.analysis.lead_quality) {
    if (quality.lead < 0 || quality.lead >= std::ssize(leads) || quality.reasons.empty()) continue;
    out += "  " + lead_text(leads[static_cast<std::size_t>(quality.lead)]) + ":";
    for (const auto reason : quality.reasons)
      out += " " + phrase_text(quality_reason_word(reason), words) + ";";
    out.back() = '\n';
  }
  return out;
}

}  // namespace

std::string analysis_text(const AnalyzedFile& file, Language language) {
  const Words words{language};
  const auto& recording = file.imported.recording;
  const auto& m = file.analysis.measurements;
  std::string out = file.id + "  " + file.imported.format + "  " +
                    fixed(recording.sampling_frequency.value, 0) + " Hz  " +
                    std::to_string(recording.leads.size()) + std::string(words.of(" leads  ", " 导联  ")) +
                    fixed(recording.duration_s(), 1) + " s\n";
  out += number_line(words.of("Rate", "心室率"), m.ventricular_rate_bpm, words.of("/min", "次/分"), words);
  out += number_line("PR", m.pr_ms, "ms", words) + number_line("QRS", m.qrs_ms, "ms", words) +
         number_line("QT", m.qt_ms, "ms", words) + number_line("QTc (Bazett)", m.qtc_bazett_ms, "ms", words) +
         number_line(words.of("QRS axis", "QRS 电轴"), m.qrs_axis_deg, words.of("deg", "度"), words);
  out += std::string(words.of("Statements\n", "诊断提示\n"));
  bool none = true;
  for (const auto& statement : file.analysis.statements) {
    // "Normal" is a reader's word; what was looked for and not found stands under Urgency.
    if (statement.code == "NORMAL" || statement.code == "BORDERLINE") continue;
    none = false;
    const auto* text = dsp::statement_text(statement.code);
    out += "  " +
           std::string(text == nullptr ? std::string_view(statement.code) : words.of(text->en, text->zh)) +
           " (" + std::string(certainty_text(statement.certainty, words)) + ")\n" + evidence_line(statement);
  }
  if (none) out += std::string(words.of("  none\n", "  无\n"));
  const std::string quality = quality_lines(file, words);
  if (!quality.empty()) out += std::string(words.of("Signal quality\n", "信号质量\n")) + quality;
  out += std::string(words.of("Urgency: ", "紧急程度：")) +
         std::string(urgency_text(file.analysis.urgency, words)) + "\n";
  for (const auto& oddity : file.imported.oddities)
    out += std::string(words.of("Note: ", "注意：")) + formats::oddity_text(oddity, language) + "\n";
  out += words.of("Automatic result, not a signed report. ", "自动分析结果，非签发报告。");
  return out + std::string(dsp::kAlgorithmName) + " " + file.analysis.algorithm_version + "\n";
}

}  // namespace ecg::cli
