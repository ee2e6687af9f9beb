#include "common/formats/scp.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>

#include "common/formats/scp_huffman.h"
#include "common/formats/scp_sections.h"

namespace ecg::formats {
namespace {

using scp::HuffmanCoding;
using Samples = std::vector<std::int32_t>;

Error malformed(const std::string& name, const char* what) {
  return {ErrorCode::kFileMalformed, name, std::string("SCP-ECG: ") + what};
}
Error unsupported(const std::string& name, const char* what) {
  return {ErrorCode::kFormatUnsupported, name, std::string("SCP-ECG: ") + what};
}

// What sections 5 and 6 have in common.
struct DataSection {
  std::uint16_t nanovolts_per_lsb = 0;
  std::uint16_t interval_us = 0;
  std::uint8_t differences = 0;  // 0, 1 or 2 times
  bool bimodal = false;          // section 6 only
  std::vector<Bytes> lead;
};

Result<DataSection> open_data(Bytes section, std::size_t leads, const std::string& name) {
  ByteReader in(section);
  DataSection out;
  out.nanovolts_per_lsb = in.u16();
  out.interval_us = in.u16();
  out.differences = in.u8();
  out.bimodal = in.u8() != 0;
  std::vector<std::size_t> sizes;
  for (std::size_t i = 0; i < leads; ++i) sizes.push_back(in.u16());
  for (const std::size_t size : sizes) out.lead.push_back(in.take(size));
  if (!in.ok()) return malformed(name, "lead data longer than its section");
  if (out.interval_us == 0) return malformed(name, "sampling interval");
  if (out.differences > 2) return unsupported(name, "encoding of samples");
  return out;
}

bool fits(std::int64_t value) {
  return value >= std::numeric_limits<std::int32_t>::min() &&
         value <= std::numeric_limits<std::int32_t>::max();
}

// Turns stored differences back into samples; false on overflow. The first one or two values are samples
// already.
bool undo_differences(Samples& values, int times) {
  const auto stored = static_cast<std::size_t>(times);
  for (std::size_t i = stored; i < values.size() && times > 0; ++i) {
    const std::int64_t before = values[i - 1];
    const std::int64_t value =
        times == 1 ? before + values[i] : 2 * before - std::int64_t{values[i - 2]} + values[i];
    if (!fits(value)) return false;
    values[i] = static_cast<std::int32_t>(value);
  }
  return true;
}

// At most count samples; fewer when fewer are stored.
Result<Samples> decode_lead(Bytes bytes, std::size_t count, const DataSection& data,
                            const std::optional<HuffmanCoding>& huffman, const std::string& name) {
  Samples out;
  if (huffman) {
    out = huffman->decode(bytes, count);
  } else {
    ByteReader in(bytes);
    for (std::size_t i = 0; i < count && in.remaining() >= 2; ++i) out.push_back(in.i16());
  }
  if (!undo_differences(out, data.differences)) return malformed(name, "differences leave the number range");
  return out;
}

struct Subtraction {  // sample numbers from 1, end included
  std::uint32_t begin = 0, fiducial = 0, end = 0;
};
struct ReferenceBeat {
  std::uint16_t length_ms = 0, fiducial = 0;
  std::vector<Subtraction> subtractions;
};

Result<ReferenceBeat> read_beat_section(Bytes section, const std::string& name) {
  ByteReader in(section);
  ReferenceBeat out;
  out.length_ms = in.u16();
  out.fiducial = in.u16();
  const std::size_t beats = in.u16();
  for (std::size_t i = 0; i < beats; ++i) {
    const std::uint16_t type = in.u16();
    const Subtraction at{in.u32(), in.u32(), in.u32()};
    if (!in.ok()) return malformed(name, "section 4");
    if (type == 0 && at.begin >= 1 && at.end >= at.begin)
      out.subtractions.push_back(at);  // 0: the reference's kind
  }
  return out;
}

// Adds factor times the reference beat where it was subtracted. first: sample number of samples[0]. False on
// overflow.
bool add_reference(const ReferenceBeat& beat, const Samples& reference, std::int64_t factor,
                   std::uint32_t first, Samples& samples) {
  for (const auto& at : beat.subtractions) {
    const std::int64_t last = std::min<std::int64_t>(at.end, std::int64_t{first} + std::ssize(samples) - 1);
    for (std::int64_t n = std::max(at.begin, first); n <= last; ++n) {
      const std::int64_t source = n - at.fiducial + beat.fiducial - 1;
      if (source < 0 || source >= std::ssize(reference)) continue;
      auto& sample = samples[static_cast<std::size_t>(n - first)];
      const std::int64_t value = sample + factor * reference[static_cast<std::size_t>(source)];
      if (!fits(value)) return false;
      sample = static_cast<std::int32_t>(value);
    }
  }
  return true;
}

// Everything needed to turn section 6 into samples.
class Rhythm {
 public:
  static Result<Rhythm> open(const scp::Container& file, const std::string& name, ImportedRecording& out) {
    Rhythm rhythm;
    ECG_ASSIGN(rhythm.leads_, scp::read_lead_section(file.section[3], name));
    if (file.section[6].empty()) return unsupported(name, "no rhythm data (section 6)");
    ECG_ASSIGN(rhythm.data_, open_data(file.section[6], rhythm.leads_.leads.size(), name));
    if (rhythm.data_.bimodal) return unsupported(name, "bimodal compression");
    if (!file.section[2].empty()) {
      ECG_ASSIGN(rhythm.huffman_, HuffmanCoding::from_section(file.section[2], name));
    }
    rhythm.unit_nv_ = rhythm.data_.nanovolts_per_lsb;
    if (!rhythm.leads_.reference_beat_subtracted) return rhythm;
    if (file.section[4].empty() || file.section[5].empty()) {
      out.oddities.push_back({"reference_beat_missing", ""});
      return rhythm;
    }
    ECG_TRY(rhythm.open_reference(file, name));
    return rhythm;
  }

