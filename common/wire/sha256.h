// SHA-256, incrementally.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct evp_md_ctx_st;

namespace ecg::wire {

using Digest = std::array<std::uint8_t, 32>;

// One running digest. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void update(std::span<const std::uint8_t> bytes);
  void update(std::string_view bytes);
  // The digest of everything so far; more may follow.
  Digest digest() const;
  // A second digest that has seen the same bytes.
  Sha256 fork() const;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

Digest sha256(std::span<const std::uint8_t> bytes);
Digest sha256(std::string_view bytes);

// The 32 bytes as a protobuf bytes field holds them.
std::string as_bytes(const Digest& digest);
// 64 lower-case hexadecimal characters.
std::string as_hex(const Digest& digest);

}  // namespace ecg::wire
