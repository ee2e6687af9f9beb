#include "common/formats/wfdb_header.h"

#include <cmath>

#include "common/formats/text.h"
#include "common/formats/wfdb.h"

namespace ecg::formats::wfdb {
namespace {

constexpr double kSamplingHzDefault = 250;  // header(5): when the field is absent
constexpr double kSamplingHzHighest = 1e6;

struct Line {
  std::string_view text;
  bool ended = false;
};

struct Lines {
  std::vector<Line> specification;
  std::vector<std::string_view> comments;
};

Lines split_lines(Bytes bytes) {
  Lines lines;
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const std::string_view text = trim(rest.substr(0, end));
    if (text.starts_with('#')) {
      lines.comments.push_back(trim(text.substr(1)));
    } else if (!text.empty()) {
      lines.specification.push_back({text, end != std::string_view::npos});
    }
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return lines;
}

Error malformed(const std::string& name, const char* field) {
  return {ErrorCode::kFileMalformed, name, std::string("WFDB header: ") + field};
}
Error unsupported(const std::string& name, const std::string& what) {
  return {ErrorCode::kFormatUnsupported, name, "WFDB header: " + what};
}

bool parse_record_line(std::string_view line, Header& header, std::uint64_t& signals) {
  const auto fields = split_blank(line);
  if (fields.size() < 2) return false;
  header.record = std::string(fields[0]);
  const auto count = parse_number<std::uint64_t>(fields[1]);
  if (!count) return false;
  signals = *count;
  header.sampling_hz = kSamplingHzDefault;
  if (fields.size() > 2) {  // "360", "360/360", "360/1000(5)"
    const std::string_view text = fields[2].substr(0, fields[2].find_first_of("/("));
    const auto hz = parse_number<double>(text);
    if (!hz || !std::isfinite(*hz) || *hz <= 0 || *hz > kSamplingHzHighest) return false;
    header.sampling_hz = *hz;
    header.sampling_stated = true;
  }
  if (fields.size() > 3) {
    const auto frames = parse_number<std::uint64_t>(fields[3]);
    if (!frames) return false;
    if (*frames > 0) header.frames = *frames;
  }
  for (std::size_t i = 4; i < fields.size() && i < 6; ++i)
    (fields[i].find(':') != std::string_view::npos ? header.time : header.date) = std::string(fields[i]);
  return true;
}

// "16", "212x1", "16:3", "16+24" and their mixtures.
Result<void> parse_format(std::string_view text, Signal& signal, const std::string& name) {
  const auto digits = text.find_first_not_of("0123456789");
  const auto format = parse_number<int>(text.substr(0, digits));
  if (!format) return malformed(name, "signal format");
  signal.format = *format;
  std::string_view rest = digits == std::string_view::npos ? std::string_view() : text.substr(digits);
  while (!rest.empty()) {
    const char kind = rest.front();
    rest.remove_prefix(1);
    const auto end = rest.find_first_not_of("0123456789");
    const auto value = parse_number<std::uint64_t>(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end);
    if (!value) return malformed(name, "signal format");
    if (kind == 'x' && *value != 1) return unsupported(name, "several samples per frame");
    if (kind == ':' && *value != 0) return unsupported(name, "skew");
    if (kind == '+') signal.byte_offset = *value;
    if (kind != 'x' && kind != ':' && kind != '+') return malformed(name, "signal format");
  }
  return {};
}

// "1000", "1000/mV", "1000.0(-5)/mV".
bool parse_gain(std::string_view text, Signal& signal, bool& baseline_stated) {
  if (const auto slash = text.find('/'); slash != std::string_view::npos) {
    signal.unit = lower(text.substr(slash + 1));
    text = text.substr(0, slash);
  }
  if (const auto open = text.find('('); open != std::string_view::npos) {
    if (text.back() != ')') return false;
    const auto baseline = parse_number<std::int32_t>(text.substr(open + 1, text.size() - open - 2));
    if (!baseline) return false;
    signal.baseline = *baseline;
    baseline_stated = true;
    text = text.substr(0, open);
  }
  const auto gain = parse_number<double>(text);
  if (!gain || !std::isfinite(*gain)) return false;
  signal.gain = *gain;
  return true;
}

Result<Signal> parse_signal_line(std::string_view line, const std::string& name) {
  const auto fields = split_blank(line);
  if (fields.size() < 2) return malformed(name, "signal line");
  Signal signal;
  signal.unit = "mv";
  signal.file = std::string(fields[0]);
  if (!is_plain_file_name(signal.file) || signal.file == "-") return malformed(name, "signal file name");
  ECG_TRY(parse_format(fields[1], signal, name));
  bool baseline_stated = false;
  if (fields.size() > 2 && !parse_gain(fields[2], signal, baseline_stated)) return malformed(name, "gain");
  if (signal.gain < 0) return unsupported(name, "negative gain");
  if (fields.size() > 4) {
    const auto zero = parse_number<std::int32_t>(fields[4]);
    if (!zero) return malformed(name, "ADC zero");
    if (!baseline_stated) signal.baseline = *zero;
  }
  if (fields.size() > 5) {
    signal.initial_value = parse_number<std::int32_t>(fields[5]);
    if (!signal.initial_value) return malformed(name, "initial value");
  }
  if (fields.size() > 6) {
    const auto sum = parse_number<std::int32_t>(fields[6]);
    if (!sum || *sum < -32768 || *sum > 65535) return malformed(name, "checksum");
    signal.checksum = static_cast<std::uint16_t>(*sum);
  }
  if (fields.size() > 8) {
    const auto at = static_cast<std::size_t>(fields[8].data() - line.data());
    const std::string_view text = trim(line.substr(at));
    signal.description = clean_text({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()});
  }
  return signal;
}

}  // namespace

Result<Header> parse_header(Bytes bytes, const std::string& name) {
  const Lines lines = split_lines(bytes);
  if (lines.specification.empty()) return malformed(name, "no record line");
  Header header;
  std::uint64_t signals = 0;
  if (!parse_record_line(lines.specification.front().text, header, signals))
    return malformed(name, "record line");
  if (header.record.find('/') != std::string::npos) return unsupported(name, "several segments");
  if (signals == 0) return unsupported(name, "no signals");
  if (signals > kImportLeadsMax) return Error{ErrorCode::kTooManyLeads, name};
  if (lines.specification.size() < 1 + signals) return Error{ErrorCode::kFileTruncated, name, "WFDB header"};
  if (lines.specification.size() > 1 + signals) return malformed(name, "more lines than signals");
  if (!lines.specification.back().ended)
    return Error{ErrorCode::kFileTruncated, name, "WFDB header: last line"};
  for (std::size_t i = 1; i <= signals; ++i) {
    ECG_ASSIGN(auto signal, parse_signal_line(lines.specification[i].text, name));
    header.signals.push_back(std::move(signal));
  }
  for (const auto comment : lines.comments)
    header.comments.push_back(
        clean_text({reinterpret_cast<const std::uint8_t*>(comment.data()), comment.size()}));
  return header;
}

}  // namespace ecg::formats::wfdb

