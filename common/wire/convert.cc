#include "common/wire/convert.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "common/base/limits.h"
#include "common/wire/recording_digest.h"

namespace ecg::wire {
namespace {

static_assert(static_cast<int>(ecg::v1::LEAD_CODE_V5R) == static_cast<int>(dsp::LeadId::kV5R) + 1);

Error malformed(const char* why) {
  return {ErrorCode::kFileMalformed, "waveform", why};
}

Result<void> check_lead(const ecg::v1::LeadFormat& lead, int position) {
  const std::string subject = "lead " + std::to_string(position + 1);
  if (!std::isfinite(lead.uv_per_lsb()) || lead.uv_per_lsb() < 0) {
    return Error{ErrorCode::kInvalidField, subject + ": uv_per_lsb"};
  }
  if (lead.label().size() > limits::kNameBytesMax)
    return Error{ErrorCode::kInvalidField, subject + ": label"};
  return {};
}

void put_sample(std::int32_t value, std::size_t width, std::string& out) {
  const auto bits = static_cast<std::uint32_t>(value);
  for (std::size_t i = 0; i < width; ++i) out.push_back(static_cast<char>(bits >> (8 * i)));
}

std::int32_t take_sample(const std::string& bytes, std::size_t at, std::size_t width) {
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < width; ++i) {
    bits |= static_cast<std::uint32_t>(static_cast<std::uint8_t>(bytes[at + i])) << (8 * i);
  }
  return width == 2 ? static_cast<std::int16_t>(static_cast<std::uint16_t>(bits))
                    : static_cast<std::int32_t>(bits);
}

bool fits_two_bytes(const dsp::Recording& recording) {
  for (const dsp::Lead& lead : recording.leads) {
    for (const std::int32_t sample : lead.samples) {
      if (sample < std::numeric_limits<std::int16_t>::min() ||
          sample > std::numeric_limits<std::int16_t>::max()) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

ecg::v1::LeadCode lead_code(dsp::LeadId lead) {
  return lead == dsp::LeadId::kOther ? ecg::v1::LEAD_CODE_UNSPECIFIED
                                     : static_cast<ecg::v1::LeadCode>(static_cast<int>(lead) + 1);
}

dsp::LeadId lead_id(ecg::v1::LeadCode code) {
  if (code < ecg::v1::LEAD_CODE_I || code > ecg::v1::LEAD_CODE_V5R) return dsp::LeadId::kOther;
  return static_cast<dsp::LeadId>(static_cast<int>(code) - 1);
}

Result<void> check_format(const ecg::v1::RecordingFormat& format) {
  if (format.leads_size() > limits::kLeadsMax) {
    return Error{ErrorCode::kTooManyLeads, std::to_string(format.leads_size()) + " leads"};
  }
  if (format.leads_size() < 1) return Error{ErrorCode::kInvalidField, "leads: none"};
  // Written so that NaN is refused too.
  if (!(format.sampling_hz() >= limits::kSamplingHzMin && format.sampling_hz() <= limits::kSamplingHzMax)) {
    return Error{ErrorCode::kSamplingOutsideIntake, std::to_string(format.sampling_hz()) + " Hz"};
  }
  for (int i = 0; i < format.leads_size(); ++i) ECG_TRY(check_lead(format.leads(i), i));
  for (const double hz : {format.high_pass_hz(), format.low_pass_hz(), format.notch_hz()}) {
    if (!std::isfinite(hz) || hz < 0) return Error{ErrorCode::kInvalidField, "filter frequencies"};
  }
  const ecg::v1::Device& device = format.device();
  for (const std::string* text : {&device.manufacturer(), &device.model(), &device.serial(),
                                  &device.software(), &format.source_format()}) {
    if (text->size() > limits::kShortTextBytesMax) return Error{ErrorCode::kInvalidField, "device texts"};
  }
  return {};
}

ecg::v1::RecordingFormat format_of(const dsp::Recording& recording) {
  ecg::v1::RecordingFormat format;
  format.set_sampling_hz(recording.sampling_frequency.value);
  for (const dsp::Lead& lead : recording.leads) {
    ecg::v1::LeadFormat* out = format.add_leads();
    out->set_lead(lead_code(lead.id));
    out->set_label(lead.label);
    out->set_uv_per_lsb(lead.uv_per_lsb);
    out->set_baseline(lead.baseline);
    out->set_derived(lead.derived);
  }
  return format;
}

dsp::Recording empty_recording(const ecg::v1::RecordingFormat& format) {
  dsp::Recording recording;
  recording.sampling_frequency.value = format.sampling_hz();
  for (const ecg::v1::LeadFormat& lead : format.leads()) {
    dsp::Lead out;
    out.id = lead_id(lead.lead());
    out.label = lead.label();
    out.uv_per_lsb = lead.uv_per_lsb();
    out.baseline = lead.baseline();
    out.derived = lead.derived();
    recording.leads.push_back(std::move(out));
  }
  return recording;
}

std::vector<dsp::StreamLead> stream_leads(const ecg::v1::RecordingFormat& format) {
  std::vector<dsp::StreamLead> leads;
  for (const ecg::v1::LeadFormat& lead : format.leads()) {
    leads.push_back({lead_id(lead.lead()), lead.uv_per_lsb(), lead.baseline()});
  }
  return leads;
}

Result<void> RecordingAssembler::add(const Block& block) {
  const std::size_t leads = recording_.leads.size();
  const auto frames = static_cast<std::uint64_t>(recording_.frames());
  if (leads == 0 || block.samples.size() % leads != 0 || block.first_frame != frames) {
    return Error{ErrorCode::kUploadOffsetMismatch, "frame " + std::to_string(block.first_frame),
                 "expected frame " + std::to_string(frames)};
  }
  if (frames + block.samples.size() / leads > static_cast<std::uint64_t>(limits::kStudyFramesMax)) {
    return Error{ErrorCode::kTooManySamples, "frame " + std::to_string(block.first_frame)};
  }
  for (std::size_t l = 0; l < leads; ++l) {
    for (std::size_t i = l; i < block.samples.size(); i += leads) {
      recording_.leads[l].samples.push_back(block.samples[i]);
    }
  }
  for (const Gap& part : block.gaps) {
    std::vector<dsp::Interval>& gaps = recording_.leads.at(part.lead).gaps;
    const auto begin = static_cast<dsp::SampleIndex>(part.begin),
               end = static_cast<dsp::SampleIndex>(part.end);
    if (!gaps.empty() && gaps.back().end >= begin) {
      gaps.back().end = std::max(gaps.back().end, end);
    } else {
      gaps.push_back({begin, end});
    }
  }
  return {};
}

std::vector<Block> cut_into_blocks(const dsp::Recording& recording, std::int64_t frames_per_block) {
  std::vector<Block> blocks;
  for (std::int64_t first = 0; first < recording.frames(); first += frames_per_block) {
    const std::int64_t end = std::min(first + frames_per_block, recording.frames());
    Block block;
    block.first_frame = static_cast<std::uint64_t>(first);
    block.samples.reserve(static_cast<std::size_t>(end - first) * recording.leads.size());
    for (std::int64_t i = first; i < end; ++i) {
      for (const dsp::Lead& lead : recording.leads)
        block.samples.push_back(lead.samples[static_cast<std::size_t>(i)]);
    }
    for (std::size_t l = 0; l < recording.leads.size(); ++l) {
      for (const dsp::Interval& gap : recording.leads[l].gaps) {
        const std::int64_t from = std::max(gap.begin, first), to = std::min(gap.end, end);
        if (from >= to) continue;
        // Intervals that touch are one gap.
        if (!block.gaps.empty() && block.gaps.back().lead == l &&
            block.gaps.back().end == static_cast<std::uint64_t>(from)) {
          block.gaps.back().end = static_cast<std::uint64_t>(to);
        } else {
          block.gaps.push_back({static_cast<std::uint32_t>(l), static_cast<std::uint64_t>(from),
                                static_cast<std::uint64_t>(to)});
        }
      }
    }
    blocks.push_back(std::move(block));
  }
  return blocks;
}

Digest digest_of(const dsp::Recording& recording) {
  if (recording.leads.empty()) return sha256(std::string_view());
  RecordingDigest digest(static_cast<int>(recording.leads.size()));
  for (const Block& block : cut_into_blocks(recording, limits::kBlockFramesMax)) {
    if (!digest.add(block).ok()) std::abort();
  }
  return digest.digest();
}

ecg::v1::Waveform to_waveform(const dsp::Recording& recording, const ecg::v1::RecordingFormat& format) {
  ecg::v1::Waveform waveform;
  *waveform.mutable_format() = format;
  waveform.set_frames(static_cast<std::uint64_t>(recording.frames()));
  const std::size_t width = fits_two_bytes(recording) ? 2 : 4;
  waveform.set_bytes_per_sample(static_cast<std::uint32_t>(width));
  std::string samples;
  samples.reserve(recording.leads.size() * static_cast<std::size_t>(recording.frames()) * width);
  for (std::size_t l = 0; l < recording.leads.size(); ++l) {
    for (const std::int32_t sample : recording.leads[l].samples) put_sample(sample, width, samples);
    for (const dsp::Interval& gap : recording.leads[l].gaps) {
      ecg::v1::Gap* out = waveform.add_gaps();
      out->set_lead(static_cast<std::uint32_t>(l));
      out->set_begin(static_cast<std::uint64_t>(gap.begin));
      out->set_end(static_cast<std::uint64_t>(gap.end));
    }
  }
  waveform.set_samples(std::move(samples));
  waveform.set_sha256(as_bytes(digest_of(recording)));
  return waveform;
}

Result<dsp::Recording> from_waveform(const ecg::v1::Waveform& waveform) {
  ECG_TRY(check_format(waveform.format()));
  dsp::Recording recording = empty_recording(waveform.format());
  const std::size_t width = waveform.bytes_per_sample();
  if (width != 2 && width != 4) return malformed("bytes_per_sample");
  if (waveform.frames() > static_cast<std::uint64_t>(limits::kStudyFramesMax)) return malformed("frames");
  const auto frames = static_cast<std::size_t>(waveform.frames());
  if (waveform.samples().size() != recording.leads.size() * frames * width)
    return malformed("size of samples");
  std::size_t at = 0;
  for (dsp::Lead& lead : recording.leads) {
    lead.samples.reserve(frames);
    for (std::size_t i = 0; i < frames; ++i, at += width) {
      lead.samples.push_back(take_sample(waveform.samples(), at, width));
    }
  }
  for (const ecg::v1::Gap& gap : waveform.gaps()) {
    if (gap.lead() >= recording.leads.size() || gap.begin() >= gap.end() || gap.end() > frames) {
      return malformed("gap outside");
    }
    std::vector<dsp::Interval>& gaps = recording.leads[gap.lead()].gaps;
    const auto begin = static_cast<dsp::SampleIndex>(gap.begin());
    if (!gaps.empty() && gaps.back().end > begin) return malformed("gaps out of order");
    gaps.push_back({begin, static_cast<dsp::SampleIndex>(gap.end())});
  }
  return recording;
}

}  // namespace ecg::wire
