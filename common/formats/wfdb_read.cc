#include <algorithm>
#include <cstdio>
#include <limits>

#include "common/formats/text.h"
#include "common/formats/wfdb.h"
#include "common/formats/wfdb_header.h"

namespace ecg::formats {
namespace {

using wfdb::Header;
using wfdb::Signal;

struct Encoding {
  int format;
  int bits;              // of one sample in the file
  std::int32_t invalid;  // signal(5): the value reserved for "no sample"
};
constexpr Encoding kEncodings[] = {
    {16, 16, -32768}, {61, 16, -32768},   {80, 8, -128},
    {212, 12, -2048}, {24, 24, -8388608}, {32, 32, std::numeric_limits<std::int32_t>::min()},
};

const Encoding* encoding_of(int format) {
  for (const auto& encoding : kEncodings)
    if (encoding.format == format) return &encoding;
  return nullptr;
}

std::int32_t sign_extend(std::uint32_t value, int bits) {
  const std::uint32_t sign = 1u << (bits - 1);
  return static_cast<std::int32_t>((value ^ sign) - sign);
}

// Sample number i of a file. The caller has checked that bytes holds it.
template <int format>
std::int32_t sample_at(const std::uint8_t* bytes, std::size_t i) {
  if constexpr (format == 212) {
    const std::uint8_t* p = bytes + i / 2 * 3;
    return (i & 1) == 0 ? sign_extend(p[0] | ((p[1] & 0x0fu) << 8), 12)
                        : sign_extend(p[2] | ((p[1] & 0xf0u) << 4), 12);
  } else if constexpr (format == 80) {
    return std::int32_t{bytes[i]} - 128;
  } else if constexpr (format == 61) {
    return sign_extend((std::uint32_t{bytes[2 * i]} << 8) | bytes[2 * i + 1], 16);
  } else if constexpr (format == 24) {
    const std::uint8_t* p = bytes + 3 * i;
    return sign_extend(p[0] | (std::uint32_t{p[1]} << 8) | (std::uint32_t{p[2]} << 16), 24);
  } else if constexpr (format == 32) {
    const std::uint8_t* p = bytes + 4 * i;
    return static_cast<std::int32_t>(p[0] | (std::uint32_t{p[1]} << 8) | (std::uint32_t{p[2]} << 16) |
                                     (std::uint32_t{p[3]} << 24));
  } else {
    return sign_extend(bytes[2 * i] | (std::uint32_t{bytes[2 * i + 1]} << 8), 16);
  }
}

template <int format>
void decode(const std::uint8_t* bytes, std::size_t first, std::size_t step, std::vector<std::int32_t>& out) {
  std::size_t at = first;
  for (auto& sample : out) {
    sample = sample_at<format>(bytes, at);
    at += step;
  }
}

void decode_signal(int format, const std::uint8_t* bytes, std::size_t first, std::size_t step,
                   std::vector<std::int32_t>& out) {
  switch (format) {
    case 212:
      return decode<212>(bytes, first, step, out);
    case 80:
      return decode<80>(bytes, first, step, out);
    case 61:
      return decode<61>(bytes, first, step, out);
    case 24:
      return decode<24>(bytes, first, step, out);
    case 32:
      return decode<32>(bytes, first, step, out);
    default:
      return decode<16>(bytes, first, step, out);
  }
}

std::vector<dsp::Interval> runs_of(const std::vector<std::int32_t>& samples, std::int32_t value) {
  std::vector<dsp::Interval> runs;
  auto at = std::find(samples.begin(), samples.end(), value);
  while (at != samples.end()) {
    const auto end = std::find_if(at, samples.end(), [&](std::int32_t s) { return s != value; });
    runs.push_back({at - samples.begin(), end - samples.begin()});
    at = std::find(end, samples.end(), value);
  }
  return runs;
}

double microvolts_per_unit(std::string_view unit) {
  if (unit == "mv") return 1e3;
  if (unit == "uv" || unit == "\xc2\xb5v" || unit == "\xce\xbcv" || unit == "\xb5v") return 1;
  if (unit == "v") return 1e6;
  if (unit == "nv") return 1e-3;
  return 0;
}

// The consecutive signals [begin, end) that share one file.
struct Group {
  std::size_t begin = 0, end = 0;
  Bytes samples;  // from the byte offset on
  const Encoding* encoding = nullptr;
  std::uint64_t frames = 0;  // whole frames stored
  bool partial_frame = false;
};

Result<Group> make_group(const Header& header, std::size_t begin, Bytes file) {
  Group group;
  const Signal& first = header.signals[begin];
  group.begin = group.end = begin;
  while (group.end < header.signals.size() && header.signals[group.end].file == first.file) {
    if (header.signals[group.end].format != first.format)
      return Error{ErrorCode::kFormatUnsupported, first.file, "WFDB: two formats in one file"};
    ++group.end;
  }
  group.encoding = encoding_of(first.format);
  if (group.encoding == nullptr)
    return Error{ErrorCode::kFormatUnsupported, first.file, "WFDB format " + std::to_string(first.format)};
  if (first.byte_offset > file.size()) return Error{ErrorCode::kFileTruncated, first.file};
  group.samples = file.subspan(static_cast<std::size_t>(first.byte_offset));
  const std::uint64_t bits = std::uint64_t{group.samples.size()} * 8;
  const auto frame_bits = static_cast<std::uint64_t>(group.encoding->bits) * (group.end - begin);
  group.frames = bits / frame_bits;
  group.partial_frame = bits % frame_bits >= 8;  // format 212 may end in four unused bits
  return group;
}

Result<Bytes> find_blob(std::span<const NamedBlob> files, const std::string& name) {
  for (const auto& file : files.subspan(1))
    if (file.name == name) return Bytes(file.bytes);
  return Error{ErrorCode::kFileNotFound, name};
}

Result<void> add_lead(const Signal& signal, const Group& group, std::size_t position, std::uint64_t frames,
                      ImportedRecording& out) {
  dsp::Lead lead;
  lead.label = signal.description;
  lead.id = dsp::lead_from_name(signal.description);
  lead.baseline = signal.baseline;
  const std::string where =
      lead.label.empty() ? "#" + std::to_string(out.recording.leads.size() + 1) : lead.label;
  if (signal.gain > 0) lead.uv_per_lsb = microvolts_per_unit(signal.unit) / signal.gain;
  if (signal.gain == 0) {
    out.oddities.push_back({"sensitivity_unknown", where});
  } else if (lead.uv_per_lsb == 0) {
    out.oddities.push_back({"unit_not_voltage", where});
  }
  lead.samples.resize(static_cast<std::size_t>(frames));
  decode_signal(signal.format, group.samples.data(), position, group.end - group.begin, lead.samples);
  std::uint32_t sum = 0;
  for (const std::int32_t sample : lead.samples) sum += static_cast<std::uint32_t>(sample);
  const bool matches = signal.checksum && *signal.checksum == static_cast<std::uint16_t>(sum);
  if (signal.checksum && !matches && *signal.checksum != 0)
    return Error{ErrorCode::kFileChecksum, signal.file, "WFDB signal " + where};
  if (!matches) out.oddities.push_back({"checksum_not_given", where});
  if (signal.initial_value && *signal.initial_value != lead.samples.front())
    out.oddities.push_back({"initial_value_differs", where});
  lead.gaps = runs_of(lead.samples, group.encoding->invalid);
  out.recording.leads.push_back(std::move(lead));
  return {};
}

std::string local_time(const Header& header) {
  int day = 0, month = 0, year = 0, hour = 0, minute = 0, second = 0;
  if (std::sscanf(header.date.c_str(), "%2d/%2d/%4d", &day, &month, &year) != 3) {
    char name[4] = {};
    if (std::sscanf(header.date.c_str(), "%2d-%3[A-Za-z]-%4d", &day, name, &year) != 3) return {};
    constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";
    const auto at = kMonths.find(lower(name));
    if (at == std::string_view::npos || at % 3 != 0) return {};
    month = static_cast<int>(at / 3) + 1;
  }
  const std::string date = iso_date(year, month, day);
  if (date.empty() || std::sscanf(header.time.c_str(), "%2d:%2d:%2d", &hour, &minute, &second) != 3)
    return {};
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return {};
  char text[48];
  std::snprintf(text, sizeof text, "%sT%02d:%02d:%02d", date.c_str(), hour, minute, second);
  return text;
}

void take_age(std::string_view text, PatientFields& patient) {
  const auto age = parse_number<double>(trim(text));
  if (age && *age >= 0 && *age <= 150) patient.age_years = *age;
}

// "Age: 51" and "<age>: 51" as PhysioNet writes them; "69 M 1085 1629 x1" in the first line of the MIT
// databases.
void read_comments(const std::vector<std::string>& comments, PatientFields& patient) {
  for (const auto& line : comments) {
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string key = lower(line.substr(0, colon));
    const std::string_view value = std::string_view(line).substr(colon + 1);
    if (key == "age" || key == "<age>") take_age(value, patient);
    if (key == "sex" || key == "<sex>") patient.sex = parse_sex(value);
  }
  if (comments.empty() || patient.age_years || patient.sex != dsp::Sex::kUnknown) return;
  const auto words = split_blank(comments.front());
  if (words.size() < 2 || words[1].size() != 1 || parse_sex(words[1]) == dsp::Sex::kUnknown) return;
  take_age(words[0], patient);
  patient.sex = parse_sex(words[1]);
}

}  // namespace

Result<ImportedRecording> read_wfdb(std::span<const NamedBlob> files) {
  if (files.empty()) return Error{ErrorCode::kFormatUnknown, ""};
  const std::string& name = files.front().name;
  ECG_ASSIGN(const std::vector<std::string> names, wfdb_signal_files(files.front().bytes, name));
  ECG_ASSIGN(const Header header, wfdb::parse_header(files.front().bytes, name));
  ImportedRecording out;
  out.format = "WFDB";

  std::vector<Group> groups;
  std::uint64_t frames = header.frames.value_or(std::numeric_limits<std::uint64_t>::max());
  for (const auto& file : names) {
    ECG_ASSIGN(const Bytes bytes, find_blob(files, file));
    ECG_ASSIGN(auto group, make_group(header, groups.empty() ? 0 : groups.back().end, bytes));
    if (header.frames ? group.frames < *header.frames : group.partial_frame)
      return Error{ErrorCode::kFileTruncated, file};
    if (header.frames && group.frames > *header.frames) out.oddities.push_back({"trailing_bytes", file});
    frames = std::min(frames, group.frames);
    groups.push_back(group);
  }
  if (frames == 0) return Error{ErrorCode::kFileMalformed, name, "WFDB: no samples"};
  if (frames > kImportSamplesMax / header.signals.size()) return Error{ErrorCode::kTooLarge, name, "samples"};
  if (!header.frames) out.oddities.push_back({"length_not_stated", ""});
  if (!header.sampling_stated)
    out.oddities.push_back({"sampling_frequency_assumed", number_text(header.sampling_hz)});

  out.recording.sampling_frequency = {header.sampling_hz};
  for (const auto& group : groups)
    for (std::size_t i = group.begin; i < group.end; ++i)
      ECG_TRY(add_lead(header.signals[i], group, i - group.begin, frames, out));
  out.acquired_local = local_time(header);
  out.comments = header.comments;
  read_comments(out.comments, out.patient);
  return out;
}

}  // namespace ecg::formats
