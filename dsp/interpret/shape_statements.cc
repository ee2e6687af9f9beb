// Conduction, axis, voltage and QT. Limits: AHA/ACC/HRS 2009 parts III, IV and V; QTc as clinical.md 7.4.
#include <algorithm>
#include <array>

#include "dsp/interpret/findings.h"

namespace ecg::dsp {
namespace {

constexpr double kWideMs = 120;
// Below this the pattern is more often hypertrophy with fascicular block (after Strauss 2011).
constexpr double kLeftBundleMs = 130;
constexpr double kSokolowUv = 3500, kCornellMenUv = 2800, kCornellWomenUv = 2000;
constexpr double kLowVoltageUv = 500;

bool add_conduction(const Facts& facts, std::vector<Statement>& out) {
  const Measured& qrs = facts.measurements->qrs_ms;
  const LeadFacts* v1 = facts.lead(LeadId::kV1);
  const LeadFacts* v6 = facts.lead(LeadId::kV6);
  const LeadFacts* one = facts.lead(LeadId::kI);
  if (!qrs.value || *qrs.value < kWideMs) return false;
  const std::vector<Evidence> evidence = {{"", "qrs_ms", *qrs.value, kWideMs}};
  if (v1 == nullptr || v6 == nullptr || one == nullptr) {
    out.push_back(statement("IVCD", Certainty::kPossible, evidence));
  } else if (v1->shape.terminal_area_uvs > 0 && one->shape.terminal_area_uvs < 0 &&
             v1->shape.tallest_uv > 200) {
    out.push_back(statement("CRBBB", Certainty::kProbable, evidence));
  } else if (v1->shape.qrs_area_uvs < 0 && v1->shape.deepest_uv > 3 * v1->shape.tallest_uv &&
             one->shape.qrs_area_uvs > 0 && one->shape.tallest_uv > 5 * one->shape.deepest_uv &&
             *qrs.value >= kLeftBundleMs) {
    out.push_back(statement("CLBBB", Certainty::kProbable, evidence));
  } else {
    out.push_back(statement("IVCD", Certainty::kProbable, evidence));
  }
  return true;
}

void add_axis(const Facts& facts, bool wide, std::vector<Statement>& out) {
  const Measured& axis = facts.measurements->qrs_axis_deg;
  // Exchanged arm electrodes make an axis of no meaning.
  if (!axis.value || facts.arms_swapped) return;
  const double deg = *axis.value;
  if (deg < -30 && deg >= -90) {
    out.push_back(statement("LAD", Certainty::kProbable, {{"", "qrs_axis_deg", deg, -30}}));
    const LeadFacts* avl = facts.lead(LeadId::kAVL);
    const LeadFacts* three = facts.lead(LeadId::kIII);
    if (deg < -45 && !wide && avl != nullptr && three != nullptr &&
        avl->shape.tallest_uv > avl->shape.deepest_uv && three->shape.deepest_uv > three->shape.tallest_uv) {
      out.push_back(statement("LAFB", Certainty::kProbable, {{"", "qrs_axis_deg", deg, -45}}));
    }
  } else if (deg > 90) {
    out.push_back(statement("RAD", Certainty::kProbable, {{"", "qrs_axis_deg", deg, 90}}));
  } else if (deg < -90) {
    out.push_back(statement("EXTREME_AXIS", Certainty::kProbable, {{"", "qrs_axis_deg", deg, -90}}));
  }
}

void add_voltage(const Facts& facts, bool wide, std::vector<Statement>& out) {
  const LeadFacts* v1 = facts.lead(LeadId::kV1);
  const LeadFacts* v3 = facts.lead(LeadId::kV3);
  const LeadFacts* v5 = facts.lead(LeadId::kV5);
  const LeadFacts* v6 = facts.lead(LeadId::kV6);
  const LeadFacts* avl = facts.lead(LeadId::kAVL);
  const bool adult = facts.options.age_years.value_or(40) >= 18;
  if (!wide && adult && v1 != nullptr && v3 != nullptr && v5 != nullptr && v6 != nullptr && avl != nullptr) {
    const double sokolow = v1->shape.deepest_uv + std::max(v5->shape.tallest_uv, v6->shape.tallest_uv);
    const double cornell = avl->shape.tallest_uv + v3->shape.deepest_uv;
    const double cornell_limit = facts.options.sex == Sex::kFemale ? kCornellWomenUv : kCornellMenUv;
    std::vector<Evidence> evidence;
    if (sokolow > kSokolowUv) evidence.push_back({"V1+V5/V6", "sokolow_uv", sokolow, kSokolowUv});
    if (cornell > cornell_limit) evidence.push_back({"aVL+V3", "cornell_uv", cornell, cornell_limit});
    if (!evidence.empty()) {
      out.push_back(statement("LVH", evidence.size() == 2 ? Certainty::kProbable : Certainty::kPossible,
                              std::move(evidence)));
    }
  }
  constexpr std::array<LeadId, 6> kLimb = {LeadId::kI,   LeadId::kII,  LeadId::kIII,
                                           LeadId::kAVR, LeadId::kAVL, LeadId::kAVF};
  double largest = 0;
  for (LeadId id : kLimb) {
    const LeadFacts* lead = facts.lead(id);
    if (lead == nullptr) return;
    largest = std::max(largest, lead->shape.tallest_uv + lead->shape.deepest_uv);
  }
  if (largest < kLowVoltageUv) {
    out.push_back(
        statement("LOWV", Certainty::kProbable, {{"", "largest_limb_qrs_uv", largest, kLowVoltageUv}}));
  }
}

void add_qt(const Facts& facts, bool wide, std::vector<Statement>& out) {
  const Measured& qtc = facts.measurements->qtc_fridericia_ms;
  // A wide QRS lengthens QT by itself.
  if (!qtc.value || wide) return;
  const double limit = facts.options.sex == Sex::kFemale ? 460 : 450;
  const Certainty certainty = *qtc.value >= 500 ? Certainty::kProbable : Certainty::kPossible;
  if (*qtc.value >= limit) {
    out.push_back(statement("LQT", certainty, {{"", "qtc_fridericia_ms", *qtc.value, limit}}));
  } else if (*qtc.value <= 330) {
    out.push_back(statement("SQT", Certainty::kPossible, {{"", "qtc_fridericia_ms", *qtc.value, 330}}));
  }
}

}  // namespace

void add_shape_statements(const Facts& facts, std::vector<Statement>& out) {
  const bool wide = add_conduction(facts, out);
  add_axis(facts, wide, out);
  add_voltage(facts, wide, out);
  add_qt(facts, wide, out);
}

}  // namespace ecg::dsp