  const std::vector<scp::LeadFacts>& leads() const { return leads_.leads; }
  double sampling_hz() const { return 1e6 / data_.interval_us; }
  double microvolts_per_lsb() const { return static_cast<double>(unit_nv_) / 1000; }

  Result<Samples> samples(std::size_t lead, const std::string& name) const {
    const auto& facts = leads_.leads[lead];
    // A sample takes at least one bit, so that the stated number alone cannot make a large vector.
    const std::size_t stored_most = data_.lead[lead].size() * 8;
    const std::size_t count = std::min<std::size_t>(std::size_t{facts.end} - facts.start + 1, stored_most);
    ECG_ASSIGN(Samples out, decode_lead(data_.lead[lead], count, data_, huffman_, name));
    if (!reference_data_) return out;
    const std::int64_t factor = data_.nanovolts_per_lsb / unit_nv_;
    for (auto& sample : out) {
      if (!fits(sample * factor)) return malformed(name, "amplitude");
      sample = static_cast<std::int32_t>(sample * factor);
    }
    const std::size_t beat_count = std::size_t{reference_.length_ms} * 1000 / data_.interval_us;
    ECG_ASSIGN(const Samples beat,
               decode_lead(reference_data_->lead[lead], beat_count, *reference_data_, huffman_, name));
    if (!add_reference(reference_, beat, reference_data_->nanovolts_per_lsb / unit_nv_, facts.start, out))
      return malformed(name, "amplitude");
    return out;
  }

 private:
  Result<void> open_reference(const scp::Container& file, const std::string& name) {
    ECG_ASSIGN(reference_, read_beat_section(file.section[4], name));
    ECG_ASSIGN(reference_data_, open_data(file.section[5], leads_.leads.size(), name));
    if (reference_data_->interval_us != data_.interval_us)
      return unsupported(name, "reference beat at another sampling frequency");
    if (data_.nanovolts_per_lsb == 0 || reference_data_->nanovolts_per_lsb == 0)
      return unsupported(name, "reference beat without a sensitivity");
    unit_nv_ = std::gcd(data_.nanovolts_per_lsb, reference_data_->nanovolts_per_lsb);
    return {};
  }

