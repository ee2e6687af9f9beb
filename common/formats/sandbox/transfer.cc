#include "common/formats/sandbox/transfer.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string_view>

#include "common/base/limits.h"
#include "common/formats/text.h"

namespace ecg::formats {
namespace {

constexpr std::string_view kQuestion = "ECGQ";
constexpr std::string_view kAnswer = "ECGA";
constexpr std::size_t kAnswerHeader = 12;

class Writer {
 public:
  void number(std::uint64_t value, std::size_t size) {
    for (std::size_t i = 0; i < size; ++i) bytes_.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
  }
  void u8(std::uint8_t v) { number(v, 1); }
  void u16(std::uint16_t v) { number(v, 2); }
  void u32(std::uint32_t v) { number(v, 4); }
  void u64(std::uint64_t v) { number(v, 8); }
  void real(double v) { u64(std::bit_cast<std::uint64_t>(v)); }
  void raw(std::string_view v) { bytes_.insert(bytes_.end(), v.begin(), v.end()); }
  void raw(Bytes v) { bytes_.insert(bytes_.end(), v.begin(), v.end()); }
  void text(std::string_view v) {
    u32(static_cast<std::uint32_t>(v.size()));
    raw(v);
  }
  void reserve(std::size_t size) { bytes_.reserve(size); }
  std::vector<std::uint8_t> take() { return std::move(bytes_); }
  const std::vector<std::uint8_t>& bytes() const { return bytes_; }

