#include "dsp/interpret/learned.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace ecg::dsp {
namespace {

constexpr float kMissing = std::numeric_limits<float>::quiet_NaN();

struct LeadTerm {
  std::string_view name;
  double LeadShape::*member;
};
constexpr std::array<LeadTerm, kPerLead> kLeadTerms = {{{"q_uv", &LeadShape::q_uv},
                                                        {"q_ms", &LeadShape::q_ms},
                                                        {"r_uv", &LeadShape::tallest_uv},
                                                        {"s_uv", &LeadShape::deepest_uv},
                                                        {"r2_uv", &LeadShape::r2_uv},
                                                        {"intrinsicoid_ms", &LeadShape::intrinsicoid_ms},
                                                        {"notches", &LeadShape::notches},
                                                        {"qrs_area_uvs", &LeadShape::qrs_area_uvs},
                                                        {"st_j_uv", &LeadShape::st_j_uv},
                                                        {"st_j60_uv", &LeadShape::st_j60_uv},
                                                        {"t_pos_uv", &LeadShape::t_pos_uv},
                                                        {"t_neg_uv", &LeadShape::t_neg_uv},
                                                        {"p_uv", &LeadShape::p_uv}}};

struct WholeTerm {
  std::string_view name;
  const Measured Measurements::*member;
};
constexpr std::array<WholeTerm, 8> kWholeTerms = {
    {{"ventricular_rate_bpm", &Measurements::ventricular_rate_bpm},
     {"p_ms", &Measurements::p_ms},
     {"pr_ms", &Measurements::pr_ms},
     {"qrs_ms", &Measurements::qrs_ms},
     {"qtc_fridericia_ms", &Measurements::qtc_fridericia_ms},
     {"p_axis_deg", &Measurements::p_axis_deg},
     {"qrs_axis_deg", &Measurements::qrs_axis_deg},
     {"t_axis_deg", &Measurements::t_axis_deg}}};

// Sums that cardiologists form, so that trees need not find them.
constexpr std::array<std::string_view, kOfAll - kWholeTerms.size() - 1> kSums = {
    "sokolow_uv",        "cornell_uv",  "peguero_uv",         "qrs_t_angle_deg",    "v1_p_terminal_mm_ms",
    "limb_qrs_uv",       "inferior_q",  "anterior_q",         "lateral_q",          "least_r_v2_v4_uv",
    "lateral_strain",    "t_to_r_v5v6", "lowest_t_uv",        "deepest_st_j60_uv",  "highest_st_j_uv",
    "inferior_q_ms",     "septal_q_ms", "lateral_q_ms",       "inferior_q_to_r",    "inferior_t_neg_uv",
    "anterior_t_neg_uv", "r_loss_uv",   "inferior_start_uvs", "anterior_start_uvs", "fragments"};

// A Q wave of the Fourth Universal Definition of MI.
bool old_q(const LeadShape& s) {
  return s.qs > 0 || (s.q_ms >= 30 && s.q_uv >= 100 && s.q_uv >= 0.25 * s.tallest_uv);
}
bool chest_q(const LeadShape& s) {
  return s.qs > 0 || (s.q_ms >= 20 && s.q_uv >= 50);
}

using Shapes = std::array<const LeadShape*, 12>;

template <class Test>
float count_of(const Shapes& shapes, std::initializer_list<LeadId> leads, Test test) {
  float n = 0;
  for (LeadId id : leads) n += test(*shapes[static_cast<std::size_t>(id)]) ? 1.0F : 0.0F;
  return n;
}

// The second highest value: what at least two leads of a region show.
template <class Value>
double second_of(const Shapes& shapes, std::initializer_list<LeadId> leads, Value value) {
  double first = -1e9, second = -1e9;
  for (LeadId id : leads) {
    const double v = value(*shapes[static_cast<std::size_t>(id)]);
    second = std::max(second, std::min(first, v));
    first = std::max(first, v);
  }
  return second;
}

double telling_q_ms(const LeadShape& s) {
  return s.q_uv >= 50 ? s.q_ms : 0;
}
double t_neg_uv(const LeadShape& s) {
  return s.t_neg_uv;
}
double start_uvs(const LeadShape& s) {
  return s.initial_area_uvs;
}

// Necrosis by region.
void add_regions(const Shapes& shapes, std::span<float> out) {
  using enum LeadId;
  const auto shape = [&shapes](LeadId id) -> const LeadShape& {
    return *shapes[static_cast<std::size_t>(id)];
  };
  std::size_t next = 0;
  const auto add = [&out, &next](double value) { out[next++] = static_cast<float>(value); };
  add(second_of(shapes, {kII, kIII, kAVF}, telling_q_ms));
  add(second_of(shapes, {kV2, kV3, kV4}, telling_q_ms));
  add(second_of(shapes, {kI, kAVL, kV5, kV6}, telling_q_ms));
  add(second_of(shapes, {kII, kIII, kAVF},
                [](const LeadShape& s) { return s.q_uv / std::max(50.0, s.tallest_uv); }));
  add(second_of(shapes, {kII, kIII, kAVF}, t_neg_uv));
  add(second_of(shapes, {kV2, kV3, kV4, kV5}, t_neg_uv));
  add(std::max(shape(kV1).tallest_uv - shape(kV2).tallest_uv, shape(kV2).tallest_uv - shape(kV3).tallest_uv));
  add(-second_of(shapes, {kII, kIII, kAVF}, start_uvs));
  add(-second_of(shapes, {kV2, kV3, kV4}, start_uvs));
  double fragments = 0;
  for (const LeadShape* s : shapes) fragments += s->fragments;
  add(fragments);
}

void add_sums(const Measurements& measurements, const Shapes& shapes, std::span<float> out) {
  using enum LeadId;
  const auto shape = [&shapes](LeadId id) -> const LeadShape& {
    return *shapes[static_cast<std::size_t>(id)];
  };
  double deepest = 0, limb = 0, lowest_t = 0, lowest_st = 0, highest_st = 0;
  for (std::size_t i = 0; i < shapes.size(); ++i) {
    if (i < 6) limb += shapes[i]->peak_to_peak_uv;
    if (i == static_cast<std::size_t>(kAVR)) continue;
    deepest = std::max(deepest, shapes[i]->deepest_uv);
    lowest_st = std::min(lowest_st, shapes[i]->st_j60_uv);
    highest_st = std::max(highest_st, shapes[i]->st_j_uv);
    if (i != static_cast<std::size_t>(kV1) && i != static_cast<std::size_t>(kIII))
      lowest_t = std::min(lowest_t, shapes[i]->t_uv);
  }
  const LeadShape &v5 = shape(kV5), &v6 = shape(kV6);
  std::size_t next = 0;
  const auto add = [&out, &next](double value) { out[next++] = static_cast<float>(value); };
  add(shape(kV1).deepest_uv + std::max(v5.tallest_uv, v6.tallest_uv));
  add(shape(kAVL).tallest_uv + shape(kV3).deepest_uv);
  add(deepest + shape(kV4).deepest_uv);
  if (measurements.qrs_axis_deg.value && measurements.t_axis_deg.value) {
    const double apart = std::abs(*measurements.qrs_axis_deg.value - *measurements.t_axis_deg.value);
    add(std::min(apart, 360 - apart));
  } else {
    ++next;
  }
  add(shape(kV1).p_terminal_mm_ms);
  add(limb);
  add(count_of(shapes, {kII, kIII, kAVF}, old_q));
  add(count_of(shapes, {kV1, kV2, kV3, kV4}, chest_q));
  add(count_of(shapes, {kI, kAVL, kV5, kV6}, old_q));
  add(std::min({shape(kV2).tallest_uv, shape(kV3).tallest_uv, shape(kV4).tallest_uv}));
  add(count_of(shapes, {kI, kAVL, kV5, kV6}, [](const LeadShape& s) {
    return s.st_j60_uv <= -30 && s.t_uv < 0 && s.tallest_uv > s.deepest_uv;
  }));
  add(std::min(v5.t_uv, v6.t_uv) / std::max(100.0, std::max(v5.tallest_uv, v6.tallest_uv)));
  add(lowest_t);
  add(lowest_st);
  add(highest_st);
  add_regions(shapes, out.subspan(next));
}

}  // namespace

