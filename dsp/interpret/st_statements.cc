// ST elevation and depression in contiguous leads, Fourth Universal Definition of MI 2018 (clinical.md 7.2).
#include <algorithm>
#include <array>
#include <span>

#include "dsp/interpret/findings.h"

namespace ecg::dsp {
namespace {

constexpr double kDepressionUv = -50;
constexpr double kReciprocalUv = -50;

struct Territory {
  std::string_view code;
  std::array<LeadId, 4> leads;
  std::array<LeadId, 3> opposite;  // kOther: none
};
constexpr std::array<Territory, 3> kTerritories = {
    {{"STEMI_INF",
      {LeadId::kII, LeadId::kIII, LeadId::kAVF, LeadId::kOther},
      {LeadId::kI, LeadId::kAVL, LeadId::kOther}},
     {"STEMI_ANT",
      {LeadId::kV1, LeadId::kV2, LeadId::kV3, LeadId::kV4},
      {LeadId::kII, LeadId::kIII, LeadId::kAVF}},
     {"STEMI_LAT",
      {LeadId::kI, LeadId::kAVL, LeadId::kV5, LeadId::kV6},
      {LeadId::kII, LeadId::kIII, LeadId::kAVF}}}};

// J-point limit, microvolts. Unknown age or sex: the lowest, for priority only.
double elevation_limit(LeadId lead, const Options& options) {
  if (lead != LeadId::kV2 && lead != LeadId::kV3) return 100;
  if (options.sex != Sex::kMale || !options.age_years) return 150;
  return *options.age_years >= 40 ? 200 : 250;
}

std::vector<Evidence> elevated(const Facts& facts, std::span<const LeadId> leads) {
  std::vector<Evidence> evidence;
  for (LeadId id : leads) {
    const LeadFacts* lead = facts.lead(id);
    const double limit = elevation_limit(id, facts.options);
    if (lead != nullptr && lead->shape.st_j_uv >= limit) {
      evidence.push_back({std::string(lead_name(id)), "st_j_uv", lead->shape.st_j_uv, limit});
    }
  }
  return evidence;
}

}  // namespace

void add_st_statements(const Facts& facts, std::vector<Statement>& out) {
  // Bundle branch block and hypertrophy move ST by themselves.
  if (has(out, "CLBBB") || has(out, "IVCD") || facts.arms_swapped) return;
  const bool hypertrophy = has(out, "LVH");
  for (const Territory& territory : kTerritories) {
    std::vector<Evidence> evidence = elevated(facts, territory.leads);
    if (evidence.size() < 2) continue;
    const bool reciprocal = std::ranges::any_of(territory.opposite, [&facts](LeadId id) {
      const LeadFacts* lead = facts.lead(id);
      return lead != nullptr && lead->shape.st_j_uv <= kReciprocalUv;
    });
    if (hypertrophy && !reciprocal) {
      out.push_back(statement("STE", Certainty::kPossible, std::move(evidence)));
    } else {
      const bool firm = reciprocal || evidence.size() >= 3;
      out.push_back(
          statement(territory.code, firm ? Certainty::kProbable : Certainty::kPossible, std::move(evidence)));
    }
  }
  std::vector<Evidence> depressed;
  for (const LeadFacts& lead : facts.leads) {
    if (lead.id != LeadId::kAVR && lead.shape.st_j_uv <= kDepressionUv &&
        lead.shape.st_j60_uv <= kDepressionUv) {
      depressed.push_back({std::string(lead_name(lead.id)), "st_j_uv", lead.shape.st_j_uv, kDepressionUv});
    }
  }
  if (depressed.size() >= 2) out.push_back(statement("STD", Certainty::kPossible, std::move(depressed)));
}

}  // namespace ecg::dsp
