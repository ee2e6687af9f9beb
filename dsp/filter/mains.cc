#include "dsp/filter/mains.h"

#include <algorithm>
#include <cmath>

#include "dsp/filter/basic.h"

namespace ecg::dsp {
namespace {

constexpr SampleIndex kLeastBlocks = 9;  // about a second

double muscle_of(std::span<const MainsBlock> blocks, const MainsGrid& grid) {
  std::vector<float> rests;
  rests.reserve(blocks.size());
  for (const MainsBlock& block : blocks) rests.push_back(static_cast<float>(block.rest));
  return std::sqrt(static_cast<double>(quantile(rests, 0.5)) / grid.noise_gain());
}

std::vector<MainsBlock> blocks_of(std::span<const float> signal, const MainsGrid& grid) {
  const SampleIndex count = (static_cast<SampleIndex>(signal.size()) - 2 * grid.margin()) / grid.block();
  std::vector<MainsBlock> blocks(static_cast<std::size_t>(std::max<SampleIndex>(0, count)));
  for (std::size_t k = 0; k < blocks.size(); ++k) {
    const auto number = static_cast<SampleIndex>(k);
    blocks[k] = grid.measure(signal.data() + grid.start(number), number);
  }
  return blocks;
}

// Half a block before and behind the middle of block number, as far as the signal goes.
void subtract_block(const MainsGrid& grid, std::span<const MainsEstimate> estimates, SampleIndex number,
                    std::vector<float>& signal) {
  const auto k = static_cast<std::size_t>(number);
  const bool first = k == 0, last = k + 1 == estimates.size();
  const Phasor here = estimates[k].phasor;
  const Phasor before = first ? 2.0 * here - estimates[k + 1].phasor : estimates[k - 1].phasor;
  const Phasor after = last ? 2.0 * here - estimates[k - 1].phasor : estimates[k + 1].phasor;
  float* x = signal.data() + grid.start(number);
  const int from = first ? -grid.margin() : 0, half = grid.block() / 2;
  const int to =
      last ? static_cast<int>(static_cast<SampleIndex>(signal.size()) - grid.start(number)) : grid.block();
  if (before.power() + here.power() > 0) grid.subtract(x, number, from, half, before, here, false);
  if (here.power() + after.power() > 0) grid.subtract(x, number, half, to, here, after, true);
}

}  // namespace

FastNoise remove_mains(std::vector<float>& signal, Hertz sampling_frequency, double mains_hz) {
  return remove_mains(signal, MainsGrid(sampling_frequency, mains_hz), mains_hz > 0);
}

double muscle_noise(std::span<const float> signal, const MainsGrid& grid) {
  return muscle_of(blocks_of(signal, grid), grid);
}

FastNoise remove_mains(std::vector<float>& signal, const MainsGrid& grid, bool subtract) {
  const std::vector<MainsBlock> blocks = blocks_of(signal, grid);
  const auto count = static_cast<SampleIndex>(blocks.size());
  FastNoise noise;
  noise.muscle = muscle_of(blocks, grid);
  if (!subtract || !grid.resolvable() || count < kLeastBlocks) return noise;
  std::vector<MainsEstimate> estimates(blocks.size());
  for (std::size_t k = 0; k < blocks.size(); ++k) {
    const std::size_t begin = k - std::min<std::size_t>(k, MainsGrid::kBehind);
    const std::size_t end = std::min(blocks.size(), k + MainsGrid::kAhead + 1);
    estimates[k] = grid.estimate(std::span(blocks).subspan(begin, end - begin), k - begin);
    noise.mains += estimates[k].amplitude;
  }
  noise.mains /= static_cast<double>(count);
  if (noise.mains <= 0) return noise;
  for (SampleIndex k = 0; k < count; ++k) subtract_block(grid, estimates, k, signal);
  return noise;
}

// A sample of the second half of a block waits for the estimate of the next one.
int MainsCanceller::latency() const {
  return active_ ? (MainsGrid::kAhead + 2) * grid_.block() + 2 * grid_.margin() : 0;
}

MainsCanceller::MainsCanceller(Hertz sampling_frequency, double mains_hz)
    : grid_(sampling_frequency, mains_hz), active_(mains_hz > 0 && grid_.resolvable()) {
  const auto room = static_cast<std::size_t>(2 * latency() + 2 * grid_.block());
  raw_.resize(room);
  delayed_.resize(room);
}

std::optional<float> MainsCanceller::push(float sample) {
  if (!active_) return sample;
  if (held_ == raw_.size()) {
    const auto gone = static_cast<std::ptrdiff_t>(held_) - (latency() + grid_.block());
    std::copy(raw_.begin() + gone, raw_.end(), raw_.begin());
    std::copy(delayed_.begin() + gone, delayed_.end(), delayed_.begin());
    held_ -= static_cast<std::size_t>(gone);
    first_ += gone;
  }
  raw_[held_] = delayed_[held_] = sample;
  ++held_;
  ++pushed_;
  if (pushed_ == grid_.start(measured_ + 1) + grid_.margin()) block_complete();
  const SampleIndex due = pushed_ - 1 - latency();
  if (due < 0) return std::nullopt;
  return delayed_[static_cast<std::size_t>(due - first_)];
}

void MainsCanceller::block_complete() {
  if (known_ == kKept) {
    std::move(blocks_.begin() + 1, blocks_.end(), blocks_.begin());
    --known_;
  }
  blocks_[known_++] = grid_.measure(raw_.data() + (grid_.start(measured_) - first_), measured_);
  ++measured_;
  if (measured_ <= MainsGrid::kAhead) return;
  const std::span<const MainsBlock> around(blocks_.data(), known_);
  before_ = latest_;
  latest_ = grid_.estimate(around, known_ - 1 - MainsGrid::kAhead).phasor;
  subtract_known(estimated_);
  ++estimated_;
}

// From the middle of the block before to the middle of block number.
void MainsCanceller::subtract_known(SampleIndex number) {
  const int half = grid_.block() / 2;
  if (number == 0) return;
  float* x = delayed_.data() + (grid_.start(number) - first_);
  if (before_.power() + latest_.power() <= 0) return;
  if (number == 1) {
    grid_.subtract(x - grid_.block(), 0, -grid_.margin(), half, 2.0 * before_ - latest_, before_, false);
  }
  grid_.subtract(x - grid_.block(), number - 1, half, grid_.block(), before_, latest_, true);
  grid_.subtract(x, number, 0, half, before_, latest_, false);
}

}  // namespace ecg::dsp
