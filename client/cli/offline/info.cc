#include "client/cli/offline/info.h"

#include <exception>
#include <filesystem>
#include <ostream>

#include <nlohmann/json.hpp>

#include "client/cli/offline/analysis_output.h"
#include "client/cli/offline/output_file.h"
#include "common/formats/text.h"

namespace ecg::cli {
namespace {

using Json = nlohmann::ordered_json;

std::string_view sex_word(dsp::Sex sex) {
  switch (sex) {
    case dsp::Sex::kUnknown:
      return "unknown";
    case dsp::Sex::kFemale:
      return "female";
    case dsp::Sex::kMale:
      return "male";
  }
  return "";
}

dsp::SampleIndex gap_samples(const dsp::Lead& lead) {
  dsp::SampleIndex sum = 0;
  for (const auto& gap : lead.gaps) sum += gap.end - gap.begin;
  return sum;
}

std::string info_json(const formats::ImportedRecording& r, const std::string& id, Language language) {
  Json leads = Json::array(), oddities = Json::array();
  for (const auto& lead : r.recording.leads)
    leads.push_back({{"name", lead_text(lead)},
                     {"label", lead.label},
                     {"uv_per_lsb", lead.uv_per_lsb > 0 ? Json(lead.uv_per_lsb) : Json(nullptr)},
                     {"baseline", lead.baseline},
                     {"gap_samples", gap_samples(lead)}});
  for (const auto& oddity : r.oddities)
    oddities.push_back(
        {{"code", oddity.code}, {"detail", oddity.detail}, {"text", formats::oddity_text(oddity, language)}});
  const Json out = {
      {"schema", "ecg.info"},
      {"record",
       {{"id", id},
        {"format", r.format},
        {"fs", r.recording.sampling_frequency.value},
        {"samples", r.recording.frames()},
        {"duration_s", r.recording.duration_s()},
        {"acquired_at", r.acquired_at ? Json(to_iso8601(*r.acquired_at)) : Json(nullptr)},
        {"acquired_local", r.acquired_local.empty() ? Json(nullptr) : Json(r.acquired_local)}}},
      {"device",
       {{"manufacturer", r.device.manufacturer}, {"model", r.device.model}, {"serial", r.device.serial}}},
      {"patient",
       {{"id", r.patient.id},
        {"name", r.patient.name},
        {"sex", sex_word(r.patient.sex)},
        {"birth_date", r.patient.birth_date},
        {"age_years", r.patient.age_years ? Json(*r.patient.age_years) : Json(nullptr)}}},
      {"leads", std::move(leads)},
      {"oddities", std::move(oddities)},
      {"comments", r.comments}};
  return out.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string info_text(const formats::ImportedRecording& r, const std::string& id, Language language) {
  const auto words = [&](const char* en, const char* zh) { return language == Language::kChinese ? zh : en; };
  std::string out = id + "  " + r.format + "\n";
  const auto line = [&](const char* name, const std::string& value) {
    if (!value.empty()) out += std::string("  ") + name + ": " + value + "\n";
  };
  line(words("Sampling frequency", "采样率"),
       formats::number_text(r.recording.sampling_frequency.value) + " Hz");
  line(words("Samples per lead", "每导联采样点"), std::to_string(r.recording.frames()));
  line(words("Duration", "时长"), formats::number_text(r.recording.duration_s()) + " s");
  line(words("Acquired (UTC)", "采集时间（UTC）"), r.acquired_at ? to_iso8601(*r.acquired_at) : "");
  line(words("Acquired (device clock)", "采集时间（设备时钟）"), r.acquired_local);
  line(words("Device", "设备"),
       std::string(formats::trim(r.device.manufacturer + " " + r.device.model + " " + r.device.serial)));
  line(words("Patient id", "患者编号"), r.patient.id);
  line(words("Patient name", "患者姓名"), r.patient.name);
  if (r.patient.sex != dsp::Sex::kUnknown)
    line(words("Sex", "性别"),
         r.patient.sex == dsp::Sex::kFemale ? words("female", "女") : words("male", "男"));
  line(words("Birth date", "出生日期"), r.patient.birth_date);
  if (r.patient.age_years) line(words("Age", "年龄"), formats::number_text(*r.patient.age_years));
  for (const auto& lead : r.recording.leads) {
    std::string facts = lead.uv_per_lsb > 0 ? formats::number_text(lead.uv_per_lsb) + " uV/LSB"
                                            : std::string(words("sensitivity unknown", "灵敏度未知"));
    if (lead.baseline != 0)
      facts += std::string(words(", baseline ", "，基线 ")) + std::to_string(lead.baseline);
    if (!lead.gaps.empty())
      facts +=
          std::string(words(", samples in gaps: ", "，缺失采样点：")) + std::to_string(gap_samples(lead));
    out += "  " + lead_text(lead) + ": " + facts + "\n";
  }
  for (const auto& oddity : r.oddities)
    out += std::string(words("  Note: ", "  注意：")) + formats::oddity_text(oddity, language) + "\n";
  return out;
}

}  // namespace

int run_info(const InfoOptions& options, std::ostream& out, std::ostream& err) {
  try {
    const auto read = formats::read_file(options.file);
    if (!read.ok()) return report_error(read.error(), options.json, options.language, out, err);
    const std::string id = std::filesystem::path(options.file).stem().string();
    out << (options.json ? info_json(*read, id, options.language) : info_text(*read, id, options.language));
    return 0;
  } catch (const std::exception& fault) {
    const Error error{ErrorCode::kInternal, options.file, fault.what()};
    return report_error(error, options.json, options.language, out, err);
  }
}

}  // namespace ecg::cli