 private:
  std::vector<std::uint8_t> bytes_;
};

bool expect(ByteReader& in, std::string_view text) {
  const Bytes found = in.take(text.size());
  return in.ok() && std::equal(found.begin(), found.end(), text.begin());
}

std::string read_text(ByteReader& in) {
  const Bytes text = in.take(in.u32());
  return {text.begin(), text.end()};
}

double read_real(ByteReader& in) {
  return std::bit_cast<double>(in.u64());
}

void write_lead(Writer& out, const dsp::Lead& lead) {
  out.u8(static_cast<std::uint8_t>(lead.id));
  out.text(lead.label);
  out.real(lead.uv_per_lsb);
  out.u32(static_cast<std::uint32_t>(lead.baseline));
  out.u8(lead.derived ? 1 : 0);
  out.u32(static_cast<std::uint32_t>(lead.gaps.size()));
  for (const auto& gap : lead.gaps) {
    out.u64(static_cast<std::uint64_t>(gap.begin));
    out.u64(static_cast<std::uint64_t>(gap.end));
  }
  for (const std::int32_t sample : lead.samples) out.u32(static_cast<std::uint32_t>(sample));
}

bool read_lead(ByteReader& in, std::size_t frames, dsp::Lead& lead) {
  const std::uint8_t id = in.u8();
  if (id > static_cast<std::uint8_t>(dsp::LeadId::kOther)) return false;
  lead.id = static_cast<dsp::LeadId>(id);
  lead.label = read_text(in);
  lead.uv_per_lsb = read_real(in);
  lead.baseline = in.i32();
  lead.derived = in.u8() != 0;
  if (!std::isfinite(lead.uv_per_lsb) || lead.uv_per_lsb < 0) return false;
  const std::size_t gaps = in.u32();
  if (!in.ok() || gaps > in.remaining() / 16) return false;
  dsp::SampleIndex last = 0;
  for (std::size_t i = 0; i < gaps; ++i) {
    const dsp::Interval gap{in.i64(), in.i64()};
    if (gap.begin < last || gap.end <= gap.begin || gap.end > static_cast<dsp::SampleIndex>(frames))
      return false;
    last = gap.end;
    lead.gaps.push_back(gap);
  }
  if (frames > in.remaining() / 4) return false;
  lead.samples.resize(frames);
  for (auto& sample : lead.samples) sample = in.i32();
  return in.ok();
}

void write_recording(Writer& out, const ImportedRecording& r) {
  out.real(r.recording.sampling_frequency.value);
  out.u32(static_cast<std::uint32_t>(r.recording.leads.size()));
  out.u64(static_cast<std::uint64_t>(r.recording.frames()));
  for (const auto& lead : r.recording.leads) write_lead(out, lead);
  out.text(r.patient.id);
  out.text(r.patient.name);
  out.u8(static_cast<std::uint8_t>(r.patient.sex));
  out.text(r.patient.birth_date);
  out.real(r.patient.age_years.value_or(-1));
  for (const auto* field : {&r.device.manufacturer, &r.device.model, &r.device.serial}) out.text(*field);
  out.u8(r.acquired_at ? 1 : 0);
  out.u64(static_cast<std::uint64_t>(r.acquired_at ? to_micros(*r.acquired_at) : 0));
  out.text(r.acquired_local);
  out.text(r.format);
  out.u32(static_cast<std::uint32_t>(r.comments.size()));
  for (const auto& comment : r.comments) out.text(comment);
  out.u32(static_cast<std::uint32_t>(r.oddities.size()));
  for (const auto& oddity : r.oddities) {
    out.text(oddity.code);
    out.text(oddity.detail);
  }
}

bool read_facts(ByteReader& in, ImportedRecording& r) {
  r.patient.id = read_text(in);
  r.patient.name = read_text(in);
  const std::uint8_t sex = in.u8();
  if (sex > static_cast<std::uint8_t>(dsp::Sex::kMale)) return false;
  r.patient.sex = static_cast<dsp::Sex>(sex);
  r.patient.birth_date = read_text(in);
  const double age = read_real(in);
  if (!(age >= -1 && age <= 150)) return false;
  if (age >= 0) r.patient.age_years = age;
  for (auto* field : {&r.device.manufacturer, &r.device.model, &r.device.serial}) *field = read_text(in);
  const bool has_time = in.u8() != 0;
  const std::int64_t time = in.i64();
  constexpr std::int64_t kFarthest = 253402300800000000;  // the year 10000
  if (time < -kFarthest || time > kFarthest) return false;
  if (has_time) r.acquired_at = from_micros(time);
  r.acquired_local = read_text(in);
  r.format = read_text(in);
  const std::size_t comments = in.u32();
  if (comments > in.remaining() / 4) return false;
  for (std::size_t i = 0; i < comments; ++i) r.comments.push_back(read_text(in));
  const std::size_t oddities = in.u32();
  if (oddities > in.remaining() / 8) return false;
  for (std::size_t i = 0; i < oddities; ++i) {
    std::string code = read_text(in);
    r.oddities.push_back({std::move(code), read_text(in)});
  }
  return in.ok() && in.remaining() == 0;
}

bool read_recording(ByteReader& in, ImportedRecording& r) {
  r.recording.sampling_frequency.value = read_real(in);
  const std::size_t leads = in.u32();
  const std::uint64_t frames = in.u64();
  if (!in.ok() || !(r.recording.sampling_frequency.value > 0) ||
      !std::isfinite(r.recording.sampling_frequency.value))
    return false;
  if (leads == 0 || leads > kImportLeadsMax || frames == 0 || frames > kImportSamplesMax / leads)
    return false;
  r.recording.leads.resize(leads);
  for (auto& lead : r.recording.leads)
    if (!read_lead(in, static_cast<std::size_t>(frames), lead)) return false;
  return read_facts(in, r);
}

std::vector<std::uint8_t> framed(const std::vector<std::uint8_t>& body) {
  Writer out;
  out.reserve(kAnswerHeader + body.size());
  out.raw(kAnswer);
  out.u64(body.size());
  out.raw(Bytes(body));
  return out.take();
}

Error nonsense(const std::string& subject) {
  return {ErrorCode::kImportFailed, subject, "the sandboxed process answered nonsense"};
}

}  // namespace

std::vector<std::uint8_t> encode_question(std::span<const NamedBlob> files) {
  Writer out;
  out.raw(kQuestion);
  out.u32(static_cast<std::uint32_t>(files.size()));
  for (const auto& file : files) {
    out.text(file.name);
    out.u64(file.bytes.size());
    out.raw(Bytes(file.bytes));
  }
  return out.take();
}

Result<std::vector<NamedBlob>> decode_question(Bytes bytes) {
  const Error refused{ErrorCode::kMalformedRequest, "import"};
  ByteReader in(bytes);
  if (!expect(in, kQuestion)) return refused;
  const std::size_t count = in.u32();
  if (!in.ok() || count == 0 || count > kImportFilesMax) return refused;
  std::vector<NamedBlob> files;
  for (std::size_t i = 0; i < count; ++i) {
    NamedBlob file;
    file.name = read_text(in);
    const std::uint64_t size = in.u64();
    if (!in.ok() || size > limits::kImportFileBytesMax) return refused;
    const Bytes content = in.take(static_cast<std::size_t>(size));
    if (!in.ok()) return refused;
    file.bytes.assign(content.begin(), content.end());
    files.push_back(std::move(file));
  }
  if (in.remaining() != 0) return refused;
  return files;
}

std::vector<std::uint8_t> encode_answer(const Result<ImportedRecording>& result, const std::string& subject) {
  Writer body;
  if (result.ok()) {
    const auto& recording = result.value().recording;
    body.reserve(recording.leads.size() * static_cast<std::size_t>(recording.frames()) * 4 + 4096);
    body.u8(1);
    write_recording(body, result.value());
    if (body.bytes().size() + kAnswerHeader <= kAnswerBytesMax) return framed(body.bytes());
  }
  const Error error = result.ok() ? Error{ErrorCode::kTooLarge, subject} : result.error();
  Writer refusal;
  refusal.u8(0);
  refusal.u16(static_cast<std::uint16_t>(error.code));
  refusal.text(error.subject);
  refusal.text(error.detail);
  return framed(refusal.bytes());
}

AnswerState answer_state(Bytes bytes) {
  const std::size_t known = std::min(bytes.size(), kAnswer.size());
  if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(known), kAnswer.begin()))
    return AnswerState::kNonsense;
  if (bytes.size() < kAnswerHeader) return AnswerState::kIncomplete;
  ByteReader in(bytes.subspan(kAnswer.size()));
  const std::uint64_t size = in.u64();
  if (size > kAnswerBytesMax - kAnswerHeader || bytes.size() - kAnswerHeader > size)
    return AnswerState::kNonsense;
  return bytes.size() - kAnswerHeader == size ? AnswerState::kComplete : AnswerState::kIncomplete;
}

Result<ImportedRecording> decode_answer(Bytes bytes, const std::string& subject) {
  if (answer_state(bytes) != AnswerState::kComplete) return nonsense(subject);
  ByteReader in(bytes.subspan(kAnswerHeader));
  if (in.u8() == 1) {
    ImportedRecording recording;
    if (!read_recording(in, recording)) return nonsense(subject);
    return recording;
  }
  const ErrorFacts* known = facts_by_catalogue(in.u16());
  Error error{ErrorCode::kImportFailed, read_text(in), read_text(in)};
  if (!in.ok() || in.remaining() != 0 || known == nullptr) return nonsense(subject);
  error.code = known->code;
  return error;
}

}  // namespace ecg::formats
