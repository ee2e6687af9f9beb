#include "common/formats/csv.h"

#include <algorithm>
#include <cmath>

#include "common/formats/text.h"

namespace ecg::formats {
namespace {

constexpr std::string_view kFirstLine = "# ecg-csv 1";

bool in_gap(const dsp::Lead& lead, dsp::SampleIndex frame, std::size_t& next_gap) {
  while (next_gap < lead.gaps.size() && lead.gaps[next_gap].end <= frame) ++next_gap;
  return next_gap < lead.gaps.size() && lead.gaps[next_gap].begin <= frame;
}

std::string column_name(const dsp::Lead& lead) {
  std::string name = lead.id != dsp::LeadId::kOther ? std::string(dsp::lead_name(lead.id)) : lead.label;
  for (char& c : name)
    if (c == ',' || c == '"' || c == '\n' || c == '\r') c = '_';
  return name.empty() ? "lead" : name;
}

// Takes lines one by one; the last one has to be ended too.
class LineReader {
 public:
  explicit LineReader(Bytes bytes) : rest_(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {}
  bool at_end() const { return rest_.empty(); }
  bool next(std::string_view& line) {
    const auto end = rest_.find('\n');
    if (end == std::string_view::npos) return false;
    line = rest_.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    rest_.remove_prefix(end + 1);
    return true;
  }

 private:
  std::string_view rest_;
};

Error malformed(const std::string& name, const char* what) {
  return {ErrorCode::kFileMalformed, name, std::string("CSV: ") + what};
}

struct Preamble {
  double sampling_hz = 0;
  dsp::SampleIndex frames = 0;
  std::vector<double> uv_per_lsb;
  std::vector<std::int32_t> baseline;
};

template <class T>
bool parse_list(std::string_view text, std::vector<T>& out) {
  if (text.size() > 64 * kImportLeadsMax) return false;
  for (const auto part : split(text, ',')) {
    const auto value = parse_number<T>(trim(part));
    if (!value) return false;
    out.push_back(*value);
  }
  return true;
}

bool parse_preamble_line(std::string_view line, Preamble& preamble) {
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) return true;  // a remark
  const std::string_view key = trim(line.substr(1, equals - 1)), value = line.substr(equals + 1);
  if (key == "uv_per_lsb") return parse_list(value, preamble.uv_per_lsb);
  if (key == "baseline") return parse_list(value, preamble.baseline);
  if (key == "frames") {
    preamble.frames = parse_number<dsp::SampleIndex>(trim(value)).value_or(0);
    return preamble.frames > 0;
  }
  if (key != "sampling_frequency_hz") return true;
  preamble.sampling_hz = parse_number<double>(trim(value)).value_or(0);
  return preamble.sampling_hz > 0 && std::isfinite(preamble.sampling_hz);
}

bool parse_row(std::string_view line, std::vector<dsp::Lead>& leads) {
  const auto frame = static_cast<dsp::SampleIndex>(leads.front().samples.size());
  const auto first = line.find(',');
  if (first == std::string_view::npos || parse_number<dsp::SampleIndex>(line.substr(0, first)) != frame)
    return false;
  line.remove_prefix(first + 1);
  for (std::size_t k = 0; k < leads.size(); ++k) {
    const auto comma = line.find(',');
    if ((comma == std::string_view::npos) != (k + 1 == leads.size())) return false;
    const std::string_view cell = line.substr(0, comma);
    const auto value = parse_number<std::int32_t>(cell);
    if (!value && !cell.empty()) return false;
    if (!value) {
      auto& gaps = leads[k].gaps;
      if (!gaps.empty() && gaps.back().end == frame)
        gaps.back().end = frame + 1;
      else
        gaps.push_back({frame, frame + 1});
    }
    leads[k].samples.push_back(value.value_or(0));
    if (comma != std::string_view::npos) line.remove_prefix(comma + 1);
  }
  return true;
}

}  // namespace

std::string write_csv(const dsp::Recording& recording) {
  std::string sensitivity, baseline, names = "frame";
  for (const auto& lead : recording.leads) {
    sensitivity += (sensitivity.empty() ? "" : ",") + number_text(lead.uv_per_lsb);
    baseline += (baseline.empty() ? "" : ",") + std::to_string(lead.baseline);
    names += "," + column_name(lead);
  }
  std::string out = std::string(kFirstLine) +
                    "\n# sampling_frequency_hz=" + number_text(recording.sampling_frequency.value) +
                    "\n# frames=" + std::to_string(recording.frames()) + "\n# uv_per_lsb=" + sensitivity +
                    "\n# baseline=" + baseline + "\n" + names + "\n";
  std::vector<std::size_t> next_gap(recording.leads.size());
  for (dsp::SampleIndex i = 0; i < recording.frames(); ++i) {
    out += std::to_string(i);
    for (std::size_t k = 0; k < recording.leads.size(); ++k) {
      out += ',';
      if (!in_gap(recording.leads[k], i, next_gap[k]))
        out += std::to_string(recording.leads[k].samples[static_cast<std::size_t>(i)]);
    }
    out += '\n';
  }
  return out;
}

bool looks_like_csv(Bytes bytes) {
  return bytes.size() >= kFirstLine.size() && std::equal(kFirstLine.begin(), kFirstLine.end(), bytes.begin());
}

Result<ImportedRecording> read_csv(Bytes bytes, const std::string& name) {
  LineReader lines(bytes);
  Preamble preamble;
  std::string_view line;
  do {
    if (!lines.next(line)) return Error{ErrorCode::kFileTruncated, name};
    if (line.starts_with('#') && !parse_preamble_line(line, preamble)) return malformed(name, "preamble");
  } while (line.starts_with('#'));

  const auto columns = split(line, ',');
  if (columns.size() < 2 || columns.front() != "frame") return malformed(name, "column names");
  const std::size_t leads = columns.size() - 1;
  if (leads > kImportLeadsMax) return Error{ErrorCode::kTooManyLeads, name};
  if (preamble.sampling_hz <= 0 || preamble.frames == 0 || preamble.uv_per_lsb.size() != leads ||
      preamble.baseline.size() != leads)
    return malformed(name, "preamble");
  ImportedRecording out;
  out.format = "CSV";
  out.recording.sampling_frequency = {preamble.sampling_hz};
  out.recording.leads.resize(leads);
  for (std::size_t k = 0; k < leads; ++k) {
    auto& lead = out.recording.leads[k];
    lead.label =
        clean_text({reinterpret_cast<const std::uint8_t*>(columns[k + 1].data()), columns[k + 1].size()});
    lead.id = dsp::lead_from_name(lead.label);
    lead.baseline = preamble.baseline[k];
    if (!(preamble.uv_per_lsb[k] >= 0) || !std::isfinite(preamble.uv_per_lsb[k]))
      return malformed(name, "uv_per_lsb");
    lead.uv_per_lsb = preamble.uv_per_lsb[k];
    if (lead.uv_per_lsb == 0) out.oddities.push_back({"sensitivity_unknown", lead.label});
  }
  if (static_cast<std::size_t>(preamble.frames) > kImportSamplesMax / leads)
    return Error{ErrorCode::kTooLarge, name, "samples"};
  while (out.recording.frames() < preamble.frames) {
    if (!lines.next(line)) return Error{ErrorCode::kFileTruncated, name};
    if (!parse_row(line, out.recording.leads)) return malformed(name, "row");
  }
  if (!lines.at_end()) return malformed(name, "more rows than stated");
  return out;
}

}  // namespace ecg::formats
