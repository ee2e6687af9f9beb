// Suspicion that electrodes are exchanged: how much likelier the heart's shapes in the eight independent
// leads are once the exchange is undone, under what is known of how those leads go together in P, QRS and
// ST-T (a Student distribution over the shapes of correctly connected recordings). No answer excludes an
// exchange.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "dsp/delineate/waves.h"
#include "dsp/signal.h"

namespace ecg::dsp {

enum class Exchange : std::uint8_t {
  kRaLa,
  kRaLl,
  kLaLl,
  kV1V2,
  kV1V3,
  kV2V3,
  kV4V6,
  kV4V5,
  kV5V6,
  kChestReversed,  // V1..V6 as V6..V1
};
inline constexpr std::size_t kExchanges = 10;

// "RA-LA" ... "V1-V6 reversed".
std::string_view exchange_name(Exchange exchange);
// The statement that reports it.
std::string_view exchange_statement(Exchange exchange);
bool concerns_limbs(Exchange exchange);
// Whether the lead shows something else because of the exchange.
bool concerns(Exchange exchange, LeadId lead);

// I, II, V1..V6, in this order wherever eight leads are spoken of.
inline constexpr std::size_t kSwapLeads = 8;
inline constexpr std::array<LeadId, kSwapLeads> kSwapLeadIds = {
    LeadId::kI, LeadId::kII, LeadId::kV1, LeadId::kV2, LeadId::kV3, LeadId::kV4, LeadId::kV5, LeadId::kV6};
using EightLeads = std::array<float, kSwapLeads>;

// What the eight leads show with the electrodes exchanged, from what they show without; its own inverse.
// The central terminal does not change when limb electrodes change places among themselves.
EightLeads exchanged(Exchange exchange, const EightLeads& leads);

inline constexpr std::size_t kQrsParts = 6, kStTParts = 4, kPParts = 3;

// Mean levels over equal parts of QRS, of J point to T end, and of P, above the level before QRS or P; each
// wave over its own root mean square, so that the size of the heart does not count.
struct SwapShapes {
  std::array<EightLeads, kQrsParts + kStTParts> qrs_t{};
  std::array<EightLeads, kPParts> p{};
  bool has_p = false;
};

// leads: the median beat in kSwapLeadIds, microvolts.
SwapShapes swap_shapes(const std::array<std::span<const float>, kSwapLeads>& leads, const Delineation& waves,
                       Hertz sampling_frequency);

// Mean, and the inverse of the lower Cholesky factor of the covariance, row by row up to the diagonal.
struct ShapePrior {
  std::span<const float> mean, whitening;
};
struct SwapPrior {
  ShapePrior qrs_t, p;
  // Training only: called with every shape judged.
  void (*seen)(void* context, const SwapShapes& shapes) = nullptr;
  void* context = nullptr;

  bool empty() const { return qrs_t.mean.empty(); }
};

// An exchange is claimed from a likelihood ratio of e^8 (3000) on; about one electrode pair in a hundred to
// a thousand is exchanged in practice.
inline constexpr double kClaimLogOdds = 8;

struct SwapFinding {
  Exchange exchange = Exchange::kRaLa;
  double log_odds = 0;   // natural logarithm of the likelihood ratio against no exchange
  bool claimed = false;  // certain enough, and of a kind that can be told from ordinary anatomy
};

// The likeliest exchange, if any is likelier than none. LA-LL, V4-V5 and V5-V6 are never claimed.
std::optional<SwapFinding> find_exchange(const SwapShapes& shapes, const SwapPrior& prior);

// Where not all eight leads can be used: the arm electrodes alone, from the median beat in I, II and V6. True
// when P and QRS of lead I are turned over while V6 stands upright.
bool arms_look_swapped(const std::vector<float>& lead_i, const std::vector<float>& lead_ii,
                       const std::vector<float>& lead_v6, const Delineation& waves);

}  // namespace ecg::dsp