namespace ecg::formats {

bool looks_like_wfdb_header(Bytes bytes) {
  constexpr std::size_t kProbe = 4096;
  wfdb::Header header;
  std::uint64_t signals = 0;
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), std::min(bytes.size(), kProbe));
  while (!rest.empty()) {
    const auto end = rest.find('\n');
    const std::string_view line = trim(rest.substr(0, end));
    if (!line.empty() && !line.starts_with('#')) {
      for (const char c : line)
        if (static_cast<unsigned char>(c) < 0x20 && c != '\t') return false;
      return wfdb::parse_record_line(line, header, signals);
    }
    if (end == std::string_view::npos) return false;
    rest.remove_prefix(end + 1);
  }
  return false;
}

Result<std::vector<std::string>> wfdb_signal_files(Bytes bytes, const std::string& name) {
  ECG_ASSIGN(const wfdb::Header header, wfdb::parse_header(bytes, name));
  std::vector<std::string> files;
  for (const auto& signal : header.signals)
    if (files.empty() || files.back() != signal.file) files.push_back(signal.file);
  for (std::size_t i = 0; i < files.size(); ++i)
    for (std::size_t k = 0; k < i; ++k)
      if (files[i] == files[k])
        return Error{ErrorCode::kFormatUnsupported, name,
                     "WFDB header: signals of one file are not together"};
  return files;
}

}  // namespace ecg::formats
