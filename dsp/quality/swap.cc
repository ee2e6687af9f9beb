#include "dsp/quality/swap.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "dsp/filter/lanes.h"
#include "dsp/measure/measure.h"

namespace ecg::dsp {
namespace {

// Degrees of freedom of the Student distribution: hearts unlike all others happen.
constexpr double kFreedom = 5;

struct Kind {
  std::string_view name, statement;
  bool limbs, claimable;
  std::array<std::uint8_t, 6> chest;  // which electrode, counted from 0, each chest lead shows
};
constexpr std::array<std::uint8_t, 6> kInOrder = {0, 1, 2, 3, 4, 5};
constexpr std::array<Kind, kExchanges> kKinds = {{
    {"RA-LA", "LEAD_SWAP_ARMS", true, true, kInOrder},
    {"RA-LL", "LEAD_SWAP_RA_LL", true, true, kInOrder},
    {"LA-LL", "LEAD_SWAP_LA_LL", true, false, kInOrder},
    {"V1-V2", "LEAD_SWAP_V1_V2", false, true, {1, 0, 2, 3, 4, 5}},
    {"V1-V3", "LEAD_SWAP_V1_V3", false, true, {2, 1, 0, 3, 4, 5}},
    {"V2-V3", "LEAD_SWAP_V2_V3", false, true, {0, 2, 1, 3, 4, 5}},
    {"V4-V6", "LEAD_SWAP_V4_V6", false, true, {0, 1, 2, 5, 4, 3}},
    {"V4-V5", "LEAD_SWAP_V4_V5", false, false, {0, 1, 2, 4, 3, 5}},
    {"V5-V6", "LEAD_SWAP_V5_V6", false, false, {0, 1, 2, 3, 5, 4}},
    {"V1-V6 reversed", "LEAD_SWAP_CHEST_REVERSED", false, true, {5, 4, 3, 2, 1, 0}},
}};

const Kind& kind_of(Exchange exchange) {
  return kKinds[static_cast<std::size_t>(exchange)];
}

EightLeads mean_between(const std::array<std::span<const float>, kSwapLeads>& leads, int begin, int end) {
  EightLeads out{};
  for (std::size_t lead = 0; lead < kSwapLeads; ++lead) {
    const int n = static_cast<int>(leads[lead].size());
    const int from = std::clamp(begin, 0, n), to = std::clamp(std::max(end, begin + 1), from, n);
    float total = 0;
    for (int i = from; i < to; ++i) total += leads[lead][static_cast<std::size_t>(i)];
    out[lead] = to > from ? total / static_cast<float>(to - from) : 0;
  }
  return out;
}

void fill_parts(const std::array<std::span<const float>, kSwapLeads>& leads, int begin, int end,
                const EightLeads& level, std::span<EightLeads> parts) {
  const auto count = static_cast<int>(parts.size());
  for (int k = 0; k < count; ++k) {
    EightLeads part =
        mean_between(leads, begin + k * (end - begin) / count, begin + (k + 1) * (end - begin) / count);
    for (std::size_t lead = 0; lead < kSwapLeads; ++lead) part[lead] -= level[lead];
    parts[static_cast<std::size_t>(k)] = part;
  }
}

// floor_uv keeps waves that are hardly there from being blown up.
void normalise(std::span<EightLeads> parts, float floor_uv) {
  float squares = 0;
  for (const EightLeads& part : parts) {
    for (float x : part) squares += x * x;
  }
  const float scale = 1 / (std::sqrt(squares / static_cast<float>(parts.size() * kSwapLeads)) + floor_uv);
  for (EightLeads& part : parts) {
    for (float& x : part) x *= scale;
  }
}

// Squared length of whitening * shape.
double distance(const ShapePrior& prior, std::span<const float> shape) {
  constexpr std::size_t kMost = kSwapLeads * (kQrsParts + kStTParts);
  std::array<float, kMost> x{};
  const std::size_t n = std::min({shape.size(), prior.mean.size(), kMost});
  for (std::size_t i = 0; i < n; ++i) x[i] = shape[i] - prior.mean[i];
  double total = 0;
  const float* row = prior.whitening.data();
  for (std::size_t i = 0; i < n; ++i) {
    Lanes lanes = all(0);
    std::size_t j = 0;
    for (; j + kLanes <= i + 1; j += kLanes) lanes += load(row + j) * load(x.data() + j);
    float y = sum(lanes);
    for (; j <= i; ++j) y += row[j] * x[j];
    total += static_cast<double>(y * y);
    row += i + 1;
  }
  return total;
}

// Up to a constant. shapes: parts of eight leads.
double log_likelihood(const ShapePrior& prior, std::span<const EightLeads> parts,
                      std::optional<Exchange> undone) {
  std::array<float, kSwapLeads*(kQrsParts + kStTParts)> shape{};
  for (std::size_t k = 0; k < parts.size(); ++k) {
    const EightLeads part = undone ? exchanged(*undone, parts[k]) : parts[k];
    std::ranges::copy(part, shape.begin() + static_cast<std::ptrdiff_t>(k * kSwapLeads));
  }
  const std::size_t n = parts.size() * kSwapLeads;
  return -0.5 * (kFreedom + static_cast<double>(n)) *
         std::log1p(distance(prior, std::span(shape).first(n)) / kFreedom);
}

double log_likelihood(const SwapShapes& shapes, const SwapPrior& prior, std::optional<Exchange> undone) {
  return log_likelihood(prior.qrs_t, shapes.qrs_t, undone) +
         (shapes.has_p ? log_likelihood(prior.p, shapes.p, undone) : 0);
}

}  // namespace

std::string_view exchange_name(Exchange exchange) {
  return kind_of(exchange).name;
}

std::string_view exchange_statement(Exchange exchange) {
  return kind_of(exchange).statement;
}

bool concerns_limbs(Exchange exchange) {
  return kind_of(exchange).limbs;
}

bool concerns(Exchange exchange, LeadId lead) {
  const Kind& kind = kind_of(exchange);
  if (lead <= LeadId::kAVF) return kind.limbs;
  if (lead < LeadId::kV1 || lead > LeadId::kV6) return false;
  const auto at = static_cast<std::size_t>(lead) - static_cast<std::size_t>(LeadId::kV1);
  return kind.chest[at] != at;
}

EightLeads exchanged(Exchange exchange, const EightLeads& leads) {
  const Kind& kind = kind_of(exchange);
  EightLeads out = leads;
  for (std::size_t lead = 0; lead < kind.chest.size(); ++lead) out[2 + lead] = leads[2 + kind.chest[lead]];
  const float i = leads[0], ii = leads[1];
  if (exchange == Exchange::kRaLa) {
    out[0] = -i, out[1] = ii - i;  // II becomes III
  } else if (exchange == Exchange::kRaLl) {
    out[0] = i - ii, out[1] = -ii;  // I becomes -III
  } else if (exchange == Exchange::kLaLl) {
    out[0] = ii, out[1] = i;
  }
  return out;
}

SwapShapes swap_shapes(const std::array<std::span<const float>, kSwapLeads>& leads, const Delineation& waves,
                       Hertz sampling_frequency) {
  const auto samples = [sampling_frequency](double ms) {
    return static_cast<int>(std::lround(ms * sampling_frequency.value / 1000));
  };
  SwapShapes out;
  const int onset = waves.qrs.onset, offset = waves.qrs.offset;
  const EightLeads level = mean_between(leads, onset - samples(20), onset);
  const std::span all_parts(out.qrs_t);
  fill_parts(leads, onset, offset, level, all_parts.first(kQrsParts));
  const int t_end = waves.t ? std::max(waves.t->end, offset + samples(120)) : offset + samples(300);
  fill_parts(leads, offset, t_end, level, all_parts.last(kStTParts));
  normalise(all_parts.first(kQrsParts), 50);
  normalise(all_parts.last(kStTParts), 20);
  if (!waves.p) return out;
  out.has_p = true;
  const int near = samples(8);
  EightLeads p_level = mean_between(leads, waves.p->onset - near, waves.p->onset + near);
  const EightLeads behind = mean_between(leads, waves.p->offset - near, waves.p->offset + near);
  for (std::size_t lead = 0; lead < kSwapLeads; ++lead) p_level[lead] = (p_level[lead] + behind[lead]) / 2;
  fill_parts(leads, waves.p->onset, waves.p->offset, p_level, out.p);
  normalise(out.p, 5);
  return out;
}

std::optional<SwapFinding> find_exchange(const SwapShapes& shapes, const SwapPrior& prior) {
  if (prior.seen != nullptr) prior.seen(prior.context, shapes);
  if (prior.empty()) return std::nullopt;
  const double as_connected = log_likelihood(shapes, prior, std::nullopt);
  SwapFinding best;
  for (std::size_t k = 0; k < kExchanges; ++k) {
    const auto exchange = static_cast<Exchange>(k);
    const double odds = log_likelihood(shapes, prior, exchange) - as_connected;
    if (odds > best.log_odds) best = {exchange, odds, odds >= kClaimLogOdds && kKinds[k].claimable};
  }
  if (!(best.log_odds > 0)) return std::nullopt;
  return best;
}

bool arms_look_swapped(const std::vector<float>& lead_i, const std::vector<float>& lead_ii,
                       const std::vector<float>& lead_v6, const Delineation& waves) {
  if (!waves.p) return false;
  const auto qrs = [&waves](const std::vector<float>& lead) {
    return area_of(lead, waves.qrs.onset, waves.qrs.offset);
  };
  const auto p = [&waves](const std::vector<float>& lead) {
    return area_of(lead, waves.p->onset, waves.p->offset);
  };
  const double p_i = p(lead_i), p_ii = p(lead_ii);
  const bool p_turned = p_i < 0 && std::abs(p_i) > 0.2 * std::abs(p_ii);
  const bool qrs_turned = qrs(lead_i) < 0 && qrs(lead_v6) > 0;
  return p_turned && qrs_turned;
}

}  // namespace ecg::dsp
