#include "common/wire/recording_digest.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <string>

#include "common/base/limits.h"

namespace ecg::wire {
namespace {

template <class T>
void put_little_endian(T value, std::vector<std::uint8_t>& out) {
  for (std::size_t i = 0; i < sizeof(T); ++i) out.push_back(static_cast<std::uint8_t>(value >> (8 * i)));
}

}  // namespace

RecordingDigest::RecordingDigest(int leads) : leads_(static_cast<std::size_t>(leads)), gaps_(leads_) {
  if (leads < 1 || leads > limits::kLeadsMax) std::abort();
}

Result<void> RecordingDigest::add(const Block& block) {
  if (block.first_frame != frames_ || block.samples.size() % leads_ != 0) {
    return Error{ErrorCode::kUploadOffsetMismatch, "frame " + std::to_string(block.first_frame),
                 "expected frame " + std::to_string(frames_)};
  }
  if constexpr (std::endian::native == std::endian::little) {
    samples_.update(
        std::span(reinterpret_cast<const std::uint8_t*>(block.samples.data()), block.samples.size() * 4));
  } else {
    std::vector<std::uint8_t> bytes;
    for (const std::int32_t sample : block.samples)
      put_little_endian(static_cast<std::uint32_t>(sample), bytes);
    samples_.update(bytes);
  }
  for (const Gap& part : block.gaps) {
    std::vector<Gap>& lead = gaps_.at(part.lead);
    if (!lead.empty() && lead.back().end >= part.begin) {
      lead.back().end = std::max(lead.back().end, part.end);
    } else {
      lead.push_back(part);
    }
  }
  frames_ += block.samples.size() / leads_;
  return {};
}

std::vector<Gap> RecordingDigest::gaps() const {
  std::vector<Gap> all;
  for (const auto& lead : gaps_) all.insert(all.end(), lead.begin(), lead.end());
  return all;
}

Digest RecordingDigest::digest() const {
  std::vector<std::uint8_t> bytes;
  for (const Gap& gap : gaps()) {
    put_little_endian(gap.lead, bytes);
    put_little_endian(gap.begin, bytes);
    put_little_endian(gap.end, bytes);
  }
  Sha256 whole = samples_.fork();
  whole.update(bytes);
  return whole.digest();
}

}  // namespace ecg::wire