StatementFeatures statement_features(const Measurements& measurements, std::span<const LeadFacts> leads,
                                     std::optional<double> age_years) {
  StatementFeatures out;
  out.fill(kMissing);
  std::array<const LeadShape*, 12> shapes{};
  for (const LeadFacts& lead : leads) {
    const auto at = static_cast<std::size_t>(lead.id);
    if (at >= shapes.size()) continue;
    shapes[at] = &lead.shape;
    for (std::size_t t = 0; t < kPerLead; ++t)
      out[at * kPerLead + t] = static_cast<float>(lead.shape.*kLeadTerms[t].member);
  }
  out.back() = age_years ? static_cast<float>(*age_years) : kMissing;
  std::size_t next = 12 * kPerLead;
  for (const WholeTerm& term : kWholeTerms) {
    const Measured& m = measurements.*term.member;
    out[next++] = m.value ? static_cast<float>(*m.value) : kMissing;
  }
  const bool all = std::ranges::none_of(shapes, [](const LeadShape* s) { return s == nullptr; });
  if (!all) return out;
  add_sums(measurements, shapes, std::span(out).subspan(next));
  return out;
}

std::vector<std::string> statement_feature_names() {
  std::vector<std::string> names;
  names.reserve(kStatementFeatures);
  for (int lead = 0; lead < 12; ++lead) {
    for (const LeadTerm& term : kLeadTerms)
      names.push_back(std::string(lead_name(static_cast<LeadId>(lead))) + " " + std::string(term.name));
  }
  for (const WholeTerm& term : kWholeTerms) names.emplace_back(term.name);
  for (std::string_view sum : kSums) names.emplace_back(sum);
  names.emplace_back("age");
  return names;
}