  scp::LeadSection leads_;
  DataSection data_;
  std::optional<HuffmanCoding> huffman_;
  ReferenceBeat reference_;
  std::optional<DataSection> reference_data_;
  std::int64_t unit_nv_ = 0;
};

// Puts the leads on one time axis; what a lead lacks at either end is a gap.
Result<void> place(const Rhythm& rhythm, std::vector<Samples> samples, const std::string& name,
                   ImportedRecording& out) {
  std::uint32_t first = std::numeric_limits<std::uint32_t>::max();
  for (const auto& lead : rhythm.leads()) first = std::min(first, lead.start);
  std::size_t frames = 0;
  bool simultaneous = true;
  for (std::size_t k = 0; k < samples.size(); ++k) {
    const std::size_t offset = rhythm.leads()[k].start - first;
    simultaneous = simultaneous && offset == 0;
    frames = std::max(frames, offset + samples[k].size());
  }
  if (frames == 0) return malformed(name, "no samples");
  if (frames > kImportSamplesMax / samples.size()) return Error{ErrorCode::kTooLarge, name, "samples"};
  if (!simultaneous) out.oddities.push_back({"leads_not_simultaneous", ""});
  for (std::size_t k = 0; k < samples.size(); ++k) {
    const auto& facts = rhythm.leads()[k];
    dsp::Lead lead;
    lead.label = scp::lead_label(facts.id);
    lead.id = dsp::lead_from_name(lead.label);
    lead.uv_per_lsb = rhythm.microvolts_per_lsb();
    if (lead.uv_per_lsb == 0) out.oddities.push_back({"sensitivity_unknown", lead.label});
    const auto begin = static_cast<dsp::SampleIndex>(facts.start - first);
    const dsp::SampleIndex end = begin + std::ssize(samples[k]);
    if (begin > 0) lead.gaps.push_back({0, begin});
    if (end < static_cast<dsp::SampleIndex>(frames))
      lead.gaps.push_back({end, static_cast<dsp::SampleIndex>(frames)});
    if (begin == 0) {
      lead.samples = std::move(samples[k]);
    } else {
      lead.samples.assign(static_cast<std::size_t>(begin), 0);
      lead.samples.insert(lead.samples.end(), samples[k].begin(), samples[k].end());
    }
    lead.samples.resize(frames, 0);
    out.recording.leads.push_back(std::move(lead));
  }
  return {};
}

}  // namespace

Result<ImportedRecording> read_scp(Bytes bytes, const std::string& name) {
  ECG_ASSIGN(const scp::Container file, scp::open_container(bytes, name));
  ImportedRecording out;
  out.format = "SCP-ECG";
  if (!file.marker) out.oddities.push_back({"marker_missing", ""});
  if (file.trailing_bytes) out.oddities.push_back({"trailing_bytes", name});
  scp::read_header_section(file.section[1], out);
  ECG_ASSIGN(const Rhythm rhythm, Rhythm::open(file, name, out));
  out.recording.sampling_frequency = {rhythm.sampling_hz()};
  std::vector<Samples> samples;
  for (std::size_t k = 0; k < rhythm.leads().size(); ++k) {
    ECG_ASSIGN(auto lead, rhythm.samples(k, name));
    const auto& facts = rhythm.leads()[k];
    if (lead.size() < std::size_t{facts.end} - facts.start + 1)
      out.oddities.push_back({"shorter_than_stated", scp::lead_label(facts.id)});
    samples.push_back(std::move(lead));
  }
  ECG_TRY(place(rhythm, std::move(samples), name, out));
  return out;
}

}  // namespace ecg::formats
