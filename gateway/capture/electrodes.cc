#include "gateway/capture/electrodes.h"

#include <algorithm>
#include <optional>

#include "common/wire/convert.h"

namespace ecg::capture {
namespace {

struct LeadState {
  bool recorded = false;
  bool off = false;
  bool noisy = false;
  bool reversed = false;
  std::vector<dsp::QualityReason> reasons;
};

bool has(const std::vector<dsp::QualityReason>& reasons, dsp::QualityReason wanted) {
  return std::find(reasons.begin(), reasons.end(), wanted) != reasons.end();
}

LeadState state_of(dsp::LeadId id, const std::vector<dsp::StreamLead>& leads,
                   const std::vector<dsp::LeadQuality>& quality, std::uint32_t lead_off) {
  LeadState state;
  for (std::size_t i = 0; i < leads.size(); ++i) {
    if (leads[i].id != id) continue;
    state.recorded = true;
    state.off = i < 32 && (lead_off >> i & 1u) != 0;
    for (const dsp::LeadQuality& q : quality) {
      if (q.lead != static_cast<int>(i)) continue;
      state.reasons = q.reasons;
      state.off = state.off || has(q.reasons, dsp::QualityReason::kLeadOff);
      state.reversed = has(q.reasons, dsp::QualityReason::kLeadReversal);
      state.noisy = q.grade == dsp::QualityGrade::kPoor || q.grade == dsp::QualityGrade::kDegraded;
    }
  }
  return state;
}

ecg::v1::Electrode electrode(const char* name, ecg::v1::ElectrodeState state, const LeadState& lead) {
  ecg::v1::Electrode out;
  out.set_name(name);
  out.set_state(state);
  if (state == ecg::v1::ELECTRODE_STATE_NOISE) {
    for (const dsp::QualityReason reason : lead.reasons) out.add_reasons(wire::quality_reason(reason));
  }
  return out;
}

ecg::v1::ElectrodeState limb_state(bool off, const LeadState& lead) {
  if (off) return ecg::v1::ELECTRODE_STATE_OFF;
  if (lead.reversed) return ecg::v1::ELECTRODE_STATE_SUSPECTED_SWAP;
  return lead.noisy ? ecg::v1::ELECTRODE_STATE_NOISE : ecg::v1::ELECTRODE_STATE_OK;
}

}  // namespace

std::vector<ecg::v1::Electrode> judge_electrodes(const std::vector<dsp::StreamLead>& leads,
                                                 const std::vector<dsp::LeadQuality>& quality,
                                                 std::uint32_t lead_off) {
  std::vector<ecg::v1::Electrode> out;
  const LeadState i = state_of(dsp::LeadId::kI, leads, quality, lead_off);
  const LeadState ii = state_of(dsp::LeadId::kII, leads, quality, lead_off);
  // I = LA - RA, II = LL - RA: what both miss is RA, what one misses is the other electrode of that lead.
  const bool ra = i.off && ii.off, la = i.off && !ii.off, ll = ii.off && !i.off;
  const bool limb_off = ra || la || ll;
  if (i.recorded && ii.recorded) {
    out.push_back(electrode("RA", limb_state(ra, i.noisy && ii.noisy ? i : i.reversed ? i : LeadState{}), i));
    out.push_back(electrode("LA", limb_state(la, i), i));
    out.push_back(electrode("RL",
                            limb_off ? ecg::v1::ELECTRODE_STATE_UNSPECIFIED
                                     : limb_state(false, i.noisy && ii.noisy ? i : LeadState{}),
                            i));
    out.push_back(electrode("LL", limb_state(ll, ii), ii));
  }
  constexpr std::pair<dsp::LeadId, const char*> kChest[] = {
      {dsp::LeadId::kV1, "V1"}, {dsp::LeadId::kV2, "V2"}, {dsp::LeadId::kV3, "V3"},
      {dsp::LeadId::kV4, "V4"}, {dsp::LeadId::kV5, "V5"}, {dsp::LeadId::kV6, "V6"},
  };
  for (const auto& [id, name] : kChest) {
    const LeadState lead = state_of(id, leads, quality, lead_off);
    if (!lead.recorded) continue;
    const auto state = limb_off        ? ecg::v1::ELECTRODE_STATE_UNSPECIFIED
                       : lead.off      ? ecg::v1::ELECTRODE_STATE_OFF
                       : lead.reversed ? ecg::v1::ELECTRODE_STATE_SUSPECTED_SWAP
                       : lead.noisy    ? ecg::v1::ELECTRODE_STATE_NOISE
                                       : ecg::v1::ELECTRODE_STATE_OK;
    out.push_back(electrode(name, state, lead));
  }
  return out;
}

void instruct(ecg::v1::DeviceQuality& quality) {
  const auto first = [&](ecg::v1::ElectrodeState state) -> const ecg::v1::Electrode* {
    for (const ecg::v1::Electrode& electrode : quality.electrodes()) {
      if (electrode.state() == state) return &electrode;
    }
    return nullptr;
  };
  if (const auto* off = first(ecg::v1::ELECTRODE_STATE_OFF)) {
    quality.set_instruction_code("press_electrode");
    quality.set_instruction_electrode(off->name());
  } else if (const auto* swap = first(ecg::v1::ELECTRODE_STATE_SUSPECTED_SWAP)) {
    quality.set_instruction_code("check_swap");
    quality.set_instruction_electrode(swap->name());
  } else if (quality.grade() == ecg::v1::QUALITY_GRADE_GOOD) {
    quality.set_instruction_code("ready");
  } else {
    quality.set_instruction_code("wait");
  }
}

}  // namespace ecg::capture