LearnedScores learned_scores(const StatementFeatures& features, const Models& models) {
  LearnedScores out;
  // The first of the sums stands only where all twelve leads do.
  if (std::isnan(features[12 * kPerLead + kWholeTerms.size()])) return out;
  const auto score = [&features](const Forest& forest) -> Bounds {
    if (forest.empty()) return {0, 1};
    const auto p = static_cast<double>(probability(evaluate(forest, features)));
    return {p, p};
  };
  out.lvh = score(models.statement_lvh);
  out.infarction = score(models.statement_infarction);
  out.normal = score(models.statement_normal);
  return out;
}

std::vector<Evidence> explain(std::string_view score, const StatementFeatures& features,
                              const Models& models) {
  const Forest* forest = score == "lvh_score"          ? &models.statement_lvh
                         : score == "infarction_score" ? &models.statement_infarction
                                                       : nullptr;
  if (forest == nullptr) return {};
  std::array<bool, kStatementFeatures> used{};
  for (const TreeNode& node : forest->nodes) {
    if (node.right != 0 && node.feature < used.size()) used[node.feature] = true;
  }
  const float whole = evaluate(*forest, features);
  std::vector<std::pair<float, std::size_t>> losses;
  StatementFeatures without = features;
  for (std::size_t i = 0; i < used.size(); ++i) {
    if (!used[i] || std::isnan(features[i])) continue;
    without[i] = kMissing;
    losses.emplace_back(evaluate(*forest, without) - whole, i);
    without[i] = features[i];
  }
  std::ranges::sort(losses);
  static const std::vector<std::string> kNames = statement_feature_names();
  constexpr std::size_t kShown = 4;
  std::vector<Evidence> out;
  for (std::size_t i = 0; i < std::min(losses.size(), kShown) && losses[i].first < 0; ++i) {
    const std::string& name = kNames[losses[i].second];
    const std::size_t blank = name.find(' ');
    Evidence item;
    if (blank != std::string::npos) item.lead = name.substr(0, blank);
    item.measure = blank == std::string::npos ? name : name.substr(blank + 1);
    item.value = static_cast<double>(features[losses[i].second]);
    out.push_back(std::move(item));
  }
  return out;
}

}  // namespace ecg::dsp
