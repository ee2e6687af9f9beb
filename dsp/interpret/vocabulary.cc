#include "dsp/interpret/vocabulary.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numbers>

#include "dsp/interpret/critical.h"

namespace ecg::dsp {
namespace {

constexpr Bounds kOpen = {-std::numeric_limits<double>::infinity(), std::numeric_limits<double>::infinity()};

struct LeadMeasure {
  std::string_view name;
  double LeadShape::*member;
};
// r_uv and s_uv are those of the whole QRS, whichever wave it is; r1_uv and s1_uv the first of each.
constexpr std::array kLeadMeasures = {
    LeadMeasure{"p_uv", &LeadShape::p_uv},
    LeadMeasure{"p_neg_uv", &LeadShape::p_neg_uv},
    LeadMeasure{"p_terminal_mm_ms", &LeadShape::p_terminal_mm_ms},
    LeadMeasure{"q_uv", &LeadShape::q_uv},
    LeadMeasure{"q_ms", &LeadShape::q_ms},
    LeadMeasure{"r_uv", &LeadShape::tallest_uv},
    LeadMeasure{"s_uv", &LeadShape::deepest_uv},
    LeadMeasure{"r1_uv", &LeadShape::r_uv},
    LeadMeasure{"r1_ms", &LeadShape::r_ms},
    LeadMeasure{"s1_uv", &LeadShape::s_uv},
    LeadMeasure{"s1_ms", &LeadShape::s_ms},
    LeadMeasure{"r2_uv", &LeadShape::r2_uv},
    LeadMeasure{"r2_ms", &LeadShape::r2_ms},
    LeadMeasure{"qs", &LeadShape::qs},
    LeadMeasure{"qrs_uv", &LeadShape::peak_to_peak_uv},
    LeadMeasure{"intrinsicoid_ms", &LeadShape::intrinsicoid_ms},
    LeadMeasure{"notches", &LeadShape::notches},
    LeadMeasure{"delta_ms", &LeadShape::delta_ms},
    LeadMeasure{"fragments", &LeadShape::fragments},
    LeadMeasure{"qrs_area_uvs", &LeadShape::qrs_area_uvs},
    LeadMeasure{"initial_area_uvs", &LeadShape::initial_area_uvs},
    LeadMeasure{"terminal_area_uvs", &LeadShape::terminal_area_uvs},
    LeadMeasure{"terminal_uv", &LeadShape::terminal_uv},
    LeadMeasure{"j_wave_uv", &LeadShape::j_point_uv},
    LeadMeasure{"st_j_uv", &LeadShape::st_j_uv},
    LeadMeasure{"st_j20_uv", &LeadShape::st_j20_uv},
    LeadMeasure{"st_j40_uv", &LeadShape::st_j40_uv},
    LeadMeasure{"st_j60_uv", &LeadShape::st_j60_uv},
    LeadMeasure{"st_j80_uv", &LeadShape::st_j80_uv},
    LeadMeasure{"st_slope_uv_s", &LeadShape::st_slope_uv_s},
    LeadMeasure{"st_bend_uv", &LeadShape::st_bend_uv},
    LeadMeasure{"t_uv", &LeadShape::t_uv},
    LeadMeasure{"t_pos_uv", &LeadShape::t_pos_uv},
    LeadMeasure{"t_neg_uv", &LeadShape::t_neg_uv},
    LeadMeasure{"t_end_inverted", &LeadShape::t_end_inverted},
    LeadMeasure{"t_symmetry", &LeadShape::t_symmetry},
};

Bounds exact(const Measured& measured) {
  return measured.value ? Bounds{*measured.value, *measured.value} : kOpen;
}
// Of the frontal plane: open where limb electrodes are exchanged.
Bounds axis(const Facts& facts, const Measured& measured) {
  return facts.arms_swapped ? kOpen : exact(measured);
}
Bounds maybe(const std::optional<double>& value) {
  return value ? Bounds{*value, *value} : kOpen;
}
Bounds of_critical(const Facts& facts, double (*read)(const CriticalFacts&)) {
  if (facts.critical == nullptr) return kOpen;
  const double value = read(*facts.critical);
  return {value, value};
}
Bounds yes_or_no(bool yes) {
  return yes ? Bounds{1, 1} : Bounds{0, 0};
}

// The axis from amplitudes, as it is read off paper.
Bounds peak_axis(const Facts& facts) {
  const LeadFacts* one = facts.lead(LeadId::kI);
  const LeadFacts* avf = facts.lead(LeadId::kAVF);
  if (one == nullptr || avf == nullptr || facts.arms_swapped) return kOpen;
  const double x = one->shape.tallest_uv - one->shape.deepest_uv;
  const double y = (avf->shape.tallest_uv - avf->shape.deepest_uv) * 2 / std::numbers::sqrt3;
  const double deg = std::atan2(y, x) * 180 / std::numbers::pi;
  return {deg, deg};
}

using Reader = Bounds (*)(const Facts&);
struct Global {
  std::string_view name;
  Reader read;
};
constexpr std::array kGlobals = {
    Global{"rate_bpm", [](const Facts& f) { return exact(f.measurements->ventricular_rate_bpm); }},
    Global{"p_ms", [](const Facts& f) { return exact(f.measurements->p_ms); }},
    Global{"pr_ms", [](const Facts& f) { return exact(f.measurements->pr_ms); }},
    Global{"qrs_ms", [](const Facts& f) { return exact(f.measurements->qrs_ms); }},
    Global{"qt_ms", [](const Facts& f) { return exact(f.measurements->qt_ms); }},
    Global{"qtc_fridericia_ms", [](const Facts& f) { return exact(f.measurements->qtc_fridericia_ms); }},
    // What is not measured must not silence a warning: then as long as QTc gets.
    Global{"qtc_to_warn_ms",
           [](const Facts& f) {
             const double ms = f.measurements->qtc_bazett_ms.value.value_or(600);
             return Bounds{ms, ms};
           }},
    Global{"p_axis_deg", [](const Facts& f) { return axis(f, f.measurements->p_axis_deg); }},
    Global{"qrs_axis_deg", [](const Facts& f) { return axis(f, f.measurements->qrs_axis_deg); }},
    Global{"qrs_peak_axis_deg", peak_axis},
    Global{"t_axis_deg", [](const Facts& f) { return axis(f, f.measurements->t_axis_deg); }},
    Global{"age",
           [](const Facts& f) {
             return f.options.age_years ? Bounds{*f.options.age_years, *f.options.age_years} : kOpen;
           }},
    Global{"female",
           [](const Facts& f) {
             return f.options.sex == Sex::kUnknown ? Bounds{0, 1} : yes_or_no(f.options.sex == Sex::kFemale);
           }},
    // Who is not known to be a child counts as adult.
    Global{"known_child",
           [](const Facts& f) { return yes_or_no(f.options.age_years && *f.options.age_years < 16); }},
    Global{"arms_swapped", [](const Facts& f) { return yes_or_no(f.arms_swapped); }},
    Global{"rr_min_ms", [](const Facts& f) { return exact(f.measurements->rr_min_ms); }},
    Global{"ventricular_fibrillation",
           [](const Facts& f) {
             return of_critical(f, [](const CriticalFacts& c) { return c.vf ? 1.0 : 0.0; });
           }},
    Global{"asystole",
           [](const Facts& f) {
             return of_critical(f, [](const CriticalFacts& c) { return c.asystole ? 1.0 : 0.0; });
           }},
    Global{"polymorphic",
           [](const Facts& f) {
             return of_critical(f, [](const CriticalFacts& c) { return c.vt_polymorphic ? 1.0 : 0.0; });
           }},
    // 0 where there is no ventricular tachycardia.
    Global{"vt_rate_bpm",
           [](const Facts& f) {
             return of_critical(f, [](const CriticalFacts& c) { return c.vt_rate_bpm.value_or(0); });
           }},
    Global{"vt_s",
           [](const Facts& f) { return of_critical(f, [](const CriticalFacts& c) { return c.vt_s; }); }},
    Global{
        "longest_rr_s",
        [](const Facts& f) { return of_critical(f, [](const CriticalFacts& c) { return c.longest_rr_s; }); }},
    Global{"mean_rate_bpm",
           [](const Facts& f) { return f.critical == nullptr ? kOpen : maybe(f.critical->mean_rate_bpm); }},
    Global{"critical_qtc_ms",
           [](const Facts& f) { return f.critical == nullptr ? kOpen : maybe(f.critical->qtc_ms); }},
    Global{"lvh_score", [](const Facts& f) { return f.scores.lvh; }},
    Global{"infarction_score", [](const Facts& f) { return f.scores.infarction; }},
    Global{"normal_score", [](const Facts& f) { return f.scores.normal; }},
    Global{"good_enough",
           [](const Facts& f) {
             return yes_or_no(f.quality == QualityGrade::kGood || f.quality == QualityGrade::kDegraded);
           }},
};

// A limit by age and sex. Rows are tried in order for each person who may be meant.
struct Row {
  Sex sex;  // kUnknown: either
  double age_from, age_below, value;
};
struct Limit {
  std::string_view name;
  std::array<Row, 3> rows;
};
constexpr double kEver = 1000;
constexpr std::array<Limit, 9> kLimits = {{
    // Fourth Universal Definition of MI 2018: J point in V2 and V3; V7-V9; V3R and V4R.
    {"ste_v2v3_uv",
     {{{Sex::kFemale, 0, kEver, 150}, {Sex::kMale, 40, kEver, 200}, {Sex::kMale, 0, 40, 250}}}},
    {"ste_v7v9_uv", {{{Sex::kFemale, 0, kEver, 50}, {Sex::kMale, 40, kEver, 50}, {Sex::kMale, 0, 40, 100}}}},
    {"ste_right_uv", {{{Sex::kFemale, 0, kEver, 50}, {Sex::kMale, 30, kEver, 50}, {Sex::kMale, 0, 30, 100}}}},
    // Cornell voltage; Peguero-Lo Presti voltage (J Am Coll Cardiol 2017).
    {"cornell_limit_uv", {{{Sex::kFemale, 0, kEver, 2000}, {Sex::kMale, 0, kEver, 2800}, {}}}},
    {"peguero_limit_uv", {{{Sex::kFemale, 0, kEver, 2300}, {Sex::kMale, 0, kEver, 2800}, {}}}},
    // Sokolow-Lyon voltage runs high in the young (Macfarlane normal limits).
    {"sokolow_limit_uv",
     {{{Sex::kUnknown, 40, kEver, 3500}, {Sex::kUnknown, 25, 40, 4000}, {Sex::kUnknown, 0, 25, 4500}}}},
    // AHA/ACC/HRS 2009 part IV.
    {"long_qtc_ms", {{{Sex::kFemale, 0, kEver, 460}, {Sex::kMale, 0, kEver, 450}, {}}}},
    // Strauss 2011.
    {"clbbb_qrs_ms", {{{Sex::kFemale, 0, kEver, 130}, {Sex::kMale, 0, kEver, 140}, {}}}},
    {"short_qtc_ms", {{{Sex::kUnknown, 0, kEver, 350}, {}, {}}}},
}};

Bounds limit_of(const Limit& limit, const Options& options, bool strictest) {
  Bounds out{std::numeric_limits<double>::infinity(), -std::numeric_limits<double>::infinity()};
  for (const Row& row : limit.rows) {
    const bool sex_may_be =
        row.sex == Sex::kUnknown || options.sex == Sex::kUnknown || options.sex == row.sex;
    const bool age_may_be =
        !options.age_years || (*options.age_years >= row.age_from && *options.age_years < row.age_below);
    if (row.age_below <= 0 || !sex_may_be || !age_may_be) continue;
    out = {std::min(out.low, row.value), std::max(out.high, row.value)};
  }
  if (out.low > out.high) return kOpen;
  return strictest ? Bounds{out.low, out.low} : out;
}

constexpr std::array kDefinitions = {
    Definition{"sokolow_uv", "V1.s_uv + max(V5.r_uv, V6.r_uv)"},
    Definition{"cornell_uv", "aVL.r_uv + V3.s_uv"},
    Definition{"cornell_product_uvs", "(aVL.r_uv + V3.s_uv) * 0.001 * 100"},
    Definition{"peguero_uv", "most(I II III aVL aVF V1 V2 V3 V4 V5 V6: .s_uv) + V4.s_uv"},
    Definition{"largest_limb_qrs_uv", "most(I II III aVR aVL aVF: .qrs_uv)"},
    Definition{"largest_chest_qrs_uv", "most(V1 V2 V3 V4 V5 V6: .qrs_uv)"},
    Definition{"strain", "count(I aVL V5 V6: .st_j60_uv <= -30 and .t_uv < 0 and .r_uv > .s_uv) >= 2"},
    Definition{"wide_other", "[CLBBB] or [IVCD] or [WPW] or [PACE*] or [WCT]"},
    // Q waves tell nothing of necrosis; a broad QRS of no known pattern leaves them their meaning.
    Definition{"foreign_q", "[CLBBB] or [WPW] or [PACE*] or [WCT]"},
    Definition{"left_anterior_pattern",
               "not arms_swapped and not [CLBBB] and not [WPW] and not [PACE*] and not [VT] and not [WCT] "
               "and aVL.r_uv > "
               "aVL.s_uv and "
               "III.r1_uv > 0 and III.s_uv > 1.3 * III.r1_uv and II.s_uv > 0.7 * II.r1_uv"},
    // What the healthy do not have.
    Definition{
        "findings",
        "[AF*] or [VT] or [VF*] or [WCT] or [ASYS] or [SVT] or [PAUSE] or [PACE*] or [2AVB*] or [3AVB] or "
        "[AVB_HIGH] or "
        "[RHYTHM_UNKNOWN] or [JR] or [PVC*] or [PAC*] or [1AVB] or [BIGEM] or [TRIGEM] or [EXTREME*] or "
        "[STACH] or [CLBBB] or [CRBBB] or [IVCD] or [WPW] or [LAFB] or [LPFB] or [LVH] or [RVH] or [BVH] or "
        "[STEMI*] or [SGARBOSSA] or [DE_WINTER] or [HYPERACUTE_T] or [WELLENS] or [IMI] or [ASMI] or [AMI] "
        "or "
        "[ALMI] or [PMI] or [MI] or [STD] or [ISCHEMIA] or [TINV] or [BRUG] or [PERICARDITIS] or [HYPERK] or "
        "[LQT] or [SQT] or [LOWV] or [PE] or [LEAD_SWAP*] or [SENSITIVITY_DOUBT]"},
    // Driver, Smith 2017: anterior infarction rather than early repolarisation from 18.2 up; millimetres of
    // 0.1 mV, Bazett's QTc.
    Definition{"anterior_score",
               "0.052 * qtc_to_warn_ms - 0.00151 * V2.qrs_uv - 0.00268 * V4.r_uv + 0.01062 * V3.st_j60_uv"},
    Definition{"ste_v2v3", "count(V2 V3: .st_j_uv >= ste_v2v3_uv)"},
};

template <class Table>
std::optional<int> position(const Table& table, std::string_view name) {
  const auto found = std::ranges::find_if(table, [name](const auto& entry) { return entry.name == name; });
  if (found == table.end()) return std::nullopt;
  return static_cast<int>(found - table.begin());
}

}  // namespace

std::optional<int> lead_measure(std::string_view name) {
  return position(kLeadMeasures, name);
}

std::string_view lead_measure_name(int measure) {
  return kLeadMeasures[static_cast<std::size_t>(measure)].name;
}

Bounds lead_value(const Facts& facts, LeadId lead, int measure, bool strictest) {
  const LeadFacts* found = facts.lead(lead);
  if (found == nullptr) return kOpen;
  if (!strictest && facts.exchange && concerns(*facts.exchange, lead)) return kOpen;
  const double value = found->shape.*kLeadMeasures[static_cast<std::size_t>(measure)].member;
  return {value, value};
}

std::optional<int> global_measure(std::string_view name) {
  if (const auto at = position(kGlobals, name)) return at;
  const auto at = position(kLimits, name);
  return at ? std::optional<int>(*at + static_cast<int>(kGlobals.size())) : std::nullopt;
}

std::string_view global_measure_name(int measure) {
  const auto at = static_cast<std::size_t>(measure);
  return at < kGlobals.size() ? kGlobals[at].name : kLimits[at - kGlobals.size()].name;
}

Bounds global_value(const Facts& facts, int measure, bool strictest) {
  const auto at = static_cast<std::size_t>(measure);
  if (at < kGlobals.size()) return kGlobals[at].read(facts);
  return limit_of(kLimits[at - kGlobals.size()], facts.options, strictest);
}

std::span<const Definition> definitions() {
  return kDefinitions;
}

}  // namespace ecg::dsp
