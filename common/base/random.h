// Randomness as a dependency: the kernel's in production, a seeded generator in tests.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string_view>

namespace ecg {

class Random {
 public:
  virtual ~Random() = default;
  // Fills out entirely. Any thread.
  virtual void fill(std::span<std::uint8_t> out) = 0;
  std::uint64_t next();  // 64 random bits
  double unit();         // [0, 1)
};

// getrandom(2); stops the process if the kernel has no randomness to give.
class SystemRandom final : public Random {
 public:
  void fill(std::span<std::uint8_t> out) override;
};

// SplitMix64; for tests and jitter only, never for secrets.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void fill(std::span<std::uint8_t> out) override;

 private:
  std::mutex mutex_;
  std::uint64_t state_;
};

}  // namespace ecg
