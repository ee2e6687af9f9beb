// The bedside's receipt ladder: five steps, each true only on evidence, with the time of that evidence.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/error.h"

namespace ecg::domain {

enum class LadderStep : std::uint8_t {
  kSavedHere,    // the recording is durable at the gateway
  kUploading,    // the center has acknowledged a part of it
  kCenterHasIt,  // the storage receipt exists
  kOpened,       // a reader has opened it
  kReportBack,   // a report version has been stored at the gateway
};
inline constexpr std::array kLadderSteps = {LadderStep::kSavedHere, LadderStep::kUploading,
                                            LadderStep::kCenterHasIt, LadderStep::kOpened,
                                            LadderStep::kReportBack};

// What is known; each empty until there is proof.
struct LadderEvidence {
  std::optional<Timestamp> closed_at;     // gateway: recording durable
  std::optional<Timestamp> first_ack_at;  // first acknowledged block
  std::optional<Timestamp> received_at;   // storage receipt
  std::optional<Timestamp> opened_at;     // first reader
  std::optional<Timestamp> delivered_at;  // report stored at the gateway
};

struct LadderRung {
  LadderStep step = LadderStep::kSavedHere;
  std::optional<Timestamp> at;  // empty: not reached
};
using ReceiptLadder = std::array<LadderRung, kLadderSteps.size()>;

// A later proof does not invent an earlier one: a rung without its own evidence stays empty.
ReceiptLadder receipt_ladder(const LadderEvidence& evidence);

// The highest rung with evidence; empty when there is none.
std::optional<LadderStep> reached(const ReceiptLadder& ladder);

std::string_view name(LadderStep step);  // "SAVED_HERE"
std::string_view text(LadderStep step, Language language);

}  // namespace ecg::domain
