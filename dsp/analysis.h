// analyze(): the whole chain over one finished recording. StreamAnalyzer: the same questions while samples
// arrive. Results are advisory (clinical.md: findings may raise a priority, never lower it) and carry the
// algorithm version.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "dsp/measure/lead_shape.h"
#include "dsp/signal.h"

namespace ecg::dsp {

inline constexpr std::string_view kAlgorithmName = "ecg-dsp";
extern const std::string_view kAlgorithmVersion;

enum class Sex : std::uint8_t { kUnknown, kFemale, kMale };

struct Options {
  Sex sex = Sex::kUnknown;
  std::optional<double> age_years;  // unknown: the strictest limit applies, for priority only
  double mains_hz = 50;             // 50 or 60; 0 = no mains filtering
};

// AAMI EC57 classes.
enum class BeatClass : char {
  kNormal = 'N',
  kSupraventricular = 'S',
  kVentricular = 'V',
  kFusion = 'F',
  kUnknown = 'Q'
};

struct Beat {
  SampleIndex r_peak = 0;
  BeatClass beat_class = BeatClass::kUnknown;
};

enum class Wave : char { kP = 'P', kQrs = 'Q', kT = 'T' };

// Boundaries of one wave of one beat in one lead; an empty optional was not found.
struct WaveMark {
  int lead = 0;  // position in Recording::leads
  Wave wave = Wave::kQrs;
  std::optional<SampleIndex> onset, peak, offset;
};

// A number with its reason when there is none. value is empty exactly when reason is not.
struct Measured {
  std::optional<double> value;
  std::string reason;  // code: "no_beats", "unreadable", "no_p_wave", "sensitivity_unknown" ...
};

struct Measurements {
  Measured ventricular_rate_bpm, atrial_rate_bpm;
  Measured rr_mean_ms, rr_min_ms, rr_max_ms;
  Measured p_ms, pr_ms, qrs_ms, qt_ms;
  Measured qtc_bazett_ms, qtc_fridericia_ms, qtc_framingham_ms, qtc_hodges_ms;
  Measured p_axis_deg, qrs_axis_deg, t_axis_deg;
};

// ST level and amplitudes of one lead, microvolts, from its median beat; shape holds every wave and is there
// when they are.
struct LeadMeasurements {
  int lead = 0;
  Measured st_j_uv, st_j60_uv, r_uv, s_uv;
  std::optional<LeadShape> shape;
};

// Rhythm over a stretch. Codes: SR SBRAD STACH SARRH AFIB AFL SVT JR IVR AT WCT VT VF VFL ASYS PAUSE PACED
// UNKNOWN.
struct RhythmInterval {
  std::string code;
  Interval interval;
};

enum class Certainty : std::uint8_t { kPossible, kProbable, kDefinite };

struct Evidence {
  std::string lead;  // empty: not of one lead
  std::string measure;
  double value = 0;
  double limit = 0;
};

// A coded statement. Its texts in zh-CN and en come from dsp/interpret/statements.h by code.
struct Statement {
  std::string code;
  Certainty certainty = Certainty::kProbable;
  std::string rule;          // rule id
  std::string rule_version;  // version of the rule set
  std::vector<Evidence> evidence;
};

enum class QualityGrade : std::uint8_t { kUnknown, kGood, kDegraded, kPoor };
enum class QualityReason : std::uint8_t {
  kLeadOff,
  kLeadReversal,
  kBaselineWander,
  kMuscle,
  kMains,
  kSaturation,
  kFlat,
  kTooShort,
  kLowSampling,
};

struct LeadQuality {
  int lead = 0;
  QualityGrade grade = QualityGrade::kUnknown;
  std::vector<QualityReason> reasons;
};

// kUnreadable is "cannot tell": never shown or treated as "nothing found".
enum class Urgency : std::uint8_t { kUnreadable, kNothingCriticalFound, kMajorPositive, kCritical };

// The likeliest exchange of electrodes. Where there is none, exchanged electrodes are not thereby excluded.
struct ExchangeSuspicion {
  std::string electrodes;  // "RA-LA", "RA-LL", "LA-LL", "V1-V2" ... "V1-V6 reversed"
  double log_odds = 0;     // natural logarithm of the likelihood ratio against no exchange, > 0
  bool claimed = false;    // certain enough to be a statement and a reason of the leads' quality
};

struct CriticalFinding {
  std::string rule_id;  // clinical.md 7.1, e.g. "CV-201"
  Urgency tier = Urgency::kCritical;
  std::string what;    // statement code that stands for it
  std::string caveat;  // what a strip of this length cannot prove; empty if nothing
};

struct Analysis {
  std::string algorithm_version;
  std::string rule_set;  // "cn-consensus-2017@1.0.0"
  Measurements measurements;
  std::vector<LeadMeasurements> leads;
  std::vector<Beat> beats;
  std::vector<WaveMark> waves;
  std::vector<RhythmInterval> rhythm;
  std::vector<Statement> statements;
  QualityGrade quality = QualityGrade::kUnknown;
  std::vector<LeadQuality> lead_quality;
  std::optional<ExchangeSuspicion> exchange;
  Urgency urgency = Urgency::kUnreadable;
  std::vector<CriticalFinding> critical;
};

// Total: every recording gets an Analysis; what cannot be measured says why. Deterministic, no exceptions
// beyond std::bad_alloc, time linear in samples times leads. Leads of unknown sensitivity take part in timing
// only.
Analysis analyze(const Recording& recording, const Options& options);

// --- streaming twin
// -----------------------------------------------------------------------------------------

struct StreamLead {
  LeadId id = LeadId::kOther;
  double uv_per_lsb = 0;
  std::int32_t baseline = 0;
};

struct BeatEvent {
  SampleIndex r_peak = 0;
  bool provisional = false;  // a final event for the same beat follows within 1.5 s
};
struct RateEvent {
  double ventricular_rate_bpm = 0;
};
// Sent each second for every lead.
struct StreamQuality {
  std::vector<LeadQuality> leads;
};
// Asystole, VF-like, extreme rate: a suspicion, with the rule id; ended = the suspicion is over.
struct StreamAlarm {
  std::string rule_id;
  std::string what;
  bool ended = false;
};
struct StreamEvent {
  SampleIndex at = 0;  // frame up to which the event is known
  std::optional<BeatEvent> beat;
  std::optional<RateEvent> rate;
  std::optional<StreamQuality> quality;
  std::optional<StreamAlarm> alarm;
};

// Events depend only on the samples, not on how they were cut into blocks. Not thread-safe; one per stream.
class StreamAnalyzer {
 public:
  StreamAnalyzer(Hertz sampling_frequency, std::vector<StreamLead> leads, Options options);
  ~StreamAnalyzer();
  StreamAnalyzer(StreamAnalyzer&&) noexcept;
  StreamAnalyzer& operator=(StreamAnalyzer&&) noexcept;

  // frames: sample frames one after another, leads in the constructor's order; size is a multiple of their
  // number. lead_off: bit i set = lead i is reported disconnected by the device for this whole block. Returns
  // the events this block made known; valid until the next call.
  std::span<const StreamEvent> push(std::span<const std::int32_t> frames, std::uint32_t lead_off);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ecg::dsp
